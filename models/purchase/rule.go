package purchase

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"perennial/models/calibrate"
	"perennial/models/leaderboard"
)

// The feature columns that rules read.
const (
	recencyColumn = "recency_days"
	gapColumn     = "gap_mean_days"
	repeatColumn  = "repeat_order_days"
)

// gapWeight is the number of own gaps that weigh as much as the shop's median
// in an own rhythm.
const gapWeight = 2

// BaseRate predicts the share of customers who ordered, for everybody.
type BaseRate struct {
	Learner string  `json:"learner"`
	Share   float64 `json:"share"`
}

func fitBaseRate(_ context.Context, train leaderboard.Rows) (leaderboard.Model, error) {
	if len(train.Y) == 0 {
		return nil, errors.New("base rate: no rows")
	}
	return &BaseRate{Learner: "base_rate", Share: float64(train.Positives()) / float64(len(train.Y))}, nil
}

// Predict implements leaderboard.Model.
func (m *BaseRate) Predict(dst []float64, _ []string, _ [][]float32) error {
	for i := range dst {
		dst[i] = m.Share
	}
	return nil
}

// Write implements leaderboard.Model.
func (m *BaseRate) Write(w io.Writer) error { return writeJSON(w, m) }

// RuleModel is P(order) as a falling function of one number: the days since the
// last order, or those days over the customer's usual gap.
type RuleModel struct {
	Learner           string
	PopulationGapDays float64 // 0: the number is the days themselves
	Curve             *calibrate.Isotonic
}

func (c Config) fitRecency(_ context.Context, train leaderboard.Rows) (leaderboard.Model, error) {
	return fitRule(&RuleModel{Learner: "recency_rule"}, train)
}

func (c Config) fitRhythm(_ context.Context, train leaderboard.Rows) (leaderboard.Model, error) {
	gap := c.PopulationGapDays
	if gap == 0 {
		gap = 90
	}
	return fitRule(&RuleModel{Learner: "own_rhythm", PopulationGapDays: gap}, train)
}

func fitRule(m *RuleModel, train leaderboard.Rows) (leaderboard.Model, error) {
	score := make([]float64, len(train.Y))
	if err := m.score(score, train.Columns, train.X); err != nil {
		return nil, err
	}
	var err error
	m.Curve, err = calibrate.IsotonicConfig{}.Fit(score, train.Y, nil)
	return m, err
}

// score writes minus the rule's number, so that a higher score means a
// likelier order. Customers without an order score lowest.
func (m *RuleModel) score(dst []float64, columns []string, x [][]float32) error {
	recency, err := column(columns, x, recencyColumn)
	if err != nil {
		return err
	}
	for i := range dst {
		dst[i] = -float64(recency[i])
		if math.IsNaN(dst[i]) {
			dst[i] = -math.MaxFloat32
		}
	}
	if m.PopulationGapDays == 0 {
		return nil
	}
	gap, err := column(columns, x, gapColumn)
	if err != nil {
		return err
	}
	repeats, err := column(columns, x, repeatColumn)
	if err != nil {
		return err
	}
	for i := range dst {
		dst[i] /= UsualGap(float64(gap[i]), float64(repeats[i]), m.PopulationGapDays)
	}
	return nil
}

// UsualGap returns a customer's days between orders, shrunk to the shop's
// median gap: own mean and shop weigh like repeats to gapWeight. Without a gap
// of her own (NaN) it is the shop's.
func UsualGap(meanDays, repeats, populationDays float64) float64 {
	if math.IsNaN(meanDays) || !(repeats > 0) {
		return populationDays
	}
	return (repeats*meanDays + gapWeight*populationDays) / (repeats + gapWeight)
}

// Predict implements leaderboard.Model.
func (m *RuleModel) Predict(dst []float64, columns []string, x [][]float32) error {
	if err := m.score(dst, columns, x); err != nil {
		return fmt.Errorf("purchase: %s: %w", m.Learner, err)
	}
	return m.Curve.Predict(dst, dst)
}

// Write implements leaderboard.Model.
func (m *RuleModel) Write(w io.Writer) error {
	curve, err := marshal(m.Curve)
	if err != nil {
		return err
	}
	return writeJSON(w, ruleFile{m.Learner, m.PopulationGapDays, curve})
}

type ruleFile struct {
	Learner           string          `json:"learner"`
	PopulationGapDays float64         `json:"population_gap_days,omitempty"`
	Curve             json.RawMessage `json:"curve"`
}

// column returns the cells of the column called name.
func column(columns []string, x [][]float32, name string) ([]float32, error) {
	for j := range columns {
		if columns[j] == name {
			return x[j], nil
		}
	}
	return nil, fmt.Errorf("column %s is missing", name)
}
