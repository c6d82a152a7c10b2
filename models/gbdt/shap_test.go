package gbdt

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestContributionsAreThoseOfLightGBM(t *testing.T) {
	columns, x := readCells(t)
	for _, name := range lightgbmModels {
		sameAsLightGBM(t, name, readModel(t, name), columns, x, readTable(t, name+".csv"))
	}
}

func TestContributionsAreTheBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, x := drawModel(t), drawCells(t, drawnColumns)
		got := explain(t, m, m.Columns, x)
		for i := range x[0] {
			for j, want := range bruteContributions(m, x, i) {
				if math.Abs(got[j][i]-want) > 1e-10 {
					t.Fatalf("row %d: column %d adds %v, brute force %v", i, j, got[j][i], want)
				}
			}
		}
	})
}

// TestContributionsOfADeepLeaf asks more columns on one way than a table holds
// patterns for.
func TestContributionsOfADeepLeaf(t *testing.T) {
	const columns = 14
	m := chain(columns)
	x := benchmarkCells(columns, 2)
	for j := range x {
		x[j] = append(x[j], 1) // a row that goes all the way down
	}
	got := explain(t, m, m.Columns, x)
	for i := range x[0] {
		for j, want := range bruteContributions(m, x, i) {
			if math.Abs(got[j][i]-want) > 1e-12 {
				t.Errorf("row %d: column %d adds %v, brute force %v", i, j, got[j][i], want)
			}
		}
	}
}

// chain returns a tree in which every split asks the next column and hangs below
// the last.
func chain(columns int) *Model {
	rng := rand.New(rand.NewPCG(5, 6))
	tree := Tree{LeafValue: []float64{rng.NormFloat64()}, LeafCount: []int64{7}}
	for i := range int32(columns) {
		tree.Feature = append(tree.Feature, i)
		tree.Threshold = append(tree.Threshold, 0.3)
		tree.Decision = append(tree.Decision, NewDecision(false, true, MissingNaN))
		tree.Left = append(tree.Left, ^i)
		tree.Right = append(tree.Right, i+1)
		tree.LeafValue = append(tree.LeafValue, rng.NormFloat64())
		tree.LeafCount = append(tree.LeafCount, 1+rng.Int64N(50))
	}
	tree.Right[columns-1] = ^int32(columns)
	return &Model{Columns: columnNames(columns), Objective: Objective{Loss: L2}, Trees: []Tree{tree}}
}

func TestContributionsAddUpToTheMargin(t *testing.T) {
	models := []*Model{chain(60)}
	for _, leaves := range []int{1, 2, 31, 100} {
		models = append(models, benchmarkModel(60, 20, leaves))
	}
	x := benchmarkCells(60, 700)
	for k, m := range models {
		margin, got := make([]float64, 700), explain(t, m, m.Columns, x)
		if err := m.Margin(margin, m.Columns, x); err != nil {
			t.Fatal(err)
		}
		for i := range margin {
			sum := m.Base()
			for j := range got {
				sum += got[j][i]
			}
			if math.Abs(sum-margin[i]) > 1e-11 {
				t.Fatalf("model %d: row %d: base and contributions give %v, the margin is %v", k, i, sum, margin[i])
			}
		}
	}
}

// TestContributionsDoNotDependOnCompany explains the same rows in batches that
// make tables and in batches that do not, with one processor and with several.
func TestContributionsDoNotDependOnCompany(t *testing.T) {
	const rows = 5000
	m, x := benchmarkModel(30, 10, 31), benchmarkCells(30, rows)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	want := explain(t, m, m.Columns, x)
	runtime.GOMAXPROCS(4)
	for _, batch := range []int{rows, 3000, 700, 37} {
		m := &Model{Columns: m.Columns, Objective: m.Objective, Trees: m.Trees} // without tables of the rows before
		for first := 0; first < rows; first += 10 * batch {
			part := make([][]float32, len(x))
			for j := range x {
				part[j] = x[j][first:min(first+batch, rows)]
			}
			for j, column := range explain(t, m, m.Columns, part) {
				for i, v := range column {
					if v != want[j][first+i] {
						t.Fatalf("batches of %d: row %d, column %d: %v, alone in one batch %v", batch, first+i, j, v, want[j][first+i])
					}
				}
			}
		}
	}
}

