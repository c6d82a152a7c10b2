package evaluate

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// Report is what a model of P(y = 1) is judged by. A measure that is not defined
// is NaN, and null in JSON.
type Report struct {
	Rows              float64 // their weight
	Rate              float64 // of positives
	MeanPrediction    float64
	LogLoss           float64
	Brier             float64
	AUC               float64
	AveragePrecision  float64
	ECE               float64 // over 20 bins of equal mass
	CalibrationSlope  float64 // 1 is right, below: too extreme
	CalibrationOffset float64 // intercept beside that slope; 0 is right
	InTheLarge        float64 // log-odds by which the mean prediction is too low
	Capture10         float64 // share of positives in the top tenth
	Lift10            float64 // Capture10 over 0.1
	Deciles           []Bin   // highest predictions first
}

// Binary measures probabilities p of y = 1.
func Binary(y, p []float64) Report { return WeightedBinary(y, p, nil) }

// WeightedBinary is Binary with weights.
func WeightedBinary(y, p, weights []float64) Report {
	const reportBins = 20
	sameLength(y, p, weights)
	r := Report{
		Rate:             mean(len(y), weights, func(i int) float64 { return y[i] }),
		MeanPrediction:   mean(len(p), weights, func(i int) float64 { return p[i] }),
		LogLoss:          LogLoss(y, p, weights),
		Brier:            Brier(y, p, weights),
		AUC:              AUC(y, p, weights),
		AveragePrecision: AveragePrecision(y, p, weights),
		ECE:              ECE(y, p, weights, reportBins),
		InTheLarge:       InTheLarge(y, p, weights),
		Capture10:        Capture(y, p, weights, 0.1),
		Lift10:           Lift(y, p, weights, 0.1),
		Deciles:          Bins(y, p, weights, 10),
	}
	for i := range y {
		r.Rows += weight(weights, i)
	}
	r.CalibrationOffset, r.CalibrationSlope = Calibration(y, p, weights)
	return r
}

// measures returns the numbers of the report by their JSON names, in order.
func (r *Report) measures() []measure {
	return []measure{
		{"rows", &r.Rows},
		{"rate", &r.Rate},
		{"mean_prediction", &r.MeanPrediction},
		{"logloss", &r.LogLoss},
		{"brier", &r.Brier},
		{"auc", &r.AUC},
		{"average_precision", &r.AveragePrecision},
		{"ece", &r.ECE},
		{"calibration_slope", &r.CalibrationSlope},
		{"calibration_offset", &r.CalibrationOffset},
		{"in_the_large", &r.InTheLarge},
		{"capture_10", &r.Capture10},
		{"lift_10", &r.Lift10},
	}
}

// String formats the report as two tables for a terminal.
func (r Report) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, m := range r.measures() {
		fmt.Fprintf(w, "%s\t%.4f\t\n", m.name, *m.value)
	}
	fmt.Fprintf(w, "\ndecile\tpredicted\tobserved\tlift\tcaptured\t\n")
	for k, bin := range r.Deciles {
		fmt.Fprintf(w, "%d\t%.4f\t%.4f\t%.2f\t%.3f\t\n", k+1, bin.Predicted, bin.Observed, bin.Lift, bin.Captured)
	}
	w.Flush() // a strings.Builder takes everything
	return b.String()
}
