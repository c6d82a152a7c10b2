package features

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"perennial/models/btyd"
	"perennial/pipeline/history"
)

const noBase = "no order yet, or too few customers to fit"

// fitted stands for a value that a model of all customers gives: CustomerBase.Fill
// puts it there.
func fitted(*past) float64 { return math.NaN() }

var customerBase = Family{
	Name: "customer_base",
	Doc: "What a customer-base model (MBG/NBD) expects of customers with as many orders, as long ago: fitted on all customers " +
		"at the same cutoff, with the Gamma-Gamma model for what an order is worth.",
	Features: []Feature{
		{Name: "base_alive", Doc: "Probability that the customer has not left for good.", From: orderDays, Unit: Share, Missing: noBase,
			Words: Words{
				Churn: -1,
				More:  "With {orders_total} orders, the last {recency_days} days ago, {value} of such customers still order",
				Less:  "With {orders_total} orders, the last {recency_days} days ago, only {value} of such customers still order"},
			value: fitted},
		{Name: "base_order_probability", Doc: "Probability of an order within 90 days of the cutoff.", From: orderDays, Unit: Share, Missing: noBase, value: fitted},
		{Name: "base_orders", Doc: "Expected orders within 365 days of the cutoff.", From: orderDays, Unit: Count, Missing: noBase, value: fitted},
		{Name: "base_order_value", Doc: "Expected worth of an order: the customer's own mean, shrunken to that of all.",
			From: []string{"orders.amount", "orders.order_id", "orders.ordered_at"}, Unit: Money, Missing: noBase, value: fitted},
	},
}

// CustomerBase is customer-base models by cutoff, each fitted on what was known
// then. It is immutable and safe to share; nil knows no cutoff.
type CustomerBase struct{ at map[history.Day]*baseModel }

type baseModel struct {
	scorer *btyd.Scorer
	spend  *btyd.GammaGamma // nil: too few customers with two orders
}

// FitCustomerBase fits the models of every cutoff of m on its rows, which are all
// buyers or a sample of them. If one cutoff has too little data, none has a
// model: columns that are missing at some cutoffs and not at others would tell
// the season, not the customer. m needs the columns of the families tenure,
// frequency and spend.
func FitCustomerBase(ctx context.Context, m *Matrix) (*CustomerBase, error) {
	base := &CustomerBase{at: map[history.Day]*baseModel{}}
	rows := map[history.Day][]int{}
	for i, cutoff := range m.Cutoffs {
		rows[cutoff] = append(rows[cutoff], i)
	}
	for _, cutoff := range slices.Sorted(maps.Keys(rows)) {
		model, err := fitBase(ctx, m, rows[cutoff])
		if err != nil {
			return nil, fmt.Errorf("features: customer base as of %s: %w", cutoff, err)
		}
		if model == nil {
			return nil, nil
		}
		base.at[cutoff] = model
	}
	return base, nil
}

// fitBase returns the models of some rows, nil if there are too few.
func fitBase(ctx context.Context, m *Matrix, rows []int) (*baseModel, error) {
	customers := baseCustomers(m, rows)
	buyers := slices.DeleteFunc(slices.Clone(customers), func(c btyd.Customer) bool { return c.Age < 0 })
	// Less than it takes to publish what the models say: here they are judged as
	// columns among others.
	floor := btyd.Sufficiency{Customers: 100, RepeatOrders: 30, Days: 28, RecentDays: 60}
	config := btyd.Config{UnitDays: weekDays, Floor: floor}
	fit, err := config.Fit(ctx, btyd.MBGNBD, buyers)
	if errors.Is(err, btyd.ErrInsufficient) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	base := &baseModel{}
	spend, err := config.FitSpend(ctx, slices.DeleteFunc(buyers, func(c btyd.Customer) bool { return c.Orders == 0 || !(c.Value > 0) }))
	switch {
	case err == nil:
		model := spend.Model()
		base.spend = &model
	case !errors.Is(err, btyd.ErrInsufficient):
		return nil, err
	}
	base.scorer, err = btyd.NewScorer(fit.Model(), btyd.ScoreConfig{
		Horizons: []float64{90 / weekDays, 365 / weekDays}, Spend: base.spend, Workers: 1,
	})
	return base, err
}

const weekDays = 7.0

// baseCustomers reads x, t_x, T and the mean order value of rows, with an age
// below 0 for those without an order.
func baseCustomers(m *Matrix, rows []int) []btyd.Customer {
	repeats, lifetime, tenure, value := m.Column("repeat_order_days"), m.Column("lifetime_days"), m.Column("tenure_days"), m.Column("average_order_value")
	customers := make([]btyd.Customer, len(rows))
	for k, i := range rows {
		if tenure[i] != tenure[i] {
			customers[k].Age = -1
			continue
		}
		customers[k] = btyd.Customer{
			Orders: int(repeats[i]), Last: float64(lifetime[i]) / weekDays, Age: float64(tenure[i]) / weekDays, Value: max(0, float64(value[i])),
		}
	}
	return customers
}

// Fill writes the family customer_base to the rows of m whose cutoffs it knows.
func (c *CustomerBase) Fill(m *Matrix) {
	if c == nil {
		return
	}
	rows := map[history.Day][]int{}
	for i, cutoff := range m.Cutoffs {
		if c.at[cutoff] != nil {
			rows[cutoff] = append(rows[cutoff], i)
		}
	}
	for cutoff, rows := range rows {
		c.at[cutoff].fill(m, rows)
	}
}

func (b *baseModel) fill(m *Matrix, rows []int) {
	customers := baseCustomers(m, rows)
	var buyers []btyd.Customer
	var at []int
	for k, c := range customers {
		if c.Age >= 0 {
			buyers, at = append(buyers, c), append(at, rows[k])
		}
	}
	var s btyd.Scores
	b.scorer.Score(&s, buyers)
	alive, probability, orders, value := m.Column("base_alive"), m.Column("base_order_probability"), m.Column("base_orders"), m.Column("base_order_value")
	for k, i := range at {
		alive[i] = float32(s.Alive[k])
		probability[i] = float32(s.AtLeastOne[0][k])
		orders[i] = float32(s.Expected[1][k])
		if b.spend != nil {
			value[i] = float32(saturate(s.OrderValue[k]))
		}
	}
}
