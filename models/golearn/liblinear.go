package golearn

import (
	"context"
	"fmt"
	"math"
)

// LiblinearConfig trains liblinear's L2-regularised logistic regression. The zero
// value means the defaults. It cannot learn from more than MaxRows rows, nor from
// weights that are not counts, and it shrinks the intercept as it shrinks the
// weights, which shows below a few hundred rows.
type LiblinearConfig struct {
	C         float64 // weight of the summed log-loss against ½|w|²; default 1
	Tolerance float64 // gradient norm to reach, relative to the start and the rarer outcome's share; default 1e-6
	MaxRows   int     // rows trained on, drawn by a hash of their content; default 200,000
	Seed      uint64  // of that draw
}

func (c LiblinearConfig) withDefaults() (LiblinearConfig, error) {
	if !(c.C >= 0) || !(c.Tolerance >= 0) || c.MaxRows < 0 || math.IsInf(c.C, 1) {
		return c, fmt.Errorf("setting out of range in %+v (0 means the default)", c)
	}
	if c.C == 0 {
		c.C = 1
	}
	if c.Tolerance == 0 {
		c.Tolerance = 1e-6
	}
	if c.MaxRows == 0 {
		c.MaxRows = 200_000
	}
	return c, nil
}

// Liblinear predicts by a logistic regression on standardised sign(x)·log(1+|x|)
// and flags of missing values. It is immutable and safe to share.
type Liblinear struct {
	imputer   imputer
	scaling   []scaling // per feature
	weights   []float64 // per feature
	intercept float64
}

// Fit learns P(y = 1) from columns. x[j][i] is feature j of row i, NaN when
// missing; y is 0 or 1; weights are whole repetitions of the rows, nil meaning
// ones. The order of the rows does not change a bit.
//
// The training runs in a child process of the same program, because liblinear as
// golearn calls it breaks cgo's rules: the program's main must call ServeChild
// when its first argument is ChildCommand. A cancelled ctx kills the child.
func (c LiblinearConfig) Fit(ctx context.Context, columns []string, x [][]float32, y, weights []float64) (*Liblinear, error) {
	model, err := c.fit(ctx, columns, x, y, weights)
	if err != nil {
		return nil, fmt.Errorf("golearn: fit liblinear: %w", err)
	}
	return model, nil
}

func (c LiblinearConfig) fit(ctx context.Context, columns []string, x [][]float32, y, weights []float64) (*Liblinear, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	rows, err := trainingRows(c.Seed, columns, x, y, weights, c.MaxRows)
	if err != nil {
		return nil, err
	}
	model := &Liblinear{imputer: fitImputer(columns, x, rows)}
	features := model.imputer.width()
	model.scaling = make([]scaling, features)
	for f := range model.scaling {
		model.scaling[f] = fitScaling(&model.imputer, x, f, rows)
	}
	p := problem{
		header: header{Rows: int64(len(rows)), Columns: int64(features + 1), C: c.C, Tolerance: c.Tolerance},
		row: func(dst []float64, r int) (label float64) {
			i := int(rows[r])
			for f := range model.scaling {
				dst[f] = model.feature(x, f, i)
			}
			dst[features] = 1 // liblinear never gets an intercept: a constant column is one
			return y[i]
		},
	}
	w, err := trainInChild(ctx, p)
	if err != nil {
		return nil, err
	}
	model.weights, model.intercept = w[:features:features], w[features]
	return model, nil
}

// feature returns feature f of row i as the regression sees it.
func (m *Liblinear) feature(x [][]float32, f, i int) float64 {
	return m.scaling[f].apply(m.imputer.value(x, f, i))
}

// Predict writes P(y = 1) of each row into dst. columns names x's columns in any
// order; the lack of one that the model was fitted on is an error, others are
// ignored. x[j] has len(dst) rows, NaN when missing.
//
// golearn's own Predict is not used: it drops every feature that is not positive.
func (m *Liblinear) Predict(dst []float64, columns []string, x [][]float32) error {
	picked, err := pick(m.imputer.columns, columns, x, len(dst))
	if err != nil {
		return fmt.Errorf("golearn: predict with liblinear: %w", err)
	}
	for i := range dst {
		logOdds := m.intercept
		for f, w := range m.weights {
			logOdds += w * m.feature(picked, f, i)
		}
		dst[i] = 1 / (1 + math.Exp(-logOdds))
	}
	return nil
}

// Base returns the log-odds of a row that is average in every feature.
func (m *Liblinear) Base() float64 { return m.intercept }

// Explain writes to dst[j][i] what column j of the fit, with its flag of missing
// values, adds to the log-odds of row i: Base plus the sum over j is the log-odds
// that Predict uses. dst[j] has the rows of x.
func (m *Liblinear) Explain(dst [][]float64, columns []string, x [][]float32) error {
	if len(dst) != len(m.imputer.columns) {
		return fmt.Errorf("golearn: explain liblinear: %d columns to write to, not %d", len(dst), len(m.imputer.columns))
	}
	picked, err := pick(m.imputer.columns, columns, x, len(dst[0]))
	if err != nil {
		return fmt.Errorf("golearn: explain liblinear: %w", err)
	}
	for j := range dst {
		if len(dst[j]) != len(dst[0]) {
			return fmt.Errorf("golearn: explain liblinear: column %d has room for %d rows, not %d", j, len(dst[j]), len(dst[0]))
		}
		clear(dst[j])
	}
	for f, w := range m.weights {
		contributions := dst[m.imputer.source(f)]
		for i := range contributions {
			contributions[i] += w * m.feature(picked, f, i)
		}
	}
	return nil
}
