package registry_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/models/registry"
	"perennial/pipeline/store"
)

func TestNoChampionYet(t *testing.T) {
	if saved := champion(t, store.NewMemory()); saved != nil {
		t.Errorf("champion = %v, want none", saved.Card.Version)
	}
	if version, err := registry.InOffice(t.Context(), store.NewMemory(), "churn"); version != "" || err != nil {
		t.Errorf("in office = %q, %v, want nobody", version, err)
	}
}

func TestPromotionsAreKept(t *testing.T) {
	st := store.NewMemory()
	first, second := save(t, st, "logistic"), save(t, st, "gbdt")
	for _, version := range []string{first, second, second, first} { // the third changes nothing, the last goes back
		promote(t, st, version)
		if got := champion(t, st).Card.Version; got != version {
			t.Errorf("champion = %s, want %s", got, version)
		}
		if got, err := registry.InOffice(t.Context(), st, "churn"); got != version || err != nil {
			t.Errorf("in office = %s, %v, want %s", got, err, version)
		}
	}
	got, err := registry.Promotions(t.Context(), st, "churn")
	if err != nil {
		t.Fatal(err)
	}
	want := []registry.Promotion{
		{Number: 1, Question: "churn", Version: first},
		{Number: 2, Question: "churn", Version: second, Replaces: first},
		{Number: 3, Question: "churn", Version: first, Replaces: second},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestManyPromotionsAreCounted(t *testing.T) {
	st := store.NewMemory()
	versions := []string{save(t, st, "logistic"), save(t, st, "gbdt")}
	for n := 1; n <= 70; n++ {
		promote(t, st, versions[n%2])
		past, err := registry.Promotions(t.Context(), st, "churn")
		if err != nil {
			t.Fatal(err)
		}
		if len(past) != n || past[n-1].Version != versions[n%2] {
			t.Fatalf("after %d promotions %d are found", n, len(past))
		}
	}
}

func TestAModelThatDoesNotLoadIsNotPromoted(t *testing.T) {
	st := store.NewMemory()
	good, bad := save(t, st, "logistic"), save(t, st, "gbdt")
	promote(t, st, good)
	damage(t, st, "models/churn/"+bad+"/model.json", "other")
	if err := registry.Promote(t.Context(), st, "churn", bad); !errors.Is(err, registry.ErrDamaged) {
		t.Errorf("promote = %v, want ErrDamaged", err)
	}
	if err := registry.Promote(t.Context(), st, "churn", "2011-09-10-00000000"); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("promote = %v, want ErrNotExist", err)
	}
	if got := champion(t, st).Card.Version; got != good {
		t.Errorf("champion = %s, want %s", got, good)
	}
}

func TestAPromotionWhoseAnswerWasLostStands(t *testing.T) {
	st := store.NewMemory()
	version := save(t, st, "gbdt")
	promote(t, failing(st, "create", ".json", true), version)
	if got := champion(t, st).Card.Version; got != version {
		t.Errorf("champion = %s, want %s", got, version)
	}
}

func TestAPromotionThatFailedChangesNothing(t *testing.T) {
	st := store.NewMemory()
	first, second := save(t, st, "logistic"), save(t, st, "gbdt")
	promote(t, st, first)
	if err := registry.Promote(t.Context(), failing(st, "create", ".json", false), "churn", second); !errors.Is(err, errCable) {
		t.Errorf("promote = %v, want the store's error", err)
	}
	if got := champion(t, st).Card.Version; got != first {
		t.Errorf("champion = %s, want %s", got, first)
	}
}

// Two nights promote at once: one wins, the other is told.
func TestAnOvertakenPromotion(t *testing.T) {
	st := store.NewMemory()
	first, second := save(t, st, "logistic"), save(t, st, "gbdt")
	race := flaky{st, func(operation, key string) (error, bool) {
		if operation == "create" && strings.Contains(key, "/champion/") {
			promote(t, st, first)
		}
		return nil, false
	}}
	if err := registry.Promote(t.Context(), race, "churn", second); !errors.Is(err, registry.ErrOvertaken) {
		t.Errorf("promote = %v, want ErrOvertaken", err)
	}
	if got := champion(t, st).Card.Version; got != first {
		t.Errorf("champion = %s, want %s", got, first)
	}
}

func TestConcurrentPromotions(t *testing.T) {
	st := store.NewMemory()
	const nights = 16
	versions := make([]string, nights)
	for i := range versions {
		versions[i] = save(t, st, fmt.Sprint("learner ", i))
	}
	errs := make([]error, nights)
	var wait sync.WaitGroup
	for i := range versions {
		wait.Go(func() { errs[i] = registry.Promote(t.Context(), st, "churn", versions[i]) })
	}
	wait.Wait()

	past, err := registry.Promotions(t.Context(), st, "churn")
	if err != nil {
		t.Fatal(err)
	}
	for i, err := range errs {
		promoted := slices.ContainsFunc(past, func(p registry.Promotion) bool { return p.Version == versions[i] })
		if promoted != (err == nil) {
			t.Errorf("model %d: promoted %v, error %v", i, promoted, err)
		}
		if err != nil && !errors.Is(err, registry.ErrOvertaken) {
			t.Errorf("model %d: %v, want ErrOvertaken", i, err)
		}
	}
	for i := 1; i < len(past); i++ {
		if past[i].Replaces != past[i-1].Version {
			t.Errorf("promotion %d replaces %s, but %s was in office", past[i].Number, past[i].Replaces, past[i-1].Version)
		}
	}
	if got := champion(t, st).Card.Version; got != past[len(past)-1].Version {
		t.Errorf("champion = %s, want the last promoted", got)
	}
}

func TestADamagedChampionIsPassedOver(t *testing.T) {
	const newest = "models/churn/champion/00000000000000000002.json"
	for _, test := range []struct {
		name string
		harm func(t *testing.T, st store.Store, version string)
	}{
		{"promotion torn", func(t *testing.T, st store.Store, _ string) { damage(t, st, newest, `{"number": 2, "ver`) }},
		{"promotion of another question", func(t *testing.T, st store.Store, version string) {
			damage(t, st, newest, `{"number": 2, "question": "value", "version": "`+version+`"}`)
		}},
		{"model damaged", func(t *testing.T, st store.Store, version string) {
			damage(t, st, "models/churn/"+version+"/model.json", "other")
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			st := store.NewMemory()
			first, second := save(t, st, "logistic"), save(t, st, "gbdt")
			promote(t, st, first)
			promote(t, st, second)
			test.harm(t, st, second)

			saved := champion(t, st)
			if saved.Card.Version != first {
				t.Errorf("champion = %s, want %s", saved.Card.Version, first)
			}
			if !errors.Is(saved.PassedOver, registry.ErrDamaged) {
				t.Errorf("passed over = %v, want ErrDamaged", saved.PassedOver)
			}
			promote(t, st, save(t, st, "forest"))
			if mended := champion(t, st); mended.Card.Learner != "forest" || mended.PassedOver != nil {
				t.Errorf("champion = %s, passed over %v", mended.Card.Learner, mended.PassedOver)
			}
		})
	}
}

// Nil means that there never was a champion; losing all of them is an error.
func TestNoChampionIsLeftWhole(t *testing.T) {
	st := store.NewMemory()
	version := save(t, st, "gbdt")
	promote(t, st, version)
	damage(t, st, "models/churn/"+version+"/model.json", "other")
	if _, err := registry.Champion(t.Context(), st, "churn"); !errors.Is(err, registry.ErrDamaged) {
		t.Errorf("champion = %v, want ErrDamaged", err)
	}
}

// A network that fails must not put an older champion back in office.
func TestAReadErrorDoesNotChangeTheChampion(t *testing.T) {
	st := store.NewMemory()
	first, second := save(t, st, "logistic"), save(t, st, "gbdt")
	promote(t, st, first)
	promote(t, st, second)
	for _, key := range []string{"00002.json", second + "/card.json", second + "/model.json"} {
		if _, err := registry.Champion(t.Context(), failing(st, "read", key, false), "churn"); !errors.Is(err, errCable) {
			t.Errorf("%s: champion = %v, want the store's error", key, err)
		}
	}
}

func TestInAFolder(t *testing.T) {
	st, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	version := save(t, st, "gbdt")
	promote(t, st, version)
	if got := champion(t, st).Card.Version; got != version {
		t.Errorf("champion = %s, want %s", got, version)
	}
}
