package gbdt

import (
	"bytes"
	"context"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestModelIsPreparedOnce: models from Fit, Read, Refit and Continue keep their
// forms, which their copies share.
func TestModelIsPreparedOnce(t *testing.T) {
	d := drawn(500, 9)
	fitted, err := Config{Trees: 3, MinData: 5}.Fit(context.Background(), d.Columns, d.X, d.Y, nil)
	if err != nil {
		t.Fatal(err)
	}
	renewed, err := fitted.Refit(RefitConfig{}, d)
	if err != nil {
		t.Fatal(err)
	}
	longer, _, err := Config{Trees: 2, MinData: 5}.Continue(context.Background(), fitted, d, Data{})
	if err != nil {
		t.Fatal(err)
	}
	read, err := Read(bytes.NewReader(writeModel(t, fitted)))
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[*forest]string)
	for name, m := range map[string]*Model{"fitted": fitted, "renewed": renewed, "longer": longer, "read": read} {
		f := m.ready().forest()
		if other, ok := seen[f]; ok {
			t.Errorf("%s and %s share a forest", name, other)
		}
		seen[f] = name
		if copied := *m; copied.ready().forest() != f || m.ready().forest() != f {
			t.Errorf("%s: prepared again", name)
		}
		e, err := m.ready().explanation()
		if again, _ := m.ready().explanation(); err != nil || e != again {
			t.Errorf("%s: prepared to be explained again: %v", name, err)
		}
	}
}

// TestReplacedTreesArePreparedAnew predicts with a copy that keeps the first trees.
func TestReplacedTreesArePreparedAnew(t *testing.T) {
	d := drawn(500, 9)
	m, err := Config{Trees: 5, MinData: 5}.Fit(context.Background(), d.Columns, d.X, d.Y, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, want := make([]float64, len(d.Y)), make([]float64, len(d.Y))
	if err := m.Margin(got, d.Columns, d.X); err != nil {
		t.Fatal(err)
	}
	short := *m
	short.Trees = m.Trees[:2]
	if err := short.Margin(got, d.Columns, d.X); err != nil {
		t.Fatal(err)
	}
	short.walk(want, d.X)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the first two trees (-want +got):\n%s", diff)
	}
}

// TestManyMayAskAtOnce scores and explains from several goroutines with a model
// that nobody has prepared.
func TestManyMayAskAtOnce(t *testing.T) {
	d := drawn(700, 9)
	m, err := Config{Trees: 5, MinData: 5}.Fit(context.Background(), d.Columns, d.X, d.Y, nil)
	if err != nil {
		t.Fatal(err)
	}
	const askers = 4
	var predictions [askers][]float64
	var contributions [askers][][]float64
	var wait sync.WaitGroup
	for k := range askers {
		wait.Go(func() {
			predictions[k] = make([]float64, len(d.Y))
			if err := m.Predict(predictions[k], d.Columns, d.X); err != nil {
				t.Error(err)
			}
			contributions[k] = make([][]float64, len(d.Columns))
			for j := range contributions[k] {
				contributions[k][j] = make([]float64, len(d.Y))
			}
			if err := m.Explain(contributions[k], d.Columns, d.X); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for k := range askers {
		if !cmp.Equal(predictions[0], predictions[k]) || !cmp.Equal(contributions[0], contributions[k]) {
			t.Errorf("asker %d got other numbers than the first", k)
		}
	}
}
