package modeltest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// bayes is an honest learner: naive Bayes on whether a cell is missing, at most
// the column's cut, or above it. It counts, so it meets every demand to the bit.
type bayes struct {
	Columns []string
	Prior   float64
	LogOdds [][3]float64 // by column and state
}

// cut is where every column is split; the signal of the sample is symmetric
// around it, or nearly so.
const cut = 0.5

func state(v float32) int {
	switch {
	case v != v:
		return 0
	case v <= cut:
		return 1
	}
	return 2
}

func fitBayes(ctx context.Context, columns []string, x [][]float32, y, weights []float64) (Model, error) {
	if err := errors.Join(ctx.Err(), validate(columns, x, y, weights)); err != nil {
		return nil, err
	}
	m := &bayes{Columns: slices.Clone(columns), LogOdds: make([][3]float64, len(x))}
	var total [2]float64
	for j := range x {
		count := [2][3]float64{{1, 1, 1}, {1, 1, 1}} // Laplace's prior
		total = [2]float64{3, 3}
		for i, v := range x[j] {
			w := 1.0
			if weights != nil {
				w = weights[i]
			}
			count[int(y[i])][state(v)] += w
			total[int(y[i])] += w
		}
		for s := range m.LogOdds[j] {
			m.LogOdds[j][s] = math.Log(count[1][s] / total[1] / (count[0][s] / total[0]))
		}
	}
	m.Prior = math.Log(total[1] / total[0])
	return m, nil
}

func validate(columns []string, x [][]float32, y, weights []float64) error {
	var sum [2]float64
	for i, label := range y {
		w := 1.0
		if weights != nil && len(weights) == len(y) {
			w = weights[i]
		}
		if (label != 0 && label != 1) || !(w >= 0) || math.IsInf(w, 0) {
			return errors.New("label or weight")
		}
		sum[int(label)] += w
	}
	if sum[0] == 0 || sum[1] == 0 || len(x) == 0 || len(columns) != len(x) || (weights != nil && len(weights) != len(y)) {
		return errors.New("one class, no columns or lengths")
	}
	for j, name := range columns {
		if len(x[j]) != len(y) || slices.Contains(columns[:j], name) {
			return fmt.Errorf("column %s", name)
		}
	}
	return nil
}

func (m *bayes) Explain(dst [][]float64, columns []string, x [][]float32) error {
	if len(dst) != len(m.Columns) || len(columns) != len(x) {
		return errors.New("lengths")
	}
	for j, name := range m.Columns {
		k := slices.Index(columns, name)
		if k < 0 {
			return fmt.Errorf("no column %s", name)
		}
		if len(dst[j]) < len(x[k]) {
			return errors.New("lengths")
		}
		for i, v := range x[k] {
			dst[j][i] = m.LogOdds[j][state(v)]
		}
	}
	return nil
}

func (m *bayes) Base() float64 { return m.Prior }

func (m *bayes) Predict(dst []float64, columns []string, x [][]float32) error {
	contributions := make([][]float64, len(m.Columns))
	for j := range contributions {
		contributions[j] = make([]float64, len(dst))
	}
	if err := m.Explain(contributions, columns, x); err != nil {
		return err
	}
	for i := range dst {
		margin := m.Prior
		for j := range contributions {
			margin += contributions[j][i]
		}
		dst[i] = 1 / (1 + math.Exp(-margin))
	}
	return nil
}

func (m *bayes) Write(w io.Writer) error { return json.NewEncoder(w).Encode(m) }

func readBayes(r io.Reader) (Model, error) {
	m := &bayes{}
	if err := json.NewDecoder(r).Decode(m); err != nil {
		return nil, err
	}
	return m, nil
}

func honest() Subject { return Subject{Fit: fitBayes, Read: readBayes, AUCFloor: 0.75} }
