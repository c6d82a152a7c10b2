package calibrate

import (
	"math"
	"testing"
)

func folds(n, k int) []int {
	fold := make([]int, n)
	for i := range fold {
		fold[i] = i % k
	}
	return fold
}

func TestChoose(t *testing.T) {
	good, y, truth := distorted(20_000, 4)
	bent := make([]float64, len(truth))
	for i, v := range truth {
		bent[i] = 0.2 + 0.6*math.Pow(v, 3) // no line in log-odds
	}
	tests := []struct {
		name string
		p, y []float64
		want Method
	}{
		{"true probabilities are left alone", truth, y, None},
		{"few rows are left alone", good[:60], y[:60], None},
		{"a line in log-odds is Platt's", good, y, Platt},
		{"a bent curve is isotonic", bent, y, Isotonic},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, comparisons, err := Choose(tt.p, tt.y, nil, folds(len(tt.p), 5))
			if err != nil {
				t.Fatal(err)
			}
			if m.Method() != tt.want {
				t.Errorf("chose %s, want %s: %+v", m.Method(), tt.want, comparisons)
			}
			if len(comparisons) != 3 || comparisons[0].Method != None {
				t.Errorf("compared %+v", comparisons)
			}
		})
	}
}

// TestChooseCrossFits recomputes the comparison of Platt with rows left out.
func TestChooseCrossFits(t *testing.T) {
	p, y, _ := distorted(300, 5)
	fold := folds(len(p), 3)
	_, comparisons, err := Choose(p, y, nil, fold)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for f := range 3 {
		var trainP, trainY []float64
		for i := range p {
			if fold[i] != f {
				trainP, trainY = append(trainP, p[i]), append(trainY, y[i])
			}
		}
		m := mustFit(t, Platt, trainP, trainY, nil)
		for i := range p {
			if fold[i] == f {
				sum += logLoss(y[i], predict(t, m, p[i])[0])
			}
		}
	}
	near(t, "cross-fitted log loss", comparisons[1].LogLoss, sum/300, 1e-9)
}

func TestChooseRefuses(t *testing.T) {
	p, y, _ := forty()
	byOutcome := make([]int, len(y))
	for i := range y {
		byOutcome[i] = int(y[i])
	}
	for name, fold := range map[string][]int{
		"no folds": nil, "one fold": make([]int, len(p)), "too few": folds(3, 2), "a fold with all of a class": byOutcome,
	} {
		if _, _, err := Choose(p, y, nil, fold); err == nil {
			t.Errorf("accepted %s", name)
		}
	}
	if _, _, err := Choose(p, y[1:], nil, folds(len(p), 2)); err == nil {
		t.Error("accepted an outcome too few")
	}
}

func TestMeanAndError(t *testing.T) {
	mean, stdErr := meanAndError([]float64{1, 2, 3, 4}, nil)
	near(t, "mean", mean, 2.5, 0)
	near(t, "standard error", stdErr, math.Sqrt(1.25/4), 1e-15)
	weighted, weightedErr := meanAndError([]float64{1, 4}, []float64{1, 3})
	repeated, repeatedErr := meanAndError([]float64{1, 4, 4, 4}, nil)
	near(t, "weighted mean", weighted, repeated, 1e-15)
	near(t, "weighted standard error", weightedErr, repeatedErr, 1e-15)
}
