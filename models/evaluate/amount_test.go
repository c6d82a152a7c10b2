package evaluate

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// amounts returns forty skewed amounts and rough predictions with ties.
func amounts() (y, p []float64) {
	for i := range 40 {
		v := math.Round(math.Exp(math.Sin(float64(i)*1.7)*2)*100) / 10
		y = append(y, v)
		p = append(p, math.RoundToEven(v*(0.5+float64(i*7%11)/11)/5)*5)
	}
	return y, p
}

// TestAmountsAgreeWithScikitLearn compares with scikit-learn 1.9.1, scipy's
// spearmanr, and a sum over all pairs for the Gini coefficient.
func TestAmountsAgreeWithScikitLearn(t *testing.T) {
	y, p := amounts()
	near(t, "MAE", MAE(y, p, nil), 5.8025, 1e-9)
	near(t, "RMSE", RMSE(y, p, nil), 8.5955948020, 1e-9)
	near(t, "bias", Bias(y, p, nil), 0.8964036500, 1e-9)
	near(t, "Spearman", Spearman(y, p), 0.9702752122, 1e-9)
	near(t, "Gini", Gini(y, p, nil), 0.9756723172, 1e-9)
}

func TestAmountsByHand(t *testing.T) {
	y, p := []float64{10, 0, 20}, []float64{13, 4, 20}
	near(t, "MAE", MAE(y, p, nil), 7./3, 1e-15)
	near(t, "weighted MAE", MAE(y, p, []float64{2, 1, 1}), 2.5, 1e-15)
	near(t, "RMSE", RMSE(y, p, nil), math.Sqrt(25./3), 1e-15)
	near(t, "bias", Bias(y, p, nil), 37./30, 1e-15)
	near(t, "weighted bias", Bias(y, p, []float64{0, 0, 3}), 1, 0)
}

func TestRanksShareTies(t *testing.T) {
	got := ranks([]float64{5, 1, 5, 3, 5})
	if diff := cmp.Diff([]float64{4, 1, 4, 2, 4}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSpearmanAtItsEnds(t *testing.T) {
	y := []float64{1, 2, 3, 10}
	near(t, "same order", Spearman(y, []float64{0.1, 0.2, 0.3, 0.31}), 1, 1e-15)
	near(t, "reversed", Spearman(y, []float64{4, 3, 2, 1}), -1, 1e-15)
}
