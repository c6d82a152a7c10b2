package purchase

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"perennial/models/calibrate"
	"perennial/models/leaderboard"
)

// RuleModel is P(order) as a curve over one number: the days since the last
// order, those days over the customer's usual gap, or what the customer-base
// model expects. It is immutable and safe to share.
type RuleModel struct {
	Name              string  // of the rule
	PopulationGapDays float64 // of the own-rhythm rule
	Curve             *calibrate.Model
}

func fitRecency(_ context.Context, train leaderboard.Rows) (leaderboard.Model, error) {
	return fitRule(RuleModel{Name: recencyRule}, train)
}

// fitBase maps the customer-base model's probability of an order within 90 days
// to the horizon: who is likelier to order in one span is so in any other.
func fitBase(_ context.Context, train leaderboard.Rows) (leaderboard.Model, error) {
	cells := train.X[slices.Index(train.Columns, baseColumn)]
	if !slices.ContainsFunc(cells, func(p float32) bool { return p == p }) {
		return nil, errors.New("purchase: too few customers for a customer-base model")
	}
	return fitRule(RuleModel{Name: customerBase}, train)
}

func (c Config) fitRhythm(_ context.Context, train leaderboard.Rows) (leaderboard.Model, error) {
	if c.PopulationGapDays == 0 {
		c.PopulationGapDays = 90
	}
	return fitRule(RuleModel{Name: ownRhythm, PopulationGapDays: c.PopulationGapDays}, train)
}

func fitRule(rule RuleModel, train leaderboard.Rows) (leaderboard.Model, error) {
	m := &rule
	freshness := make([]float64, len(train.Y))
	if err := m.freshness(freshness, train.Columns, train.X); err != nil {
		return nil, err
	}
	var err error
	m.Curve, err = calibrate.Config{Method: calibrate.Isotonic}.Fit(freshness, train.Y, nil)
	return m, err
}

// freshness writes 1/(1+n), n being the days since the last order in months or
// in usual gaps: 1 for who ordered this instant, falling towards 0, which
// customers without an order get.
func (m *RuleModel) freshness(dst []float64, columns []string, x [][]float32) error {
	if m.Name == customerBase {
		return expectation(dst, columns, x)
	}
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

// expectation writes the customer-base model's probabilities, 0 for customers
// without an order.
func expectation(dst []float64, columns []string, x [][]float32) error {
	cells, err := pick(dst, columns, x, baseColumn)
	if err != nil {
		return err
	}
	for i, p := range cells[0] {
		dst[i] = float64(p)
		if math.IsNaN(dst[i]) {
			dst[i] = 0
		}
	}
	return nil
}

// Predict implements leaderboard.Model.
func (m *RuleModel) Predict(dst []float64, columns []string, x [][]float32) error {
	if err := m.freshness(dst, columns, x); err != nil {
		return fmt.Errorf("purchase: %s: %w", m.Name, err)
	}
	return m.Curve.Predict(dst, dst)
}

// Write implements leaderboard.Model.
func (m *RuleModel) Write(w io.Writer) error {
	curve, err := marshal(m.Curve)
	if err != nil {
		return err
	}
	return file{part: part{Learner: m.Name}, PopulationGapDays: m.PopulationGapDays, Calibration: curve}.write(w)
}
