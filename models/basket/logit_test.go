package basket

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestBlendRecovers draws outcomes from known weights.
func TestBlendRecovers(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	truth := []float64{-1, .5, 2}
	b := blend{prior: []float64{0, 0, 0}}
	for range 20_000 {
		x := []float64{1, random.NormFloat64(), random.Float64()}
		b.add(x, random.Float64() < sigmoid(dot(x, truth)), 1)
	}
	got, err := b.fit(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for k := range truth {
		if math.Abs(got[k]-truth[k]) > .12 {
			t.Errorf("weight %d is %.3f, want %.1f", k, got[k], truth[k])
		}
	}
	// At the optimum no small step helps.
	best := b.objective(got, 1)
	for k := range got {
		for _, step := range []float64{-1e-3, 1e-3} {
			moved := slices.Clone(got)
			moved[k] += step
			if b.objective(moved, 1) < best {
				t.Errorf("moving weight %d by %v lowers the objective", k, step)
			}
		}
	}
}

func TestBlendWithoutExamplesIsThePrior(t *testing.T) {
	b := blend{prior: ownPrior()}
	got, err := b.fit(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, b.prior) {
		t.Errorf("%v, want %v", got, b.prior)
	}
}

func TestCurve(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scores := rapid.SliceOfN(rapid.Float64Range(-5, 5), 1, 500).Draw(t, "scores")
		var outcomes []outcome
		hits := 0.
		for k, s := range scores {
			outcomes = append(outcomes, outcome{s, k%3 == 0})
			if k%3 == 0 {
				hits++
			}
		}
		c := fitCurve(outcomes)
		if !slices.IsSorted(c.Scores) || !slices.IsSorted(c.Probabilities) {
			t.Fatalf("%+v falls", c)
		}
		last := 0.
		for s := -6.; s <= 6; s += .25 {
			p := c.At(s)
			if p < last || p > 1 {
				t.Fatalf("%v after %v at %v", p, last, s)
			}
			last = p
		}
	})
}

func TestCurvePoolsViolators(t *testing.T) {
	var outcomes []outcome
	for k := range 300 { // rates .5, .2, .8 in the three hundreds: the first two are pooled
		outcomes = append(outcomes, outcome{float64(k), k%10 < []int{5, 2, 8}[k/100]})
	}
	c := fitCurve(outcomes)
	if len(c.Probabilities) != 2 || math.Abs(c.Probabilities[0]-.35) > 1e-12 || math.Abs(c.Probabilities[1]-.8) > 1e-12 {
		t.Errorf("%+v, want .35 and .8", c)
	}
	if got := c.At(-1); got != c.Probabilities[0] {
		t.Errorf("below the first knot %v", got)
	}
	if !math.IsNaN((Curve{}).At(0)) {
		t.Error("an empty curve has a probability")
	}
}
