package purchase

import (
	"context"
	"fmt"
	"io"
	"math"

	"perennial/models/calibrate"
	"perennial/models/leaderboard"
)

// RuleModel is P(order) as a falling function of one number: the days since the
// last order, or those days over the customer's usual gap. It is immutable and
// safe to share.
type RuleModel struct {
	PopulationGapDays float64 // of the own-rhythm rule; 0: the number is the days themselves
	Curve             *calibrate.Model
}

func fitRecency(_ context.Context, train leaderboard.Rows) (leaderboard.Model, error) {
	return fitRule(0, train)
}

func (c Config) fitRhythm(_ context.Context, train leaderboard.Rows) (leaderboard.Model, error) {
	if c.PopulationGapDays == 0 {
		c.PopulationGapDays = 90
	}
	return fitRule(c.PopulationGapDays, train)
}

func fitRule(populationGapDays float64, train leaderboard.Rows) (leaderboard.Model, error) {
	m := &RuleModel{PopulationGapDays: populationGapDays}
	freshness := make([]float64, len(train.Y))
	if err := m.freshness(freshness, train.Columns, train.X); err != nil {
		return nil, err
	}
	var err error
	m.Curve, err = calibrate.Config{Method: calibrate.Isotonic}.Fit(freshness, train.Y, nil)
	return m, err
}

// name returns what boards and files call the rule.
func (m *RuleModel) name() string {
	if m.PopulationGapDays == 0 {
		return recencyRule
	}
	return ownRhythm
}

// freshness writes 1/(1+n), n being the days since the last order in months or
// in usual gaps: 1 for who ordered this instant, falling towards 0, which
// customers without an order get.
func (m *RuleModel) freshness(dst []float64, columns []string, x [][]float32) error {
	const monthDays = 30
	names := []string{recencyColumn}
	if m.PopulationGapDays > 0 {
		names = append(names, gapColumn, repeatColumn)
	}
	cells, err := pick(dst, columns, x, names...)
	if err != nil {
		return err
	}
	for i := range dst {
		usual := float64(monthDays)
		if m.PopulationGapDays > 0 {
			usual = UsualGap(float64(cells[1][i]), float64(cells[2][i]), m.PopulationGapDays)
		}
		dst[i] = 1 / (1 + math.Max(0, float64(cells[0][i])/usual))
		if math.IsNaN(dst[i]) {
			dst[i] = 0
		}
	}
	return nil
}

// Predict implements leaderboard.Model.
func (m *RuleModel) Predict(dst []float64, columns []string, x [][]float32) error {
	if err := m.freshness(dst, columns, x); err != nil {
		return fmt.Errorf("purchase: %s: %w", m.name(), err)
	}
	return m.Curve.Predict(dst, dst)
}

// Write implements leaderboard.Model.
func (m *RuleModel) Write(w io.Writer) error {
	curve, err := marshal(m.Curve)
	if err != nil {
		return err
	}
	return file{part: part{Learner: m.name()}, PopulationGapDays: m.PopulationGapDays, Calibration: curve}.write(w)
}
