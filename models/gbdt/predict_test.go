package gbdt

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
)

func TestBatchIsSingle(t *testing.T) {
	d := drawn(3000, 5)
	m, err := Config{Trees: 30, MinData: 5, Categorical: []string{"kind"}, Leaves: 40}.Fit(context.Background(), d.Columns, d.X, d.Y, nil)
	if err != nil {
		t.Fatal(err)
	}
	batch := make([]float64, len(d.Y))
	if err := m.Margin(batch, d.Columns, d.X); err != nil {
		t.Fatal(err)
	}
	one := make([]float64, 1)
	for i := range d.Y {
		row := make([][]float32, len(d.X))
		for j := range row {
			row[j] = d.X[j][i : i+1]
		}
		if err := m.Margin(one, d.Columns, row); err != nil {
			t.Fatal(err)
		}
		if one[0] != batch[i] {
			t.Fatalf("row %d: alone %v, among others %v", i, one[0], batch[i])
		}
	}
}

// drawn returns rows with skewed, gappy, wild and categorical columns.
func drawn(rows int, seed uint64) Data {
	rng := rand.New(rand.NewPCG(seed, 0))
	d := Data{Columns: []string{"amount", "gappy", "kind", "count", "noise"}, Y: make([]float64, rows)}
	for range d.Columns {
		d.X = append(d.X, make([]float32, rows))
	}
	effect := [12]float64{0.5, -1, 0.2, 1.5, -0.7, 0, 0.9, -1.4, 0.3, 0.1, -0.2, 0.8}
	for i := range rows {
		amount, gappy := rng.NormFloat64(), rng.NormFloat64()
		kind, count := rng.IntN(12), rng.IntN(6)
		d.X[0][i] = float32(math.Exp(2 * amount))
		d.X[1][i] = float32(gappy)
		missing := 0.0
		if rng.IntN(5) == 0 {
			d.X[1][i] = float32(math.NaN())
			gappy, missing = 0, 1
		}
		d.X[2][i], d.X[3][i], d.X[4][i] = float32(kind), float32(count), rng.Float32()
		margin := amount*gappy + 0.8*missing + effect[kind] + 0.3*float64(count) - 1
		if rng.Float64() < 1/(1+math.Exp(-margin)) {
			d.Y[i] = 1
		}
	}
	return d
}
