package gbdt

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// TestMonotoneColumnsAreNeverViolated sweeps one column through rows of all
// kinds, for every loss.
func TestMonotoneColumnsAreNeverViolated(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawn(600, rapid.Uint64().Draw(t, "seed"))
		direction := rapid.SampledFrom([]int{-1, 1}).Draw(t, "direction")
		column := rapid.SampledFrom([]int{0, 1, 3}).Draw(t, "column")
		c := Config{
			Objective: Objective{Loss: rapid.SampledFrom([]Loss{Binary, L2, Poisson, Tweedie, Quantile}).Draw(t, "loss")},
			Monotone:  map[string]int{d.Columns[column]: direction}, Categorical: []string{"kind"},
			Trees: 15, MinData: 3, LearningRate: 0.3, L1: rapid.SampledFrom([]float64{0, 0.5}).Draw(t, "l1"), L2: -1, FeatureFraction: 1,
		}
		m, _, err := c.FitWatched(t.Context(), d, Data{})
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			checkSweep(t, m, d, column, float64(direction), rapid.IntRange(0, 599).Draw(t, "row"))
		}
	})
}

// checkSweep predicts a row with ever greater cells of a column.
func checkSweep(t *rapid.T, m *Model, d Data, column int, direction float64, row int) {
	const steps = 200
	x := make([][]float32, len(d.X))
	for j := range x {
		x[j] = make([]float32, steps)
		for i := range x[j] {
			x[j][i] = d.X[j][row]
			if j == column {
				x[j][i] = float32(math.Sinh(float64(i-steps/2) / 20))
			}
		}
	}
	margins := make([]float64, steps)
	if err := m.Margin(margins, d.Columns, x); err != nil {
		t.Fatal(err)
	}
	for i := 1; i < steps; i++ {
		if (margins[i]-margins[i-1])*direction < 0 {
			t.Fatalf("%s from %v to %v moves the margin from %v to %v", d.Columns[column], x[column][i-1], x[column][i], margins[i-1], margins[i])
		}
	}
}

func TestInteractionsStayWithinGroups(t *testing.T) {
	d := drawn(3000, 11)
	groups := [][]string{{"amount", "gappy"}, {"kind", "noise"}}
	m, _ := mustFit(t, Config{Trees: 40, MinData: 5, FeatureFraction: 1, Interactions: groups, Categorical: []string{"kind"}}, d, Data{})
	together := map[[2]string]bool{}
	for k := range m.Trees {
		branches(&m.Trees[k], 0, nil, func(path []int32) {
			for _, a := range path {
				for _, b := range path {
					together[[2]string{m.Columns[a], m.Columns[b]}] = true
				}
			}
		})
	}
	for _, pair := range [][2]string{{"amount", "gappy"}, {"kind", "noise"}, {"count", "count"}} {
		if !together[pair] {
			t.Errorf("no branch asks %v", pair)
		}
		delete(together, pair)
		delete(together, [2]string{pair[1], pair[0]})
	}
	for pair := range together {
		if pair[0] != pair[1] {
			t.Errorf("a branch asks both of %v", pair)
		}
	}
}

// branches calls visit with the columns on the way to each leaf below node.
func branches(t *Tree, node int32, path []int32, visit func(path []int32)) {
	if node < 0 || len(t.Feature) == 0 {
		visit(path)
		return
	}
	path = append(path[:len(path):len(path)], t.Feature[node])
	branches(t, t.Left[node], path, visit)
	branches(t, t.Right[node], path, visit)
}

// TestMissingCellsGoWhereTheLossSays hides the signal in what is missing.
func TestMissingCellsGoWhereTheLossSays(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 0))
	d := Data{Columns: []string{"x"}, X: [][]float32{make([]float32, 2000)}, Y: make([]float64, 2000)}
	for i := range d.Y {
		x := rng.Float32()
		d.X[0][i] = x
		if x > 0.5 {
			d.Y[i] = 1
		}
		if rng.IntN(3) == 0 {
			d.X[0][i] = nan32
			d.Y[i] = 1
		}
	}
	m, _ := mustFit(t, Config{Trees: 100, LearningRate: 0.2, L2: -1}, d, Data{})
	p := predicted(t, m, Data{Columns: d.Columns, X: [][]float32{{0.2, 0.8, nan32}}})
	if p[0] > 0.05 || p[1] < 0.95 || p[2] < 0.95 {
		t.Errorf("probabilities %v, want about 0, 1, 1", p)
	}
}

var nan32 = float32(math.NaN())

// TestMissingCellsThatTheFitNeverSawGoWithTheMajority keeps a gap in new data
// from being read as a number.
func TestMissingCellsThatTheFitNeverSawGoWithTheMajority(t *testing.T) {
	d := Data{Columns: []string{"x"}, X: [][]float32{nil}}
	for i := range 1000 {
		d.X[0] = append(d.X[0], float32(i))
		d.Y = append(d.Y, float64(i/900))
	}
	m, _ := mustFit(t, Config{Objective: Objective{Loss: L2}, Leaves: 2, Trees: 1, MinData: 50}, d, Data{})
	p := predicted(t, m, Data{Columns: d.Columns, X: [][]float32{{0, 999, nan32}}})
	if p[2] != p[0] || p[2] == p[1] {
		t.Errorf("predictions %v", p)
	}
}

func TestCategoriesAreSets(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 0))
	d := Data{Columns: []string{"kind"}, X: [][]float32{make([]float32, 20_000)}, Y: make([]float64, 20_000)}
	odd := func(kind int) float64 { return float64(kind * 7 % 2) }
	for i := range d.Y {
		kind := rng.IntN(40)
		d.X[0][i], d.Y[i] = float32(kind), odd(kind)
	}
	c := Config{Objective: Objective{Loss: L2}, Categorical: d.Columns, Trees: 1, Leaves: 2, LearningRate: 1, L2: -1}
	m, _ := mustFit(t, c, d, Data{})
	p := predicted(t, m, Data{Columns: d.Columns, X: [][]float32{{4, 5, 38, 39, 40, -1, nan32}}})
	for i, want := range []float64{0, 1, 0, 1} {
		if math.Abs(p[i]-want) > 1e-6 {
			t.Errorf("one split predicts %v for category %v", p[i], d.X[0][i])
		}
	}
	if p[4] != p[5] || p[5] != p[6] {
		t.Errorf("unknown, negative and missing categories are predicted %v", p[4:])
	}
}

// TestFractionalWeightsAreNearRows is what is left of the battery's demand when
// weights are not whole.
func TestFractionalWeightsAreNearRows(t *testing.T) {
	d := drawn(4000, 14)
	d.Weights = make([]float64, len(d.Y))
	var twice Data
	twice.Columns, twice.X = d.Columns, make([][]float32, len(d.X))
	for i := range d.Y {
		copies := 1 + i%2
		d.Weights[i] = 0.37 * float64(copies)
		for range copies {
			for j := range d.X {
				twice.X[j] = append(twice.X[j], d.X[j][i])
			}
			twice.Y = append(twice.Y, d.Y[i])
			twice.Weights = append(twice.Weights, 0.37)
		}
	}
	// MinData counts weights relative to their mean, which differs between the
	// two tables.
	c := Config{Trees: 20, MinData: 1, MinHessian: 5}
	a, _ := mustFit(t, c, d, Data{})
	b, _ := mustFit(t, c, twice, Data{})
	p, q := predicted(t, a, d), predicted(t, b, d)
	for i := range p {
		if math.Abs(p[i]-q[i]) > 0.02 {
			t.Fatalf("row %d: weighted %v, repeated %v", i, p[i], q[i])
		}
	}
}
