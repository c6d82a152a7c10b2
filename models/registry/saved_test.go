package registry_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"perennial/models/registry"
	"perennial/pipeline/history"
	"perennial/pipeline/store"
)

func TestLoadReturnsWhatWasSaved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		st := store.NewMemory()
		card := churnCard(rapid.String().Draw(t, "learner"))
		card.TrainedAsOf = history.Day(rapid.IntRange(0, 30000).Draw(t, "as of"))
		card.Why = rapid.String().Draw(t, "why")
		card.Metrics = rapid.MapOf(rapid.String(), rapid.Float64Range(-1e9, 1e9)).Draw(t, "metrics")
		files := rapid.MapOfN(rapid.StringMatching(`[a-z0-9_-]{1,12}\.txt`), rapid.SliceOf(rapid.Byte()), 1, 5).Draw(t, "files")

		version, err := registry.Save(context.Background(), st, card, files)
		if err != nil {
			t.Fatal(err)
		}
		saved, err := registry.Load(context.Background(), st, "churn", version)
		if err != nil {
			t.Fatal(err)
		}
		for name, body := range files {
			if string(saved.Files[name]) != string(body) {
				t.Fatalf("%s: %q, want %q", name, saved.Files[name], body)
			}
		}
		if saved.Card.TrainedAsOf != card.TrainedAsOf || len(saved.Files) != len(files) {
			t.Fatalf("card %+v, %d files", saved.Card, len(saved.Files))
		}
		if diff := cmp.Diff(card.Metrics, saved.Card.Metrics); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestVersionIsMadeOfTheContent(t *testing.T) {
	st := store.NewMemory()
	version := save(t, st, "gbdt")
	if again := save(t, st, "gbdt"); again != version {
		t.Errorf("the same model is %s, then %s", version, again)
	}
	if other := save(t, st, "logistic"); other == version {
		t.Errorf("two models share version %s", version)
	}
	card := churnCard("gbdt")
	card.Metrics = map[string]float64{"auc": 0.5}
	rejudged, err := registry.Save(t.Context(), st, card, modelFiles("gbdt"))
	if err != nil {
		t.Fatal(err)
	}
	if rejudged == version {
		t.Errorf("another judgement of the model shares version %s", version)
	}
}

