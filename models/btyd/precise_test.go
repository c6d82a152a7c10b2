package btyd

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

// TestAgreesWithManyDigits compares with testdata/precise.csv, which
// testdata/precise.py computed by other formulas in up to 400 digits.
func TestAgreesWithManyDigits(t *testing.T) {
	records := readCSV(t, "testdata/precise.csv")
	worst := 0.0
	for _, r := range records[1:] {
		m := model(t, Family(r[0]), numbers(t, strings.Fields(r[1]))...)
		v := numbers(t, r[2:])
		c, horizon := Customer{Orders: int(v[0]), Last: v[1], Age: v[2]}, v[3]
		got := []float64{
			m.LogLikelihood(c), m.Alive(c), m.Expected(c, horizon),
			m.AtLeast(c, horizon, 1), m.AtLeast(c, horizon, 3),
		}
		for i, want := range v[4:] {
			if math.Abs(want) < 1e-300 { // below what a float64 holds in full
				continue
			}
			difference := math.Abs(got[i]/want - 1)
			worst = max(worst, difference)
			if !(difference <= 1e-9) {
				t.Errorf("%v: %s is %.17g", r[:6], records[0][6+i], got[i])
				t.Logf("not %.17g", want)
			}
		}
	}
	t.Logf("%d rows, largest relative difference %.1e", len(records)-1, worst)
}

func numbers(t testing.TB, words []string) []float64 {
	t.Helper()
	v := make([]float64, len(words))
	for i, word := range words {
		f, err := strconv.ParseFloat(word, 64)
		if err != nil && !strings.Contains(err.Error(), "range") { // 1e-400 is 0
			t.Fatal(err)
		}
		v[i] = f
	}
	return v
}
