package value

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"perennial/models/leaderboard"
)

// Model predicts what customers will be worth. It is immutable once fitted.
type Model struct {
	Learner          string  `json:"learner"`
	LabelDays        int     `json:"label_days"`
	Growth           float64 `json:"growth"`             // orders of 365 days per order of the label horizon
	MeanOrders       float64 `json:"mean_orders"`        // of all rows, in the label horizon
	MeanRevenue      float64 `json:"mean_revenue"`       // of all rows, in the label horizon
	OrdersPerPoisson float64 `json:"orders_per_poisson"` // of the two-part model
	OrderValue       float64 `json:"order_value"`        // the shop's mean
	OrderValueWeight float64 `json:"order_value_weight"` // own orders that weigh as much as the shop's mean

	// Low[g] and High[g] are the 10% and 90% quantiles of actual over predicted
	// revenue among the rows whose prediction is in the g-th tenth.
	Limits []float64 `json:"limits"` // upper ends of the first nine tenths
	Low    []float64 `json:"low"`
	High   []float64 `json:"high"`

	purchase leaderboard.Model
}

// Prediction is what one customer will be worth in a span.
type Prediction struct {
	Orders, Revenue float64
	Low, High       float64 // 80% interval of the revenue
}

// Predict writes to dst[i] the revenue of row i in the label horizon; it
// implements leaderboard.Model.
func (m *Model) Predict(dst []float64, names []string, x [][]float32) error {
	predictions, err := m.label(names, x, len(dst))
	for i := range predictions {
		dst[i] = predictions[i].Revenue
	}
	return err
}

// Year returns the predictions of n rows for the next 365 days.
func (m *Model) Year(names []string, x [][]float32, n int) ([]Prediction, error) {
	predictions, err := m.label(names, x, n)
	if err != nil {
		return nil, err
	}
	for i := range predictions {
		p := &predictions[i]
		g, _ := slices.BinarySearch(m.Limits, p.Revenue)
		p.Orders *= m.Growth
		p.Revenue *= m.Growth
		p.Low = math.Min(p.Revenue, m.Low[g]*p.Revenue)
		p.High = math.Max(p.Revenue, m.High[g]*p.Revenue)
	}
	return predictions, nil
}

// label predicts the label horizon.
func (m *Model) label(names []string, x [][]float32, n int) ([]Prediction, error) {
	out := make([]Prediction, n)
	if m.Learner == meanForAll {
		for i := range out {
			out[i] = Prediction{Orders: m.MeanOrders, Revenue: m.MeanRevenue}
		}
		return out, nil
	}
	c, err := readColumns(names, x)
	if err != nil {
		return nil, fmt.Errorf("value: %w", err)
	}
	p := make([]float64, n)
	if m.Learner == twoPart {
		if err := m.purchase.Predict(p, names, x); err != nil {
			return nil, fmt.Errorf("value: %w", err)
		}
	}
	for i := range out {
		value, orders := c.netValue(i)
		if m.Learner == twoPart {
			value = (orders*value + m.OrderValueWeight*m.OrderValue) / (orders + m.OrderValueWeight)
			out[i].Orders = m.OrdersPerPoisson * poissonMean(p[i])
		} else if orders > 0 {
			out[i].Orders = orders / math.Max(30, float64(c.tenure[i])) * float64(m.LabelDays)
		}
		out[i].Revenue = out[i].Orders * value
	}
	return out, nil
}

// tenths is the number of groups that have intervals of their own.
const tenths = 10

// fitInterval fills Limits, Low and High.
func (m *Model) fitInterval(rows leaderboard.Rows, revenue []float64) error {
	predicted := make([]float64, len(revenue))
	if err := m.Predict(predicted, rows.Columns, rows.X); err != nil {
		return err
	}
	sorted := slices.Sorted(slices.Values(predicted))
	m.Limits = nil
	for g := 1; g < tenths; g++ {
		m.Limits = append(m.Limits, sorted[g*(len(sorted)-1)/tenths])
	}
	ratios := make([][]float64, tenths)
	for i := range revenue {
		if predicted[i] > 0 {
			g, _ := slices.BinarySearch(m.Limits, predicted[i])
			ratios[g] = append(ratios[g], math.Max(0, revenue[i])/predicted[i])
		}
	}
	m.Low, m.High = make([]float64, tenths), make([]float64, tenths)
	for g := range ratios {
		slices.Sort(ratios[g])
		m.Low[g], m.High[g] = quantile(ratios[g], 0.1), quantile(ratios[g], 0.9)
	}
	return nil
}

// quantile returns the q-quantile of sorted values, 1 without any.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 1
	}
	return sorted[int(q*float64(len(sorted)-1)+0.5)]
}

// Write implements leaderboard.Model. The purchase model is saved by itself.
func (m *Model) Write(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(m)
}

// maxFile bounds what Read takes in; a model is a few kilobytes.
const maxFile = 1 << 20

// Read reads what Write wrote; purchase is P(order within LabelDays), nil for
// learners that do not need it.
func Read(r io.Reader, purchase leaderboard.Model) (*Model, error) {
	m := &Model{purchase: purchase}
	if err := json.NewDecoder(io.LimitReader(r, maxFile)).Decode(m); err != nil {
		return nil, fmt.Errorf("value: model: %w", err)
	}
	switch {
	case len(m.Limits) != tenths-1 || len(m.Low) != tenths || len(m.High) != tenths:
		return nil, errors.New("value: model: the interval needs ten groups")
	case !slices.Contains([]string{meanForAll, meanRate, twoPart}, m.Learner):
		return nil, fmt.Errorf("value: model: learner %q is not known", m.Learner)
	case m.Learner == twoPart && purchase == nil:
		return nil, errors.New("value: model: the two-part model needs its purchase model")
	}
	return m, nil
}