func TestContributionsDoNotDependOnRoomForTables(t *testing.T) {
	const rows = 600
	m, x := benchmarkModel(30, 10, 31), benchmarkCells(30, rows)
	want := explain(t, m, m.Columns, x)
	e, err := newExplanation(m)
	if err != nil {
		t.Fatal(err)
	}
	e.room = 1
	got := make([][]float64, len(x))
	for j := range got {
		got[j] = make([]float64, rows)
	}
	e.explain(got, x, rows)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a tree at a time (-want +got):\n%s", diff)
	}
}

func TestExplainMatchesColumnsByName(t *testing.T) {
	m := smallModel()
	columns, x := readCells(t)
	want := explain(t, m, columns, x)
	mixed := append([]string{"unheard_of"}, columns[1:]...)
	mixed = append(mixed, columns[0])
	cells := append([][]float32{make([]float32, len(x[0]))}, x[1:]...)
	cells = append(cells, x[0])
	got := explain(t, m, mixed, cells)
	for j := range want {
		for i := range want[j] {
			if got[j][i] != want[j][i] {
				t.Fatalf("row %d, column %d: %v, in order of the fit %v", i, j, got[j][i], want[j][i])
			}
		}
	}
}

func TestExplainRefuses(t *testing.T) {
	_, x := readCells(t)
	room := func() [][]float64 { return make([][]float64, len(x)) }
	uncounted := smallModel()
	uncounted.Trees[0].LeafCount = make([]int64, 5)
	if !math.IsNaN(uncounted.Base()) {
		t.Errorf("base without counts is %v", uncounted.Base())
	}
	full := room()
	for j := range full {
		full[j] = make([]float64, len(x[0]))
	}
	columns := smallModel().Columns
	for says, err := range map[string]error{
		"rows of column \"recency_days\"": smallModel().Explain(room(), columns, x),
		"room for 6 columns":              smallModel().Explain(full[1:], columns, x),
		"no column \"recency_days\"":      smallModel().Explain(full, columns[1:], x[1:]),
		"row counts":                      uncounted.Explain(full, columns, x),
	} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("Explain: %v, want an error about %q", err, says)
		}
	}
}

func TestExplainNoRows(t *testing.T) {
	m := smallModel()
	x := make([][]float32, len(m.Columns))
	if err := m.Explain(make([][]float64, len(x)), m.Columns, x); err != nil {
		t.Error(err)
	}
}

func explain(t interface{ Fatal(...any) }, m *Model, columns []string, x [][]float32) [][]float64 {
	dst := make([][]float64, len(m.Columns))
	for j := range dst {
		dst[j] = make([]float64, len(x[0]))
	}
	if err := m.Explain(dst, columns, x); err != nil {
		t.Fatal(err)
	}
	return dst
}

// bruteContributions is Shapley's definition over all coalitions.
func bruteContributions(m *Model, x [][]float32, i int) []float64 {
	n := len(m.Columns)
	values, phi := coalitions(m, x, i), make([]float64, n)
	for j := range phi {
		for s, v := range values {
			if s>>j&1 == 0 {
				phi[j] += (values[s|1<<j] - v) * shapleyWeight(s, n)
			}
		}
	}
	return phi
}

// shapleyWeight is |s|!(n-1-|s|)!/n! for a coalition s out of n.
func shapleyWeight(s, n int) float64 {
	size := bits.OnesCount(uint(s))
	weight := 1 / float64(n)
	for k := range size {
		weight *= float64(k+1) / float64(n-1-k)
	}
	return weight
}

// coalitions returns the expected margin of row i for every set of columns.
func coalitions(m *Model, x [][]float32, i int) []float64 {
	values := make([]float64, 1<<len(m.Columns))
	for s := range values {
		for k := range m.Trees {
			values[s] += conditional(&m.Trees[k], 0, s, x, i) * m.scale()
		}
	}
	return values
}

// conditional follows row i at columns in s, and the training rows elsewhere.
func conditional(t *Tree, child int32, s int, x [][]float32, i int) float64 {
	if len(t.Feature) == 0 {
		return t.LeafValue[0]
	}
	if child < 0 {
		return t.LeafValue[^child]
	}
	left := t.leftShares()[child]
	if j := t.Feature[child]; s>>j&1 != 0 {
		left = 0
		if t.goesLeft(child, x[j][i]) {
			left = 1
		}
	}
	return left*conditional(t, t.Left[child], s, x, i) + (1-left)*conditional(t, t.Right[child], s, x, i)
}

const drawnColumns = 5

