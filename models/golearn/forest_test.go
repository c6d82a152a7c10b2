package golearn

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"testing"
)

// signal returns rows of width columns, of which the first is gappy and
// decides the outcome in four rows of five.
func signal(rows, width int) (columns []string, x [][]float32, y []float64) {
	random := rand.New(rand.NewPCG(5, uint64(rows)))
	x, y = make([][]float32, width), make([]float64, rows)
	for j := range x {
		columns = append(columns, string(rune('a'+j)))
		x[j] = make([]float32, rows)
		for i := range x[j] {
			x[j][i] = float32(random.NormFloat64())
		}
	}
	for i := range y {
		if (x[0][i] > 0) == (random.IntN(5) > 0) {
			y[i] = 1
		}
		if random.IntN(10) == 0 {
			x[0][i] = nan32
		}
	}
	return columns, x, y
}

func fitForest(t testing.TB, c ForestConfig, columns []string, x [][]float32, y []float64) *Forest {
	t.Helper()
	m, err := c.Fit(context.Background(), columns, x, y, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestForestSeed: golearn's own forest differs from run to run.
func TestForestSeed(t *testing.T) {
	columns, x, y := signal(300, 4)
	file := func(seed uint64) string {
		var b bytes.Buffer
		if err := fitForest(t, ForestConfig{Trees: 5, Seed: seed}, columns, x, y).Write(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	first, again := file(1), file(1)
	if first != again {
		t.Error("one seed gave two forests")
	}
	if first == file(2) {
		t.Error("two seeds gave one forest")
	}
}

func TestForestTreesDiffer(t *testing.T) {
	columns, x, y := signal(300, 4)
	m := fitForest(t, ForestConfig{Trees: 2}, columns, x, y)
	if len(m.trees[0]) == len(m.trees[1]) && m.trees[0][0] == m.trees[1][0] {
		t.Error("two trees begin with the same split of the same rows")
	}
}

// TestForestTrainsOnItsCap: golearn's trees cost more than linear in rows.
func TestForestTrainsOnItsCap(t *testing.T) {
	columns, x, y := signal(5_000, 2)
	m := fitForest(t, ForestConfig{Trees: 1, MaxRows: 120, MinSplit: 2}, columns, x, y)
	if most := 2*120 - 1; len(m.trees[0]) > most {
		t.Errorf("%d nodes cannot come from 120 rows", len(m.trees[0]))
	}
	c, err := ForestConfig{}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	if c.MaxRows != 10_000 {
		t.Errorf("the documented cap is 10,000 rows, not %d", c.MaxRows)
	}
}

func TestForestMinSplit(t *testing.T) {
	columns, x, y := signal(300, 4)
	m := fitForest(t, ForestConfig{Trees: 3, MinSplit: 301}, columns, x, y)
	for _, tree := range m.trees {
		if len(tree) != 1 {
			t.Errorf("a root of 300 rows was split under MinSplit 301: %d nodes", len(tree))
		}
	}
}

func TestForestRefusesBadConfig(t *testing.T) {
	columns, x, y := signal(50, 2)
	for _, c := range []ForestConfig{{Trees: -1}, {Features: -1}, {MinSplit: -1}, {MaxRows: -1}} {
		if _, err := c.Fit(context.Background(), columns, x, y, nil); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
}

// cancelling is a context that is cancelled after being asked some times.
type cancelling struct {
	context.Context
	left int
}

func (c *cancelling) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

func TestCancelEndsATreeInTheMiddle(t *testing.T) {
	_, x, y := signal(300, 4)
	rows := make([]int32, len(y))
	for i := range rows {
		rows[i] = int32(i)
	}
	p := fitImputer([]string{"a", "b", "c", "d"}, x, rows)
	g := grower{config: ForestConfig{Features: 2, MinSplit: 2}, table: newGrowthTable(&p, x, y, rows)}
	ctx := &cancelling{context.Background(), 4}
	if _, err := g.grow(ctx, 0); !errors.Is(err, context.Canceled) {
		t.Fatalf("grow returned %v", err)
	}
	const nodesLeft = 40 // each asks once more while ID3 unwinds
	if ctx.left < -nodesLeft {
		t.Errorf("the tree asked %d times after the cancellation", -ctx.left)
	}
}

func BenchmarkForestFit(b *testing.B) {
	columns, x, y := signal(2_000, 20)
	b.ReportAllocs()
	for b.Loop() {
		fitForest(b, ForestConfig{Trees: 10}, columns, x, y)
	}
}

func BenchmarkForestPredict(b *testing.B) {
	columns, x, y := signal(2_000, 20)
	m := fitForest(b, ForestConfig{Trees: 50}, columns, x, y)
	dst := make([]float64, len(y))
	b.ReportAllocs()
	for b.Loop() {
		if err := m.Predict(dst, columns, x); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*float64(len(y))/b.Elapsed().Seconds(), "rows/s")
}
