package calibrate

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/diff/fd"
)

// TestPlattAgreesWithScikitLearn compares with scikit-learn 1.9.1's
// _sigmoid_calibration of the log-odds.
func TestPlattAgreesWithScikitLearn(t *testing.T) {
	p, y, weights := forty()
	for _, tt := range []struct {
		weights          []float64
		slope, intercept float64
	}{
		{nil, 0.53562135, 0.04723836},
		{weights, 0.43341865, 0.11527380},
	} {
		c, status := fitPlatt(p, y, tt.weights)
		near(t, "slope", c.Slope, tt.slope, 1e-6)
		near(t, "intercept", c.Intercept, tt.intercept, 1e-6)
		if status != Converged {
			t.Errorf("status is %s", status)
		}
	}
}

func TestPlattDerivativesAreFiniteDifferences(t *testing.T) {
	p, y, weights := forty()
	f := plattFit{target: y, weights: weights}
	for _, v := range p {
		f.z = append(f.z, logit(v))
	}
	at := []float64{0.3, 0.8}
	got := f.derivatives(platt{at[0], at[1]})
	gradient := fd.Gradient(nil, func(c []float64) float64 { return f.derivatives(platt{c[0], c[1]}).loss }, at,
		&fd.Settings{Formula: fd.Central})
	near(t, "∂a", got.gradient.Intercept, gradient[0], 1e-6)
	near(t, "∂b", got.gradient.Slope, gradient[1], 1e-6)
	byB := func(b float64) platt { return f.derivatives(platt{at[0], b}).gradient }
	byA := func(a float64) platt { return f.derivatives(platt{a, at[1]}).gradient }
	central := &fd.Settings{Formula: fd.Central}
	near(t, "∂a∂a", got.aa, fd.Derivative(func(a float64) float64 { return byA(a).Intercept }, at[0], central), 1e-6)
	near(t, "∂a∂b", got.ab, fd.Derivative(func(b float64) float64 { return byB(b).Intercept }, at[1], central), 1e-6)
	near(t, "∂b∂b", got.bb, fd.Derivative(func(b float64) float64 { return byB(b).Slope }, at[1], central), 1e-6)
}

func TestReversedPredictionsStandAtTheBound(t *testing.T) {
	p, y, _ := distorted(2000, 3)
	for i := range y {
		y[i] = 1 - y[i]
	}
	m := mustFit(t, Platt, p, y, nil)
	if m.Status() != Boundary {
		t.Errorf("status is %s", m.Status())
	}
	sum, positives := 0.0, 0.0
	for i, q := range predict(t, m, p...) {
		sum += q
		positives += y[i]
	}
	near(t, "mean probability", sum/2000, positives/2000, 1e-3)
}

// TestSeparatedClassesAreNotCertain is what Platt's targets are for.
func TestSeparatedClassesAreNotCertain(t *testing.T) {
	p := []float64{0.1, 0.2, 0.3, 0.7, 0.8, 0.9}
	y := []float64{0, 0, 0, 1, 1, 1}
	m := mustFit(t, Platt, p, y, nil)
	q := predict(t, m, 0.0, 0.1, 0.9, 1.0)
	if m.Status() != Converged || q[0] <= 0 || q[1] < 0.02 || q[2] > 0.98 || q[3] >= 1 {
		t.Errorf("%s: %v", m.Status(), q)
	}
}

func TestEqualPredictionsBecomeTheRate(t *testing.T) {
	p := []float64{0.4, 0.4, 0.4, 0.4}
	y := []float64{0, 0, 0, 1}
	target := (3*1./5 + 2./3) / 4 // Platt's, averaged
	m := mustFit(t, Platt, p, y, nil)
	near(t, "probability", predict(t, m, 0.4)[0], target, 1e-8)
}

func TestLogitAndSigmoidAreInverse(t *testing.T) {
	for _, p := range []float64{1e-9, 0.01, 0.5, 0.99} {
		near(t, "p", sigmoid(logit(p)), p, 1e-15)
	}
	for _, p := range []float64{0, 1} {
		if z := logit(p); math.IsInf(z, 0) || math.IsNaN(z) {
			t.Errorf("logit(%v) = %v", p, z)
		}
	}
}