// drawModel draws a few small trees with splits of every kind.
func drawModel(t *rapid.T) *Model {
	m := &Model{Columns: columnNames(drawnColumns), Objective: Objective{Loss: L2}, Average: rapid.Bool().Draw(t, "average")}
	for range rapid.IntRange(1, 3).Draw(t, "trees") {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "tree"), 0))
		m.Trees = append(m.Trees, randomTree(rng, drawnColumns, rapid.IntRange(1, 9).Draw(t, "leaves")))
	}
	return m
}

// drawCells draws three rows with cells near thresholds, missing ones and zeros.
func drawCells(t *rapid.T, columns int) [][]float32 {
	cell := rapid.SampledFrom([]float32{-1, -0.5, 0, 1e-36, 0.25, 0.5, 0.75, 1, 2, 3, 33, 70, float32(math.NaN()), float32(math.Inf(1))})
	x := make([][]float32, columns)
	for j := range x {
		x[j] = rapid.SliceOfN(cell, 3, 3).Draw(t, "cells")
	}
	return x
}

func columnNames(n int) []string {
	names := make([]string, n)
	for j := range names {
		names[j] = fmt.Sprintf("column_%02d", j)
	}
	return names
}

// randomTree grows a tree by splitting leaves drawn at random.
func randomTree(rng *rand.Rand, columns, leaves int) Tree {
	t := Tree{LeafValue: []float64{rng.NormFloat64()}, Shrinkage: 1, CategoryBounds: []int32{0}}
	at := []*int32{nil} // what points to each leaf
	t.Left, t.Right = make([]int32, leaves-1), make([]int32, leaves-1)
	for i := range int32(leaves - 1) {
		l := rng.IntN(len(at))
		if at[l] != nil {
			*at[l] = i
		}
		t.Left[i], t.Right[i] = ^int32(l), ^int32(len(at))
		at[l] = &t.Left[i]
		at = append(at, &t.Right[i])
		categorical := rng.IntN(4) == 0
		t.Decision = append(t.Decision, NewDecision(categorical, rng.IntN(2) == 0, Missing(rng.IntN(3))))
		t.Feature = append(t.Feature, int32(rng.IntN(columns)))
		if categorical {
			t.Threshold = append(t.Threshold, float64(len(t.CategoryBounds)-1))
			t.CategoryBits = append(t.CategoryBits, rng.Uint32(), rng.Uint32())
			t.CategoryBounds = append(t.CategoryBounds, int32(len(t.CategoryBits)))
		} else {
			t.Threshold = append(t.Threshold, math.Round(rng.Float64()*8)/8)
		}
		t.LeafValue = append(t.LeafValue, rng.NormFloat64())
	}
	if len(t.CategoryBits) == 0 {
		t.CategoryBounds = nil
	}
	for range leaves {
		t.LeafCount = append(t.LeafCount, int64(1+rng.IntN(100)))
	}
	t.LeafWeight = make([]float64, leaves)
	t.Gain, t.InnerCount = make([]float32, leaves-1), make([]int64, leaves-1)
	t.InnerValue, t.InnerWeight = make([]float64, leaves-1), make([]float64, leaves-1)
	return t
}

// benchmarkModel is as wide and deep as one that was trained: about 21 columns a
// tree of 31 leaves, 6 columns on the way to a leaf.
func benchmarkModel(columns, trees, leaves int) *Model {
	rng := rand.New(rand.NewPCG(1, 2))
	m := &Model{Columns: columnNames(columns), Objective: Objective{Loss: Binary}}
	for range trees {
		m.Trees = append(m.Trees, randomTree(rng, columns, leaves))
	}
	return m
}

func benchmarkCells(columns, rows int) [][]float32 {
	rng := rand.New(rand.NewPCG(3, 4))
	x := make([][]float32, columns)
	for j := range x {
		x[j] = make([]float32, rows)
		for i := range x[j] {
			x[j][i] = float32(rng.Float64())
			if rng.IntN(10) == 0 {
				x[j][i] = float32(math.NaN())
			}
		}
	}
	return x
}

func BenchmarkExplain(b *testing.B) {
	m := benchmarkModel(50, 200, 31)
	for _, rows := range []int{1, 1000, 20_000} {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			x := benchmarkCells(50, rows)
			dst := make([][]float64, len(x))
			for j := range dst {
				dst[j] = make([]float64, rows)
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := m.Explain(dst, m.Columns, x); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
		})
	}
}
