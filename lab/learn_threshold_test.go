package lab

import (
	"math"
	"math/rand/v2"
	"testing"

	"perennial/models/gbdt"
)

// TestThresholdsOfBothPrecisions reads and writes thresholds such that a table of
// decimals goes the same way as float64, by LightGBM, and as float32, here.
func TestThresholdsOfBothPrecisions(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 1))
	decimal := func() float64 { return math.Round(random.NormFloat64()*1000) / 1000 }
	for range 100_000 {
		threshold, cell := decimal(), decimal()
		if random.IntN(2) == 0 {
			cell = threshold
		}
		read := &gbdt.Model{Trees: []gbdt.Tree{{Threshold: []float64{threshold}, Decision: make([]gbdt.Decision, 1)}}}
		roundThresholds(read)
		if here, there := float64(float32(cell)) <= read.Trees[0].Threshold[0], cell <= threshold; here != there {
			t.Fatalf("%v at a threshold of %v that was read: left here is %t, there %t", cell, threshold, here, there)
		}
		own := float64(float32(threshold)) // learnt from cells of this precision
		tree := gbdt.Tree{Threshold: []float64{own}, Decision: make([]gbdt.Decision, 1)}
		written := widened(&tree)[0]
		if here, there := float64(float32(cell)) <= own, cell <= written; here != there {
			t.Fatalf("%v at %v, written as %v: left here is %t, there %t", cell, own, written, here, there)
		}
		if float32(written) != float32(own) {
			t.Fatalf("%v is written as %v, which is read as %v", own, written, float32(written))
		}
	}
	for _, special := range []float64{1e-35, -1e-35, math.Inf(1), math.MaxFloat32, 0} {
		tree := gbdt.Tree{Threshold: []float64{special}, Decision: make([]gbdt.Decision, 1)}
		if got := widened(&tree)[0]; got != special {
			t.Errorf("%v is written as %v", special, got)
		}
	}
}

// TestContributionsAreLogOdds: a model that LightGBM trained with sigmoid 2 has
// margins of half its log-odds.
func TestContributionsAreLogOdds(t *testing.T) {
	d := &gbdt.Data{Columns: []string{"a", "b"}, X: make([][]float32, 2), Y: make([]float64, 400)}
	random := rand.New(rand.NewPCG(8, 1))
	for i := range d.Y {
		a, b := float32(random.NormFloat64()), float32(random.NormFloat64())
		d.X[0], d.X[1] = append(d.X[0], a), append(d.X[1], b)
		if float64(a)+random.NormFloat64() > 0 {
			d.Y[i] = 1
		}
	}
	trees, err := gbdt.Config{Trees: 20, Objective: gbdt.Objective{Loss: gbdt.Binary, Sigmoid: 2}}.Fit(t.Context(), d.Columns, d.X, d.Y, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := &labTrees{trees: trees}
	p, parts := make([]float64, len(d.Y)), [][]float64{make([]float64, len(d.Y)), make([]float64, len(d.Y))}
	if err := m.Predict(p, d.Columns, d.X); err != nil {
		t.Fatal(err)
	}
	if err := m.Explain(parts, d.Columns, d.X); err != nil {
		t.Fatal(err)
	}
	for i := range p {
		got, want := m.Base()+parts[0][i]+parts[1][i], math.Log(p[i]/(1-p[i]))
		if math.Abs(got-want) > 1e-9 {
			t.Fatalf("row %d: base and contributions are %v, the log-odds %v", i, got, want)
		}
	}
}
