package gbdt

import (
	"math"
	"strings"
	"testing"
)

func TestRefitFollowsNewRows(t *testing.T) {
	old, later := drawn(4000, 21), drawn(4000, 22)
	for i := range later.Y {
		if later.X[3][i] > 2 {
			later.Y[i] = 1 // what counts mean has changed
		}
	}
	m, _ := mustFit(t, Config{Trees: 50, FeatureFraction: 1, MinData: 20, Categorical: []string{"kind"}}, old, Data{})
	before := logLoss(later.Y, predicted(t, m, later))
	previous := before
	for _, decay := range []float64{0.9, 0.5, -1} {
		renewed, err := m.Refit(RefitConfig{Decay: decay}, later)
		if err != nil {
			t.Fatal(err)
		}
		loss := logLoss(later.Y, predicted(t, renewed, later))
		if !(loss < previous) {
			t.Errorf("decay %v: loss %v, was %v", decay, loss, previous)
		}
		previous = loss
	}
	if again := logLoss(later.Y, predicted(t, m, later)); again != before {
		t.Error("Refit changed the model it was called on")
	}
}

// TestRefitOnTheSameRowsChangesNothing holds for every loss: new values are the
// old ones.
func TestRefitOnTheSameRowsChangesNothing(t *testing.T) {
	d := drawn(2000, 23)
	d.Weights = make([]float64, len(d.Y))
	for i := range d.Weights {
		d.Weights[i] = float64(i % 3)
	}
	for _, loss := range []Loss{Binary, L2, Poisson, Tweedie, Quantile} {
		o := Objective{Loss: loss, Level: 0.7}
		m, _ := mustFit(t, Config{Objective: o, Trees: 20, L1: 0.1}, d, Data{})
		renewed, err := m.Refit(RefitConfig{Decay: -1, L1: 0.1}, d)
		if err != nil {
			t.Fatal(err)
		}
		for k := range m.Trees {
			for l, v := range m.Trees[k].LeafValue {
				if got := renewed.Trees[k].LeafValue[l]; math.Abs(got-v) > 1e-5 {
					t.Fatalf("%s, tree %d: leaf %d moves from %v to %v", loss, k, l, v, got)
				}
			}
		}
	}
}

func TestRefitRefuses(t *testing.T) {
	d := drawn(300, 24)
	m, _ := mustFit(t, Config{Trees: 2}, d, Data{})
	bounded, _ := mustFit(t, Config{Trees: 2, Monotone: map[string]int{"count": 1}}, d, Data{})
	one := drawn(300, 24)
	clear(one.Y)
	tests := map[string]struct {
		m *Model
		c RefitConfig
		d Data
	}{
		"decay is 2":         {m, RefitConfig{Decay: 2}, d},
		"monotone columns":   {bounded, RefitConfig{}, d},
		"both classes":       {m, RefitConfig{}, one},
		`no column "amount"`: {m, RefitConfig{}, Data{Columns: d.Columns[1:], X: d.X[1:], Y: d.Y}},
	}
	for want, tt := range tests {
		if _, err := tt.m.Refit(tt.c, tt.d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %q in it", err, want)
		}
	}
}
