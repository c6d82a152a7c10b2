package registry_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"perennial/models/registry"
	"perennial/pipeline/history"
	"perennial/pipeline/store"
)

func churnCard(learner string) registry.Card {
	asOf := history.Day(15227) // 2011-09-10
	return registry.Card{
		Question: "churn", Learner: learner, TrainedAsOf: asOf,
		Cutoffs: []history.Day{asOf - 270, asOf - 180}, JudgedOn: asOf - 90, HorizonDays: 90,
		Rows: 4000, Positives: 1700, Columns: []string{"recency_days", "orders"}, SchemaHash: "5be1", Seed: 1,
		Metrics: map[string]float64{"auc": 0.81, "logloss": 0.52}, Floor: map[string]float64{"auc": 0.74, "logloss": 0.61},
		Status: registry.StatusChampion, Why: "log loss 0.52 against 0.61 of the rule",
	}
}

func modelFiles(text string) map[string][]byte {
	return map[string][]byte{"model.json": []byte(text), "calibration.json": []byte("[0,1]")}
}

func save(t *testing.T, st store.Store, learner string) string {
	t.Helper()
	version, err := registry.Save(t.Context(), st, churnCard(learner), modelFiles(learner))
	if err != nil {
		t.Fatal(err)
	}
	return version
}

func promote(t *testing.T, st store.Store, version string) {
	t.Helper()
	if err := registry.Promote(t.Context(), st, "churn", version); err != nil {
		t.Fatal(err)
	}
}

func champion(t *testing.T, st store.Store) *registry.Saved {
	t.Helper()
	saved, err := registry.Champion(t.Context(), st, "churn")
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

// flaky answers with an error when fail says so for an operation and key, after
// doing the work if it also says done.
type flaky struct {
	store.Store
	fail func(operation, key string) (err error, done bool)
}

func (f flaky) Create(ctx context.Context, key string, body []byte) error {
	err, done := f.fail("create", key)
	if err != nil && !done {
		return err
	}
	if created := f.Store.Create(ctx, key, body); created != nil {
		return created
	}
	return err
}

func (f flaky) Read(ctx context.Context, key string) ([]byte, error) {
	if err, _ := f.fail("read", key); err != nil {
		return nil, err
	}
	return f.Store.Read(ctx, key)
}

var errCable = errors.New("connection reset")

// failing fails every operation on keys with the suffix.
func failing(st store.Store, operation, suffix string, done bool) store.Store {
	return flaky{st, func(op, key string) (error, bool) {
		if op == operation && strings.HasSuffix(key, suffix) {
			return errCable, done
		}
		return nil, false
	}}
}

// damage puts other bytes under a key, as a disk or a hand might.
func damage(t *testing.T, st store.Store, key, text string) {
	t.Helper()
	if err := st.Replace(t.Context(), key, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

func Example() {
	ctx := context.Background()
	st := store.NewMemory()

	version, err := registry.Save(ctx, st, churnCard("gbdt"), modelFiles("trees"))
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := registry.Promote(ctx, st, "churn", version); err != nil {
		fmt.Println(err)
		return
	}
	saved, err := registry.Champion(ctx, st, "churn")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(saved.Card.Version, saved.Card.Learner, saved.Card.Metrics["auc"], string(saved.Files["model.json"]))
	// Output: 2011-09-10-4bed5320 gbdt 0.81 trees
}
