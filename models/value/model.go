package value

import (
	"context"
	"fmt"

	"perennial/models/leaderboard"
)

// Model predicts what customers will be worth. It is immutable once fitted and
// safe to share.
type Model struct {
	Learner     string     `json:"learner"`
	LabelDays   int        `json:"label_days"`
	Growth      float64    `json:"growth"`       // orders of 365 days per order of the label horizon
	MeanOrders  float64    `json:"mean_orders"`  // of all training rows, in the label horizon
	MeanRevenue float64    `json:"mean_revenue"` // likewise, not below 0
	Frequency   Frequency  `json:"frequency"`    // of the two-part model
	OrderValue  OrderValue `json:"order_value"`  // of the two-part model
	Interval    Interval   `json:"interval"`     // of revenue in the label horizon

	CustomerBase *CustomerBase `json:"customer_base,omitempty"`
	Boosted      *Boosted      `json:"boosted,omitempty"`

	purchase leaderboard.Model
}

// Prediction is what one customer will be worth in a span.
type Prediction struct {
	Orders, Revenue float64
	Low, High       float64 // 80% interval of the revenue, around it
}

// Year returns the predictions of n rows for the next 365 days: x[j][i] is the
// cell of names[j] in row i, NaN where missing. A column that is missing or of
// another length is an error.
func (m *Model) Year(names []string, x [][]float32, n int) ([]Prediction, error) {
	predictions, err := m.predict(names, x, n)
	if err != nil {
		return nil, err
	}
	for i := range predictions {
		p := &predictions[i]
		p.Low, p.High = m.Interval.around(p.Revenue)
		p.Orders *= m.Growth
		p.Revenue *= m.Growth
		p.Low *= m.Growth
		p.High *= m.Growth
	}
	return predictions, nil
}

// Predict writes to dst[i] the revenue of row i in the label horizon; it
// implements leaderboard.Model.
func (m *Model) Predict(dst []float64, names []string, x [][]float32) error {
	predictions, err := m.predict(names, x, len(dst))
	for i := range predictions {
		dst[i] = predictions[i].Revenue
	}
	return err
}

// predict returns orders and revenue in the label horizon.
func (m *Model) predict(names []string, x [][]float32, n int) ([]Prediction, error) {
	c, err := readColumns(names, x, n)
	if err != nil {
		return nil, fmt.Errorf("value: %s: %w", m.Learner, err)
	}
	var predictions []Prediction
	switch m.Learner {
	case boosted:
		predictions, err = m.Boosted.predict(names, x, n)
	case byBase:
		predictions, err = m.CustomerBase.predict(names, x, Prediction{Orders: m.MeanOrders, Revenue: m.MeanRevenue}, n)
	default:
		predictions, err = m.predictEach(c, names, x, n)
	}
	if err != nil {
		return nil, fmt.Errorf("value: %s: %w", m.Learner, err)
	}
	return predictions, nil
}

// predictEach predicts customer by customer.
func (m *Model) predictEach(c columns, names []string, x [][]float32, n int) ([]Prediction, error) {
	p := make([]float64, n)
	if m.Learner == twoPart {
		if err := m.purchase.Predict(p, names, x); err != nil {
			return nil, err
		}
	}
	predictions := make([]Prediction, n)
	for i := range predictions {
		predictions[i] = m.predictOne(c.customer(i), p[i])
	}
	return predictions, nil
}

// predictOne predicts a customer who orders with probability p.
func (m *Model) predictOne(c customer, p float64) Prediction {
	switch m.Learner {
	case twoPart:
		orders := m.Frequency.expected(p, c, m.LabelDays)
		return Prediction{Orders: orders, Revenue: m.OrderValue.Scale * orders * m.OrderValue.of(c)}
	case meanRate:
		const leastTenure = 30 // days: one order yesterday is no order a day
		orders := c.orders / max(leastTenure, c.tenure) * float64(m.LabelDays)
		return Prediction{Orders: orders, Revenue: orders * c.value}
	}
	return Prediction{Orders: m.MeanOrders, Revenue: m.MeanRevenue}
}

// fit estimates everything that the candidate called name needs.
func fit(ctx context.Context, name string, cfg Config, rows leaderboard.Rows, labels Labels) (*Model, error) {
	c, err := readColumns(rows.Columns, rows.X, len(labels.Revenue))
	if err != nil {
		return nil, fmt.Errorf("value: %s: %w", name, err)
	}
	m := &Model{Learner: name, LabelDays: cfg.LabelDays, Growth: cfg.Growth, purchase: cfg.Purchase}
	n := float64(len(labels.Revenue))
	m.MeanOrders, m.MeanRevenue = sum(labels.Orders)/n, max(0, sum(labels.Revenue)/n)
	switch name {
	case twoPart:
		m.Frequency, m.OrderValue = fitFrequency(c), fitOrderValue(c, labels)
		err = m.fitScales(rows, labels, &m.Frequency.Scale, &m.OrderValue.Scale)
	case byBase:
		m.CustomerBase = &CustomerBase{OrderScale: 1, RevenueScale: 1}
		err = m.fitScales(rows, labels, &m.CustomerBase.OrderScale, &m.CustomerBase.RevenueScale)
	case boosted:
		if m.Boosted, err = fitBoosted(ctx, cfg.Seed, rows, labels); err == nil {
			err = m.fitScales(rows, labels, &m.Boosted.OrderScale, &m.Boosted.RevenueScale)
		}
	}
	if err != nil {
		return nil, err
	}
	predicted := make([]float64, len(labels.Revenue))
	if err := m.Predict(predicted, rows.Columns, rows.X); err != nil {
		return nil, err
	}
	m.Interval = fitInterval(m.unseen(rows, predicted, labels.Revenue))
	return m, nil
}

// unseen returns predictions and revenue of the rows that tell how far predictions
// stray: of those that trees have not grown on, if the model is trees.
func (m *Model) unseen(rows leaderboard.Rows, predicted, revenue []float64) (p, y []float64) {
	if m.Learner != boosted {
		return predicted, revenue
	}
	for i, group := range rows.Group {
		if group%watchedFolds == watchedFold {
			p, y = append(p, predicted[i]), append(y, revenue[i])
		}
	}
	return p, y
}

// fitScales makes the totals of orders and of revenue those of the training
// rows. A total that is not above 0 leaves its scale alone.
func (m *Model) fitScales(rows leaderboard.Rows, labels Labels, orderScale, revenueScale *float64) error {
	predictions, err := m.predict(rows.Columns, rows.X, len(labels.Orders))
	if err != nil {
		return err
	}
	var orders, revenue float64
	for _, p := range predictions {
		orders += p.Orders
		revenue += p.Revenue
	}
	if actual := sum(labels.Orders); actual > 0 && orders > 0 {
		*orderScale = actual / orders
	}
	if actual := sum(labels.Revenue); actual > 0 && revenue > 0 {
		*revenueScale = actual / revenue
		if m.Learner == twoPart { // whose revenue has the scale of orders in it, too
			*revenueScale /= *orderScale
		}
	}
	return nil
}

func sum(v []float64) float64 {
	var total float64
	for _, x := range v {
		total += x
	}
	return total
}