func TestSaveGoesOnWhereItWasCutShort(t *testing.T) {
	for _, suffix := range []string{"calibration.json", "model.json", "card.json"} {
		for _, answerLost := range []bool{false, true} {
			st := store.NewMemory()
			_, err := registry.Save(t.Context(), failing(st, "create", suffix, answerLost), churnCard("gbdt"), modelFiles("gbdt"))
			if gotError := err != nil; gotError == answerLost {
				t.Errorf("%s, answer lost %v: error %v", suffix, answerLost, err)
			}
			if err != nil && !errors.Is(err, errCable) {
				t.Errorf("%s: error %v, want the store's", suffix, err)
			}
			version := save(t, st, "gbdt")
			if _, err := registry.Load(t.Context(), st, "churn", version); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestAModelWithoutItsCardDoesNotExist(t *testing.T) {
	st := store.NewMemory()
	if _, err := registry.Save(t.Context(), failing(st, "create", "card.json", false), churnCard("gbdt"), modelFiles("gbdt")); err == nil {
		t.Fatal("save succeeded without the card")
	}
	version := save(t, store.NewMemory(), "gbdt")
	if _, err := registry.Load(t.Context(), st, "churn", version); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("load = %v, want ErrNotExist", err)
	}
}

func TestLoadNoticesDamage(t *testing.T) {
	edited := func(t *testing.T, st store.Store, folder, from, to string) {
		t.Helper()
		text, err := st.Read(t.Context(), folder+"card.json")
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.Replace(string(text), from, to, 1)
		if changed == string(text) {
			t.Fatalf("the card does not hold %s", from)
		}
		damage(t, st, folder+"card.json", changed)
	}
	for _, test := range []struct {
		name string
		harm func(t *testing.T, st store.Store, folder string)
	}{
		{"model file changed", func(t *testing.T, st store.Store, folder string) { damage(t, st, folder+"model.json", "other") }},
		{"card torn", func(t *testing.T, st store.Store, folder string) {
			damage(t, st, folder+"card.json", `{"question": "chu`)
		}},
		{"card empty", func(t *testing.T, st store.Store, folder string) { damage(t, st, folder+"card.json", "") }},
		{"metric edited", func(t *testing.T, st store.Store, folder string) { edited(t, st, folder, "0.81", "0.91") }},
		{"day edited", func(t *testing.T, st store.Store, folder string) {
			edited(t, st, folder, `of": "2011-09-10"`, `of": "2011-09-11"`)
		}},
		{"version edited", func(t *testing.T, st store.Store, folder string) {
			edited(t, st, folder, `"version": "2011`, `"version": "2012`)
		}},
		{"of a later program", func(t *testing.T, st store.Store, folder string) { edited(t, st, folder, `"format": 1`, `"format": 2`) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			st := store.NewMemory()
			version := save(t, st, "gbdt")
			test.harm(t, st, "models/churn/"+version+"/")
			if _, err := registry.Load(t.Context(), st, "churn", version); !errors.Is(err, registry.ErrDamaged) {
				t.Errorf("load = %v, want ErrDamaged", err)
			}
		})
	}
}

func TestAFileThatIsGoneIsDamage(t *testing.T) {
	st := store.NewMemory()
	version := save(t, st, "gbdt")
	gone := flaky{st, func(_, key string) (error, bool) {
		if strings.HasSuffix(key, "model.json") {
			return store.ErrNotExist, false
		}
		return nil, false
	}}
	if _, err := registry.Load(t.Context(), gone, "churn", version); !errors.Is(err, registry.ErrDamaged) {
		t.Errorf("load = %v, want ErrDamaged", err)
	}
}

// A network that fails is not damage: trying again may help.
func TestAReadErrorIsNotDamage(t *testing.T) {
	st := store.NewMemory()
	version := save(t, st, "gbdt")
	for _, suffix := range []string{"card.json", "model.json"} {
		_, err := registry.Load(t.Context(), failing(st, "read", suffix, false), "churn", version)
		if !errors.Is(err, errCable) || errors.Is(err, registry.ErrDamaged) {
			t.Errorf("%s: load = %v, want the store's error alone", suffix, err)
		}
	}
}

// A card of a later program, which has learnt a field, still loads.
func TestACardWithAnUnknownFieldLoads(t *testing.T) {
	st := store.NewMemory()
	version := save(t, st, "gbdt")
	text, err := st.Read(t.Context(), "models/churn/"+version+"/card.json")
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte("{"), []byte("{\n  \"customers\": 812,"), 1)
	bare := bytes.Replace(text, []byte(version), nil, 1)
	later := fmt.Sprintf("2011-09-10-%x", sha256.Sum256(bare))[:len(version)]
	for name, body := range map[string][]byte{
		"card.json":        bytes.Replace(text, []byte(version), []byte(later), 1),
		"model.json":       []byte("gbdt"),
		"calibration.json": []byte("[0,1]"),
	} {
		if err := st.Create(t.Context(), "models/churn/"+later+"/"+name, body); err != nil {
			t.Fatal(err)
		}
	}
	saved, err := registry.Load(t.Context(), st, "churn", later)
	if err != nil {
		t.Fatal(err)
	}
	if saved.Card.Learner != "gbdt" {
		t.Errorf("learner = %s, want gbdt", saved.Card.Learner)
	}
}

func TestSaveRefuses(t *testing.T) {
	for _, test := range []struct {
		name string
		edit func(*registry.Card, map[string][]byte)
		want string
	}{
		{"no question", func(c *registry.Card, _ map[string][]byte) { c.Question = "" }, "question name"},
		{"a path for a question", func(c *registry.Card, _ map[string][]byte) { c.Question = "a/b" }, "slash"},
		{"an unknown status", func(c *registry.Card, _ map[string][]byte) { c.Status = "winner" }, "status"},
		{"no files", func(_ *registry.Card, f map[string][]byte) { clear(f) }, "no files"},
		{"a file in the card's place", func(_ *registry.Card, f map[string][]byte) { f["card.json"] = nil }, "card.json"},
		{"a file elsewhere", func(_ *registry.Card, f map[string][]byte) { f["../x"] = nil }, "file name"},
		{"a metric that is no number", func(c *registry.Card, _ map[string][]byte) { c.Metrics["auc"] = math.NaN() }, "NaN"},
	} {
		t.Run(test.name, func(t *testing.T) {
			card, files := churnCard("gbdt"), modelFiles("gbdt")
			test.edit(&card, files)
			_, err := registry.Save(t.Context(), store.NewMemory(), card, files)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("save = %v, want an error about %q", err, test.want)
			}
		})
	}
}

func TestSaveFindsOtherBytesInItsPlace(t *testing.T) {
	st := store.NewMemory()
	version := save(t, st, "gbdt")
	damage(t, st, "models/churn/"+version+"/model.json", "other")
	if _, err := registry.Save(t.Context(), st, churnCard("gbdt"), modelFiles("gbdt")); !errors.Is(err, registry.ErrDamaged) {
		t.Errorf("save = %v, want ErrDamaged", err)
	}
}

// No bytes but those saved load as the model.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(`{"question": "churn"`))
	f.Add([]byte(`{"question":"churn","version":"2011-09-10-4bed5320","status":"champion","format":1,"files":{"model.json":""}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		st := store.NewMemory()
		version := save(t, st, "gbdt")
		key := "models/churn/" + version + "/card.json"
		saved, err := st.Read(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		damage(t, st, key, string(text))
		if _, err := registry.Load(t.Context(), st, "churn", version); (err == nil) != bytes.Equal(text, saved) {
			t.Errorf("load of %q = %v", text, err)
		}
	})
}
