package evaluate

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

var nan = math.NaN()

// near compares; NaN is near NaN and an infinity itself.
func near(t rapid.TB, what string, got, want, tolerance float64) {
	t.Helper()
	same := got == want || (math.IsNaN(got) && math.IsNaN(want))
	if !same && !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %.12g, want %.12g ± %g", what, got, want, tolerance)
	}
}

// forty returns forty rows with tied predictions of little merit; weights cycle
// through 1, 2, 3.
func forty() (y, p, weights []float64) {
	const outcomes = "0000100010100110000101110110101111011101"
	for i, c := range outcomes {
		y = append(y, float64(c-'0'))
		p = append(p, float64((i+33)%40/2*2+1)/41)
		weights = append(weights, float64(1+i%3))
	}
	return y, p, weights
}

// calibrated draws rows whose predictions are their true probabilities.
func calibrated(n int, seed uint64) (y, p []float64) {
	rng := rand.New(rand.NewPCG(seed, 0))
	for range n {
		q := 1 / (1 + math.Exp(1-1.5*rng.NormFloat64()))
		label := 0.0
		if rng.Float64() < q {
			label = 1
		}
		y, p = append(y, label), append(p, q)
	}
	return y, p
}

// drawRows draws labels, predictions with ties, and whole weights, 0 among them.
func drawRows(t *rapid.T) (y, p, weights []float64) {
	for range rapid.IntRange(1, 40).Draw(t, "rows") {
		y = append(y, float64(rapid.IntRange(0, 1).Draw(t, "y")))
		p = append(p, float64(rapid.IntRange(1, 10).Draw(t, "p"))/11)
		weights = append(weights, float64(rapid.IntRange(0, 3).Draw(t, "w")))
	}
	return y, p, weights
}

// weightedMeasures are all that take labels or amounts, predictions and weights.
func weightedMeasures() map[string]func(y, p, weights []float64) float64 {
	return map[string]func(y, p, weights []float64) float64{
		"AUC": AUC, "AveragePrecision": AveragePrecision, "Brier": Brier, "LogLoss": LogLoss, "Gini": Gini,
		"MAE": MAE, "RMSE": RMSE, "Bias": Bias, "InTheLarge": InTheLarge,
		"Slope":     func(y, p, w []float64) float64 { _, b := Calibration(y, p, w); return b },
		"Intercept": func(y, p, w []float64) float64 { a, _ := Calibration(y, p, w); return a },
		"Capture":   func(y, p, w []float64) float64 { return Capture(y, p, w, 0.3) },
		"Lift":      func(y, p, w []float64) float64 { return Lift(y, p, w, 0.3) },
		"ECE":       func(y, p, w []float64) float64 { return ECE(y, p, w, 4) },
	}
}

// TestWeightsAreRows repeats rows instead of weighting them.
func TestWeightsAreRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, p, weights := drawRows(t)
		var repeatedY, repeatedP []float64
		for i, w := range weights {
			for range int(w) {
				repeatedY, repeatedP = append(repeatedY, y[i]), append(repeatedP, p[i])
			}
		}
		for name, measure := range weightedMeasures() {
			near(t, name, measure(y, p, weights), measure(repeatedY, repeatedP, nil), 1e-6)
		}
	})
}

// TestRowOrderDoesNotMatter reverses the rows.
func TestRowOrderDoesNotMatter(t *testing.T) {
	y, p, weights := forty()
	reversed := func(v []float64) []float64 {
		r := make([]float64, len(v))
		for i := range v {
			r[len(v)-1-i] = v[i]
		}
		return r
	}
	for name, measure := range weightedMeasures() {
		near(t, name, measure(reversed(y), reversed(p), reversed(weights)), measure(y, p, weights), 1e-9)
	}
}

