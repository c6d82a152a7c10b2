package gbdt

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

func mustFit(t testing.TB, c Config, train, watch Data) (*Model, *Report) {
	t.Helper()
	m, report, err := c.FitWatched(context.Background(), train, watch)
	if err != nil {
		t.Fatal(err)
	}
	return m, report
}

func predicted(t testing.TB, m *Model, d Data) []float64 {
	t.Helper()
	p := make([]float64, len(d.X[0]))
	if err := m.Predict(p, d.Columns, d.X); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestModelIsTheSameForAnyWorkers(t *testing.T) {
	rows := 3 * histogramParallelRows
	if testing.Short() {
		rows = histogramParallelRows + 1000
	}
	d := drawn(rows, 1)
	configs := map[string]Config{
		"binary":  {Trees: 6, Categorical: []string{"kind"}},
		"bagged":  {Trees: 6, RowFraction: 0.6, RowEvery: 2},
		"L2":      {Trees: 4, Objective: Objective{Loss: L2}},
		"bounded": {Trees: 4, Monotone: map[string]int{"count": 1}},
	}
	for name, c := range configs {
		t.Run(name, func(t *testing.T) {
			c.Workers = 1
			m, _ := mustFit(t, c, d, Data{})
			one := writeModel(t, m)
			for _, workers := range []int{2, 5} {
				c.Workers = workers
				m, _ := mustFit(t, c, d, Data{})
				if !bytes.Equal(writeModel(t, m), one) {
					t.Errorf("%d workers fit another model", workers)
				}
			}
		})
	}
}

func TestBlocksOfRowsDoNotMatter(t *testing.T) {
	d := drawn(5000, 2)
	for i := range d.Y {
		d.Weights = append(d.Weights, float64(i%3)/2)
	}
	c := Config{Trees: 5, Categorical: []string{"kind"}}
	m, _ := mustFit(t, c, d, Data{})
	want := writeModel(t, m)
	for _, size := range []int{1, 777, 5000} {
		rows := streamed(t, c, d, size)
		if rows.Len() != len(d.Y) {
			t.Fatalf("%d rows", rows.Len())
		}
		m, _, err := c.FitRows(context.Background(), rows, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(writeModel(t, m), want) {
			t.Errorf("blocks of %d rows give another model", size)
		}
	}
}

// streamed shows d to a sketch and a binner in blocks.
func streamed(t *testing.T, c Config, d Data, size int) *Rows {
	t.Helper()
	sketch, err := NewSketch(c, d.Columns)
	if err != nil {
		t.Fatal(err)
	}
	each := func(add func(b Data) error) {
		for first := 0; first < len(d.Y); first += size {
			if err := add(slice(d, first, min(first+size, len(d.Y)))); err != nil {
				t.Fatal(err)
			}
		}
	}
	each(func(b Data) error { return sketch.Add(b.X, b.Weights) })
	binner, err := sketch.Binner()
	if err != nil {
		t.Fatal(err)
	}
	each(func(b Data) error { return binner.Add(b.X, b.Y, b.Weights) })
	rows, err := binner.Rows()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func slice(d Data, first, last int) Data {
	part := Data{Columns: d.Columns, Y: d.Y[first:last]}
	if d.Weights != nil {
		part.Weights = d.Weights[first:last]
	}
	for _, cells := range d.X {
		part.X = append(part.X, cells[first:last])
	}
	return part
}

func TestWatchedRowsEndTheFit(t *testing.T) {
	d := drawn(4000, 3)
	train, watch := slice(d, 0, 2000), slice(d, 2000, 4000)
	var seen []Progress
	c := Config{
		Trees: 400, LearningRate: 0.3, MinData: 3, Patience: 8,
		Progress: func(p Progress) { seen = append(seen, p) },
	}
	m, report := mustFit(t, c, train, watch)
	if report.Status != Watched || report.TreesGrown >= 400 {
		t.Fatalf("status %s after %d trees", report.Status, report.TreesGrown)
	}
	best := slices.Index(report.WatchedLosses, slices.Min(report.WatchedLosses))
	if len(m.Trees) != best+1 || report.Trees != best+1 || report.TreesGrown != best+1+c.Patience {
		t.Errorf("%d trees kept of %d, the best is %d", len(m.Trees), report.TreesGrown, best+1)
	}
	last := seen[len(seen)-1]
	if last.Tree != report.TreesGrown-1 || !(last.TrainLoss < seen[0].TrainLoss) {
		t.Errorf("last told %+v", last)
	}
	if got := logLoss(watch.Y, predicted(t, m, watch)); math.Abs(got-report.WatchedLosses[best]) > 1e-9 {
		t.Errorf("reported loss %v, predictions have %v", report.WatchedLosses[best], got)
	}
	c.Patience = -1
	c.Trees = 30
	if m, report := mustFit(t, c, train, watch); len(m.Trees) != 30 || report.Status != Limit {
		t.Errorf("without patience %d trees, %s", len(m.Trees), report.Status)
	}
}

func logLoss(y, p []float64) float64 {
	sum := 0.0
	for i := range y {
		sum -= y[i]*math.Log(p[i]) + (1-y[i])*math.Log(1-p[i])
	}
	return sum / float64(len(y))
}

func TestContinueGoesOn(t *testing.T) {
	d := drawn(3000, 4)
	d.Columns[0], d.Columns[4] = d.Columns[4], d.Columns[0]
	d.X[0], d.X[4] = d.X[4], d.X[0]
	c := Config{Trees: 20, FeatureFraction: 1, MinData: 10}
	first, _ := mustFit(t, c, d, Data{})
	further, _, err := c.Continue(context.Background(), first, drawn(3000, 4), Data{})
	if err != nil {
		t.Fatal(err)
	}
	c.Trees = 40
	whole, _ := mustFit(t, c, d, Data{})
	if len(further.Trees) != 40 {
		t.Fatalf("%d trees", len(further.Trees))
	}
	// The rounding of gradients is to the nearest for so few rows, so going on is
	// the same as not having stopped.
	if !bytes.Equal(writeModel(t, further), writeModel(t, whole)) {
		t.Error("20 trees and 20 more differ from 40")
	}
}

func TestCancelledBetweenTrees(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	d := drawn(1000, 5)
	c := Config{Progress: func(p Progress) {
		if p.Tree == 3 {
			cancel()
		}
	}}
	_, _, err := c.FitWatched(ctx, d, Data{})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "tree 4") {
		t.Errorf("error is %v", err)
	}
}

func TestMoreRowsThanTheLimitAreSampled(t *testing.T) {
	d := drawn(20_000, 6)
	c := Config{Trees: 5, MaxRows: 10_000}
	m, report := mustFit(t, c, d, Data{})
	if report.RowsGiven != 20_000 || report.Rows > 10_000 || report.Rows < 9000 {
		t.Errorf("trained on %d of %d rows", report.Rows, report.RowsGiven)
	}
	if count := m.Trees[0].InnerCount[0]; count != int64(report.Rows) {
		t.Errorf("the root has %d rows", count)
	}
}

func TestConstantLabelsOfARegression(t *testing.T) {
	d := drawn(500, 7)
	fill(d.Y, 3.5)
	m, report := mustFit(t, Config{Objective: Objective{Loss: L2}, FeatureFraction: 1}, d, Data{})
	if report.Status != Exhausted || len(m.Trees) != 1 {
		t.Errorf("%s after %d trees", report.Status, len(m.Trees))
	}
	for _, p := range predicted(t, m, d) {
		if p != 3.5 {
			t.Fatalf("prediction %v", p)
		}
	}
}

func TestUnusableConfig(t *testing.T) {
	d := drawn(200, 8)
	tests := map[string]Config{
		"trees is -1":                 {Trees: -1},
		"leaves is 1":                 {Leaves: 1},
		"learning rate is 2":          {LearningRate: 2},
		"bins is 256":                 {MaxBins: 256},
		"min data is -1":              {MinData: -1},
		"row fraction is 1.5":         {RowFraction: 1.5},
		"every -2 trees":              {RowEvery: -2},
		"feature fraction is -0.5":    {FeatureFraction: -0.5},
		"workers is -1":               {Workers: -1},
		"max rows is -1":              {MaxRows: -1},
		"choose a finite number":      {L2: math.NaN()},
		`loss is "hinge"`:             {Objective: Objective{Loss: "hinge"}},
		"the Tweedie power is 2":      {Objective: Objective{Loss: Tweedie, Power: 2}},
		"the quantile level is 1":     {Objective: Objective{Loss: Quantile, Level: 1}},
		"sigmoid is -1":               {Objective: Objective{Sigmoid: -1}},
		`no categorical column "x"`:   {Categorical: []string{"x"}},
		`no column "y" to interact`:   {Interactions: [][]string{{"kind", "y"}}},
		"monotone names 1 columns, 0": {Monotone: map[string]int{"z": 1}},
		`"count" is monotone 3`:       {Monotone: map[string]int{"count": 3}},
		"monotone and categorical":    {Monotone: map[string]int{"kind": 1}, Categorical: []string{"kind"}},
	}
	for want, c := range tests {
		_, err := c.Fit(context.Background(), d.Columns, d.X, d.Y, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %q in it", err, want)
		}
	}
}

func TestContinuePromisesWhatBothPartsKeep(t *testing.T) {
	d := drawn(500, 9)
	free, _ := mustFit(t, Config{Trees: 2}, d, Data{})
	bounded, _ := mustFit(t, Config{Trees: 2, Monotone: map[string]int{"count": 1, "noise": -1}}, d, Data{})
	c := Config{Trees: 2, Monotone: map[string]int{"count": 1}}
	for _, tt := range []struct {
		from *Model
		want []int8
	}{{free, nil}, {bounded, []int8{0, 0, 0, 1, 0}}} {
		m, _, err := c.Continue(context.Background(), tt.from, d, Data{})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(m.Monotone, tt.want) {
			t.Errorf("monotone %v, want %v", m.Monotone, tt.want)
		}
	}
}

func TestUnusableWatchedRows(t *testing.T) {
	d := drawn(300, 10)
	tests := map[string]func(w *Data){
		"none has weight":  func(w *Data) { w.Weights = make([]float64, len(w.Y)) },
		"label of row 7":   func(w *Data) { w.Y[7] = 2 },
		`no column "kind"`: func(w *Data) { w.Columns[2] = "sort" },
		"299 labels":       func(w *Data) { w.Y = w.Y[1:] },
	}
	for want, spoil := range tests {
		watch := drawn(300, 10)
		spoil(&watch)
		_, _, err := Config{Trees: 2}.FitWatched(context.Background(), d, watch)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %q in it", err, want)
		}
	}
	rows := streamed(t, Config{}, d, 100)
	if _, _, err := (Config{Objective: Objective{Loss: L2}, Trees: 1}).FitRows(context.Background(), rows, nil); err != nil {
		t.Errorf("rows sketched for another loss: %v", err)
	}
}
