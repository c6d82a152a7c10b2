package lab

import (
	"io"
	"math"

	"perennial/command"
)

// learnJSON is what --json prints. Figures that are not defined are null.
type learnJSON struct {
	Learners  []learnerJSON `json:"learners"`
	Best      string        `json:"best"`
	Positive  string        `json:"positive"`
	TrainRows int           `json:"train_rows"`
	TestRows  int           `json:"test_rows"`
	Warnings  []string      `json:"warnings,omitempty"`
	Notes     []string      `json:"notes,omitempty"`

	LearningCurve []curveJSON      `json:"learning_curve,omitempty"`
	Importance    []importanceJSON `json:"importance,omitempty"`
}

type curveJSON struct {
	Learner          string   `json:"learner"`
	TrainRows        int      `json:"train_rows"`
	AUC              *float64 `json:"auc"`
	LogLoss          *float64 `json:"logloss"`
	Brier            *float64 `json:"brier"`
	ECE              *float64 `json:"ece"`
	AveragePrecision *float64 `json:"average_precision"`
}

type importanceJSON struct {
	Learner     string   `json:"learner"`
	Column      string   `json:"column"`
	Gain        *float64 `json:"gain"`
	Split       *float64 `json:"split"`
	MeanAbsSHAP *float64 `json:"mean_abs_shap"`
	Permutation *float64 `json:"permutation"`
}

type learnerJSON struct {
	Learner          string   `json:"learner"`
	AUC              *float64 `json:"auc"`
	LogLoss          *float64 `json:"logloss"`
	Brier            *float64 `json:"brier"`
	ECE              *float64 `json:"ece"`
	AveragePrecision *float64 `json:"average_precision"`
	CalibrationSlope *float64 `json:"calibration_slope"`
	Lift10           *float64 `json:"lift_10"`
	TrainSeconds     float64  `json:"train_seconds"`
	PredictSeconds   float64  `json:"predict_seconds"`
	PeakRSSBytes     int64    `json:"peak_rss_bytes"` // of the process so far
}

// printJSON writes the result for a program.
func (r *learnResult) printJSON(w io.Writer) error {
	result := learnJSON{
		Best: r.best.learner, Positive: r.task.label.positive, TrainRows: len(r.task.train.Y), TestRows: len(r.task.test.Y),
		Warnings: r.task.warnings, Notes: r.task.notes,
	}
	for _, t := range r.trials {
		result.Learners = append(result.Learners, learnerJSON{
			Learner: t.learner, AUC: known(t.report.AUC), LogLoss: known(t.report.LogLoss), Brier: known(t.report.Brier), ECE: known(t.report.ECE),
			AveragePrecision: known(t.report.AveragePrecision), CalibrationSlope: known(t.report.CalibrationSlope), Lift10: known(t.report.Lift10),
			TrainSeconds: t.trainSeconds, PredictSeconds: t.predictSeconds, PeakRSSBytes: t.peakRSSBytes,
		})
	}
	for _, p := range r.curve {
		result.LearningCurve = append(result.LearningCurve, curveJSON{
			Learner: p.learner, TrainRows: p.rows, AUC: known(p.report.AUC), LogLoss: known(p.report.LogLoss), Brier: known(p.report.Brier),
			ECE: known(p.report.ECE), AveragePrecision: known(p.report.AveragePrecision),
		})
	}
	for _, i := range r.importance {
		result.Importance = append(result.Importance, importanceJSON{
			Learner: i.learner, Column: i.column, Gain: known(i.gain), Split: known(i.split), MeanAbsSHAP: known(i.contribution), Permutation: known(i.permutation),
		})
	}
	return command.WriteJSON(w, result)
}

// known returns a pointer to v, nil for NaN, which JSON cannot say.
func known(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return &v
}
