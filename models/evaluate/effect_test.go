package evaluate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"
)

// momentsOf sums up pairs one by one.
func momentsOf(x, y []float64) (m Moments) {
	for i := range x {
		m.Add(x[i], y[i])
	}
	return m
}

func TestMomentsMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 60).Draw(t, "n")
		numbers := rapid.SliceOfN(rapid.Float64Range(-1e4, 1e4), n, n)
		x, y := numbers.Draw(t, "x"), numbers.Draw(t, "y")
		cut := rapid.IntRange(0, n).Draw(t, "cut")
		got := momentsOf(x[:cut], y[:cut])
		got.Merge(momentsOf(x[cut:], y[cut:]))
		squares := float64(n - 1)
		for what, pair := range map[string][2]float64{
			"n":  {float64(got.N), float64(n)},
			"x":  {got.X, stat.Mean(x, nil)},
			"y":  {got.Y, stat.Mean(y, nil)},
			"xx": {got.XX, squares * stat.Variance(x, nil)},
			"yy": {got.YY, squares * stat.Variance(y, nil)},
			"xy": {got.XY, squares * stat.Covariance(x, y, nil)},
		} {
			if math.Abs(pair[0]-pair[1]) > 1e-9*(1+math.Abs(pair[1])+got.XX+got.YY) {
				t.Errorf("%s is %v, want %v", what, pair[0], pair[1])
			}
		}
	})
}

// Without anything known before it is Welch's interval: here of variances 4/3 and 4,
// means 2 and 5.
func TestCompareIsWelch(t *testing.T) {
	treated := momentsOf(make([]float64, 4), []float64{1, 1, 3, 3})
	control := momentsOf(make([]float64, 3), []float64{3, 5, 7})
	e, ok := Compare(treated, control)
	if !ok {
		t.Fatal("two rows in each group are enough")
	}
	// (1/3 + 4/3)² / ((1/3)²/3 + (4/3)²/2) = 3 degrees of freedom, of which
	// scipy.stats.t.ppf gives the 97.5% quantile.
	half := 3.1824463052837073 * math.Sqrt(5.0/3)
	for what, pair := range map[string][2]float64{
		"difference": {e.Difference, -3}, "error": {e.StandardError, math.Sqrt(5.0 / 3)},
		"low": {e.Low, -3 - half}, "high": {e.High, -3 + half}, "removed": {e.Removed, 0},
	} {
		if math.Abs(pair[0]-pair[1]) > 1e-9 {
			t.Errorf("%s is %v, want %v", what, pair[0], pair[1])
		}
	}
	if _, ok := Compare(treated, momentsOf([]float64{1}, []float64{1})); ok {
		t.Error("a control of one row has no variance")
	}
	if e, ok := Compare(Moments{N: 5, Y: 2}, Moments{N: 7, Y: 1}); !ok || e.Low != 1 || e.High != 1 || !e.Decided() {
		t.Errorf("constants differ by %+v, want exactly 1", e)
	}
}

// Of 4,000 experiments with a true effect of 0.3, 95% of intervals hold it, with what
// was known before as without, and nine tenths of the variance go where the
// correlation is √.9. The errors of both are what they say.
func TestCompareCovers(t *testing.T) {
	const experiments, effect = 4000, 0.3
	random := rand.New(rand.NewPCG(11, 12))
	covered, plain, found := 0, 0, 0
	var differences, errors, removed []float64
	for range experiments {
		var treated, control, treatedPlain, controlPlain Moments
		for i := range 200 {
			x := math.Exp(random.NormFloat64()) // skewed, as money is
			y := 3*x + random.NormFloat64()*math.Sqrt(math.E*(math.E-1))
			if i < 150 {
				treated.Add(x, y+effect)
				treatedPlain.Add(0, y+effect)
			} else {
				control.Add(x, y)
				controlPlain.Add(0, y)
			}
		}
		e, _ := Compare(treated, control)
		if e.Low <= effect && effect <= e.High {
			covered++
		}
		if e.Decided() {
			found++
		}
		differences, errors, removed = append(differences, e.Difference), append(errors, e.StandardError), append(removed, e.Removed)
		if p, _ := Compare(treatedPlain, controlPlain); p.Low <= effect && effect <= p.High {
			plain++
		}
	}
	for what, n := range map[string]int{"adjusted": covered, "plain": plain} {
		if share := float64(n) / experiments; share < 0.935 || share > 0.965 {
			t.Errorf("%s: %.3f of intervals hold the effect, want .95", what, share)
		}
	}
	if got, want := stat.StdDev(differences, nil), stat.Mean(errors, nil); math.Abs(got/want-1) > 0.05 {
		t.Errorf("differences vary by %.4f, their standard error is %.4f", got, want)
	}
	if got := stat.Mean(differences, nil); math.Abs(got-effect) > 0.02 {
		t.Errorf("mean difference %.4f, want %.1f", got, effect)
	}
	slices.Sort(removed)
	if median := removed[experiments/2]; math.Abs(median-0.9) > 0.04 {
		t.Errorf("removes %.3f of the variance, want about .9", median)
	}
	if found == 0 || found == experiments {
		t.Errorf("%d of %d experiments found the effect: the test says nothing", found, experiments)
	}
}

// An effect as large as Detectable is told from nothing in four of five experiments.
func TestDetectable(t *testing.T) {
	const experiments = 4000
	random := rand.New(rand.NewPCG(5, 6))
	found := 0
	for range experiments {
		var treated, control Moments
		for range 300 {
			treated.Add(0, random.NormFloat64()+0.2290) // 2.8 standard errors of √(2/300)
			control.Add(0, random.NormFloat64())
		}
		if e, _ := Compare(treated, control); e.Decided() {
			found++
		}
	}
	if share := float64(found) / experiments; math.Abs(share-0.8) > 0.02 {
		t.Errorf("%.3f of experiments found it, want .8", share)
	}
	var m Moments
	for i := range 300 {
		m.Add(0, math.Sqrt(300.0/299)*float64(1-2*(i%2)))
	}
	if e, _ := Compare(m, m); math.Abs(e.Detectable-2.8*math.Sqrt(2.0/299)) > 0.002 {
		t.Errorf("detectable is %.4f", e.Detectable)
	}
}

func ExampleCompare() {
	var policy, holdout Moments // what customers spent before, and since
	for _, spent := range [][2]float64{{10, 14}, {50, 55}, {30, 35}, {0, 4}} {
		policy.Add(spent[0], spent[1])
	}
	for _, spent := range [][2]float64{{20, 21}, {60, 60}, {0, 1}} {
		holdout.Add(spent[0], spent[1])
	}
	e, _ := Compare(policy, holdout)
	fmt.Printf("%+.1f (%.1f to %.1f), decided: %t\n", e.Difference, e.Low, e.High, e.Decided())
	// Output: +3.8 (2.6 to 5.0), decided: true
}
