package evaluate

import (
	"math"
	"testing"
)

func sigmoid(m float64) float64 { return 1 / (1 + math.Exp(-m)) }

// TestDistortionIsFound distorts true probabilities by a line in log-odds, and
// finds the line that takes it back.
func TestDistortionIsFound(t *testing.T) {
	y, truth := calibrated(100_000, 1)
	distorted := make([]float64, len(truth))
	for i, z := range logits(truth) {
		distorted[i] = sigmoid(0.5 + 2*z)
	}
	a, b := Calibration(y, truth, nil)
	near(t, "intercept of the truth", a, 0, 0.03)
	near(t, "slope of the truth", b, 1, 0.03)
	near(t, "truth in the large", InTheLarge(y, truth, nil), 0, 0.03)
	a2, b2 := Calibration(y, distorted, nil)
	near(t, "slope", b2, b/2, 1e-6)
	near(t, "intercept", a2, a-b*0.25, 1e-6)
}

// TestInTheLargeMatchesTheMean is its definition: shifted by it, predictions have
// the mean of the outcomes.
func TestInTheLargeMatchesTheMean(t *testing.T) {
	y, p, weights := forty()
	shift, total, shifted, observed := InTheLarge(y, p, weights), 0.0, 0.0, 0.0
	for i, z := range logits(p) {
		total += weights[i]
		shifted += weights[i] * sigmoid(shift+z)
		observed += weights[i] * y[i]
	}
	near(t, "mean", shifted/total, observed/total, 1e-9)
}

func TestCalibrationWithoutAMaximum(t *testing.T) {
	tests := []struct {
		name string
		y, p []float64
	}{
		{"equal predictions", []float64{0, 1, 0}, []float64{0.3, 0.3, 0.3}},
		{"separated classes", []float64{0, 0, 1, 1}, []float64{0.1, 0.2, 0.3, 0.4}},
		{"separated in reverse", []float64{1, 1, 0, 0}, []float64{0.1, 0.2, 0.3, 0.4}},
		{"separated but for a tie", []float64{0, 0, 1, 1}, []float64{0.1, 0.2, 0.2, 0.4}},
	}
	for _, tt := range tests {
		a, b := Calibration(tt.y, tt.p, nil)
		near(t, tt.name+": intercept", a, nan, 0)
		near(t, tt.name+": slope", b, nan, 0)
	}
}

func TestCertainPredictionsHaveFiniteCalibration(t *testing.T) {
	a, b := Calibration([]float64{0, 1, 0, 1}, []float64{0, 0, 1, 1}, nil)
	near(t, "intercept", a, 0, 1e-6)
	near(t, "slope", b, 0, 1e-6)
}

func BenchmarkCalibrationMillionRows(b *testing.B) {
	y, p := calibrated(1_000_000, 1)
	b.ReportAllocs()
	for b.Loop() {
		Calibration(y, p, nil)
	}
}
