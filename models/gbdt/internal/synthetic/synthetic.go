// Package synthetic makes up the churn table on which boosting is measured.
//
// Table returns it; the same rows come out on every machine.
package synthetic

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Width is the number of columns: 40 that may carry something and 10 of noise.
const Width = 50

const noise = 10

// Columns returns the names of the columns.
func Columns() []string {
	names := make([]string, Width)
	for j := range names {
		kind := "signal"
		if j >= Width-noise {
			kind = "noise"
		}
		names[j] = fmt.Sprintf("%s_%02d", kind, j)
	}
	return names
}

// Table returns rows [first, first+rows) of the endless table of seed: x[j][i] is
// column j of row i, y its label, 1 for about 24 rows of 100. No cell is missing.
func Table(seed uint64, first, rows int) (x [][]float32, y []float64) {
	x = make([][]float32, Width)
	for j := range x {
		x[j] = make([]float32, rows)
	}
	y = make([]float64, rows)
	source := rand.NewPCG(0, 0)
	rng := rand.New(source)
	var cells [Width]float64
	for i := range rows {
		source.Seed(seed, uint64(first+i))
		draw(rng, &cells)
		for j, v := range cells {
			x[j][i] = float32(v)
		}
		if rng.Float64() < 1/(1+math.Exp(-margin(&cells))) {
			y[i] = 1
		}
	}
	return x, y
}

// draw fills one row: skewed amounts, counts, shares and normal columns, related
// through how active the customer is.
func draw(rng *rand.Rand, c *[Width]float64) {
	active := rng.NormFloat64()
	for j := range c {
		z := rng.NormFloat64()
		switch {
		case j >= Width-noise:
			c[j] = z
		case j%4 == 0:
			c[j] = math.Exp(0.8*z + 0.5*active)
		case j%4 == 1:
			c[j] = math.Floor(math.Exp(1 + 0.7*z + 0.4*active))
		case j%4 == 2:
			c[j] = 1 / (1 + math.Exp(-z-0.3*active))
		default:
			c[j] = 0.9*z + 0.4*active
		}
	}
}

// margin is the log-odds of churn: smooth effects, steps and interactions, small
// enough that the best possible AUC is about 0.78.
func margin(c *[Width]float64) float64 {
	m := -1.55 - 0.45*math.Log1p(c[0]) + 0.35*c[3] - 0.25*math.Log1p(c[1]) + 0.5*c[2]
	for j := 7; j < Width-noise; j += 4 {
		m += 0.12 * c[j]
	}
	for j := 8; j < Width-noise; j += 8 {
		m += 0.15 * math.Log(c[j])
	}
	if c[5] < 2 && c[4] > 1 {
		m += 0.9
	}
	if c[6] > 0.6 && c[11] > 0 {
		m += 0.7
	}
	m += 0.35*c[15]*c[19] + 0.4*math.Sin(2*c[23]) + 0.5*math.Abs(c[27])
	return m
}
