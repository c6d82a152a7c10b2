package gbdt

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// intervals returns rows of facts, each once for every interval that it entered,
// one interval after the other.
func intervals(rows, columns, ends int) Data {
	rng := rand.New(rand.NewPCG(1, 2))
	d := Data{X: make([][]float32, columns+1)}
	for j := range columns {
		d.Columns = append(d.Columns, fmt.Sprint("fact_", j))
	}
	d.Columns = append(d.Columns, "end")
	facts := make([][]float32, rows)
	last := make([]int, rows)
	for i := range facts {
		for range columns {
			facts[i] = append(facts[i], float32(rng.NormFloat64()))
		}
		last[i] = rng.IntN(ends) + 1
	}
	for end := range ends {
		for i := range facts {
			if end >= last[i] {
				continue
			}
			for j, v := range facts[i] {
				d.X[j] = append(d.X[j], v)
			}
			d.X[columns] = append(d.X[columns], float32(end))
			p := 1 / (1 + math.Exp(float64(1+facts[i][0]*facts[i][1])-0.3*float64(end)))
			y := 0.0
			if rng.Float64() < p {
				y = 1
			}
			d.Y = append(d.Y, y)
		}
	}
	return d
}

// TestTwinsChangeNothing: a fit that adds up twins gives the same model as one that
// does not know of any.
func TestTwinsChangeNothing(t *testing.T) {
	d := intervals(6000, 20, 5)
	for name, test := range map[string]struct {
		config Config
		twins  string
	}{
		"some columns":   {Config{Trees: 20, Leaves: 16, FeatureFraction: 0.5}, "end"},
		"all columns":    {Config{Trees: 10, FeatureFraction: 1}, "end"},
		"rows drawn":     {Config{Trees: 10, RowFraction: 0.5}, "end"},
		"few bins":       {Config{Trees: 5, MaxBins: 3}, "end"},
		"another column": {Config{Trees: 5}, "fact_3"},
		"no such column": {Config{Trees: 5}, "absent"},
	} {
		var texts []string
		for k, twins := range []string{"", test.twins} {
			test.config.Twins, test.config.Workers = twins, 1+k
			m, err := test.config.Fit(t.Context(), d.Columns, d.X, d.Y, nil)
			if err != nil {
				t.Fatal(err)
			}
			var text bytes.Buffer
			if err := m.Write(&text); err != nil {
				t.Fatal(err)
			}
			texts = append(texts, text.String())
		}
		if texts[0] != texts[1] {
			t.Errorf("%s: another model with twins", name)
		}
	}
}

func BenchmarkFitTwins(b *testing.B) {
	d := intervals(40_000, 50, 5)
	for _, twins := range []string{"", "end"} {
		b.Run("twins="+twins, func(b *testing.B) {
			for b.Loop() {
				if _, err := (Config{Trees: 100, Leaves: 16, FeatureFraction: 0.4, Twins: twins, Workers: 1}).Fit(b.Context(), d.Columns, d.X, d.Y, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
