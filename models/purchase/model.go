package purchase

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"perennial/models/calibrate"
	"perennial/models/leaderboard"
	"perennial/models/logistic"
)

// Model is a logistic regression behind a calibration curve. It is immutable.
type Model struct {
	Lambda   float64
	Logistic *logistic.Model
	Curve    calibrate.Curve
}

// Predict implements leaderboard.Model.
func (m *Model) Predict(dst []float64, columns []string, x [][]float32) error {
	if err := m.Logistic.Predict(dst, columns, x); err != nil {
		return err
	}
	return m.Curve.Predict(dst, dst)
}

// Explain writes to dst[j][i] what column j of Columns adds to the log-odds of
// an order by row i, before calibration, relative to the training mean.
// Calibration is monotone: it moves the sum, not the order of its parts.
func (m *Model) Explain(dst [][]float64, columns []string, x [][]float32) error {
	return m.Logistic.Explain(dst, columns, x)
}

// Columns returns the columns of the fit.
func (m *Model) Columns() []string { return m.Logistic.Columns() }

// modelFile is a Model as saved.
type modelFile struct {
	Learner  string          `json:"learner"`
	Lambda   float64         `json:"lambda"`
	Logistic json.RawMessage `json:"logistic"`
	Curve    json.RawMessage `json:"calibration"`
}

// Write implements leaderboard.Model.
func (m *Model) Write(w io.Writer) error {
	inner, err := marshal(m.Logistic)
	if err != nil {
		return err
	}
	curve, err := marshal(m.Curve)
	if err != nil {
		return err
	}
	return writeJSON(w, modelFile{"logistic", m.Lambda, inner, curve})
}

// maxFile bounds what Read takes in.
const maxFile = 64 << 20

// Read reads what a Model, RuleModel, BaseRate or Guess wrote.
func Read(r io.Reader) (leaderboard.Model, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxFile))
	if err != nil {
		return nil, fmt.Errorf("purchase: model: %w", err)
	}
	var head struct {
		Learner string `json:"learner"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, fmt.Errorf("purchase: model: %w", err)
	}
	m, err := read(head.Learner, text)
	if err != nil {
		return nil, fmt.Errorf("purchase: %s: %w", head.Learner, err)
	}
	return m, nil
}

func read(learner string, text []byte) (leaderboard.Model, error) {
	switch learner {
	case "logistic":
		return readLogistic(text)
	case "recency_rule", "own_rhythm":
		return readRule(text)
	case "base_rate":
		m := &BaseRate{}
		if err := json.Unmarshal(text, m); err != nil {
			return nil, err
		}
		if !(m.Share >= 0 && m.Share <= 1) {
			return nil, fmt.Errorf("share %g is no probability", m.Share)
		}
		return m, nil
	case "guess":
		m := &Guess{}
		if err := json.Unmarshal(text, m); err != nil {
			return nil, err
		}
		if m.HorizonDays <= 0 || !(m.PopulationGapDays > 0) || math.IsInf(m.PopulationGapDays, 0) {
			return nil, errors.New("horizon and gap must be above zero")
		}
		return m, nil
	}
	return nil, errors.New("learner is not known")
}

func readLogistic(text []byte) (leaderboard.Model, error) {
	var file modelFile
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	inner, err := logistic.Read(bytes.NewReader(file.Logistic))
	if err != nil {
		return nil, err
	}
	curve, err := calibrate.Read(bytes.NewReader(file.Curve))
	if err != nil {
		return nil, err
	}
	return &Model{file.Lambda, inner, curve}, nil
}

func readRule(text []byte) (leaderboard.Model, error) {
	var file ruleFile
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	curve, err := calibrate.Read(bytes.NewReader(file.Curve))
	if err != nil {
		return nil, err
	}
	if file.PopulationGapDays < 0 || (file.Learner == "own_rhythm") != (file.PopulationGapDays > 0) {
		return nil, fmt.Errorf("population gap %g days does not fit", file.PopulationGapDays)
	}
	return &RuleModel{file.Learner, file.PopulationGapDays, curve}, nil
}

// marshal returns what m writes.
func marshal(m interface{ Write(io.Writer) error }) (json.RawMessage, error) {
	var text bytes.Buffer
	if err := m.Write(&text); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(text.Bytes()), nil
}

func writeJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}