func TestNothingIsNotANumber(t *testing.T) {
	for name, measure := range weightedMeasures() {
		near(t, name+" of no rows", measure(nil, nil, nil), nan, 0)
		near(t, name+" without weight", measure([]float64{0, 1}, []float64{0.1, 0.9}, []float64{0, 0}), nan, 0)
		near(t, name+" of a NaN", measure([]float64{0, 1, 0, 1}, []float64{0.1, nan, 0.2, 0.3}, nil), nan, 0)
	}
	for _, class := range []float64{0, 1} {
		y, p := []float64{class, class, class}, []float64{0.1, 0.5, 0.7}
		intercept, slope := Calibration(y, p, nil)
		near(t, "AUC of one class", AUC(y, p, nil), nan, 0)
		near(t, "intercept of one class", intercept, nan, 0)
		near(t, "slope of one class", slope, nan, 0)
		near(t, "calibration-in-the-large of one class", InTheLarge(y, p, nil), nan, 0)
	}
	zeros := []float64{0, 0}
	near(t, "average precision without positives", AveragePrecision(zeros, zeros, nil), nan, 0)
	near(t, "capture without positives", Capture(zeros, zeros, nil, 0.1), nan, 0)
	near(t, "Spearman of a constant", Spearman([]float64{1, 2}, []float64{3, 3}), nan, 0)
	near(t, "Spearman of a NaN", Spearman([]float64{1, 2, nan}, []float64{3, 4, 5}), nan, 0)
	near(t, "Spearman of nothing", Spearman(nil, nil), nan, 0)
	near(t, "concordance of nothing", Concordance(nil, nil, nil), nan, 0)
	near(t, "Gini of equal amounts", Gini([]float64{2, 2}, []float64{1, 2}, nil), nan, 0)
	near(t, "bias of a total of 0", Bias(zeros, []float64{1, 1}, nil), nan, 0)
}

func TestDifferentLengthsPanic(t *testing.T) {
	calls := map[string]func(){
		"labels":    func() { AUC([]float64{1}, []float64{1, 0}, nil) },
		"weights":   func() { Brier([]float64{1}, []float64{1}, []float64{}) },
		"losses":    func() { Bootstrap([]float64{1}, nil, 0, 1) },
		"room":      func() { LogLosses(make([]float64, 2), []float64{1}, []float64{1}) },
		"times":     func() { Concordance([]float64{1}, []bool{true, false}, []float64{1}) },
		"amounts":   func() { Spearman([]float64{1}, nil) },
		"intercept": func() { InTheLarge([]float64{1}, nil, nil) },
	}
	for name, call := range calls {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			call()
		}()
	}
}

// TestAgreesWithScikitLearn compares with scikit-learn 1.9.1 (roc_auc_score,
// average_precision_score, brier_score_loss, log_loss, LogisticRegression without
// penalty on the log-odds) and a root finder for calibration-in-the-large.
func TestAgreesWithScikitLearn(t *testing.T) {
	y, p, weights := forty()
	for _, tt := range []struct {
		weights                                            []float64
		auc, precision, brier, logLoss, a, b, calibrations float64
	}{
		{nil, 0.4900000000, 0.4739289387, 0.3341463415, 0.9914693864, -0.0057871440, -0.0558638339, 0.0714362086},
		{weights, 0.4489730424, 0.4770134386, 0.3565840104, 1.0597892738, 0.0538248267, -0.1479764007, 0.2316296998},
	} {
		a, b := Calibration(y, p, tt.weights)
		near(t, "AUC", AUC(y, p, tt.weights), tt.auc, 1e-9)
		near(t, "average precision", AveragePrecision(y, p, tt.weights), tt.precision, 1e-9)
		near(t, "Brier", Brier(y, p, tt.weights), tt.brier, 1e-9)
		near(t, "log loss", LogLoss(y, p, tt.weights), tt.logLoss, 1e-9)
		near(t, "calibration intercept", a, tt.a, 1e-7)
		near(t, "calibration slope", b, tt.b, 1e-7)
		near(t, "calibration-in-the-large", InTheLarge(y, p, tt.weights), tt.calibrations, 1e-7)
	}
}
