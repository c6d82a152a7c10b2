package purchase

import (
	"math"
	"math/rand/v2"
	"testing"

	"perennial/models/calibrate"
)

// TestCurveLeavesTheLevel gives probabilities whose shape is right and whose weeks
// were better than those of the labels, which have half the odds. The curve must
// not bring the bad weeks back.
func TestCurveLeavesTheLevel(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	var p, y []float64
	for range 20_000 {
		good, label := rng.Float64(), 0.0
		if rng.Float64() < 0.5*good/(0.5*good+1-good) {
			label = 1
		}
		p, y = append(p, good), append(y, label)
	}
	fold := make([]int, len(p))
	for i := range fold {
		fold[i] = i % folds
	}
	curve, _, err := calibrate.Choose(p, y, levelWeights(p, y), fold)
	if err != nil {
		t.Fatal(err)
	}
	moved := make([]float64, len(p))
	if err := curve.Predict(moved, p); err != nil {
		t.Fatal(err)
	}
	if was, is := sum(p)/20_000, sum(moved)/20_000; math.Abs(was-is) > 0.01 {
		t.Errorf("the mean probability moved from %.3f to %.3f", was, is)
	}
	for _, none := range [][]float64{{0, 0}, {1, 1}} {
		if w := levelWeights([]float64{0.5, 0.5}, none); w[0] != 1 || w[1] != 1 {
			t.Errorf("labels %v have weights %v", none, w)
		}
	}
}
