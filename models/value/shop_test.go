package value

import (
	"context"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"perennial/models/leaderboard"
)

const labelDays = 180

// known is P(order within labelDays) from a column of that name.
type known struct{}

const knownColumn = "p_order"

func (known) Predict(dst []float64, columns []string, x [][]float32) error {
	for i, p := range x[slices.Index(columns, knownColumn)] {
		dst[i] = float64(p)
	}
	return nil
}

func (known) Write(io.Writer) error { return nil }

// shop simulates customers who buy at random at a rate of their own, until they
// leave for good, orders of about a worth of their own.
type shop struct {
	gapDays  float64 // mean
	leaves   float64 // mean days until a customer has gone
	within   float64 // standard deviation of the logarithm of a customer's order values
	between  float64 // standard deviation of the logarithm of customers' means
	returned float64 // share of orders that go back
}

var (
	perfumery = shop{gapDays: 60, leaves: 400, within: 0.5, between: 0.6, returned: 0.1}
	bakery    = shop{gapDays: 7, leaves: 2000, within: 0.3, between: 0.4}
)

// draw returns rows as of a day with what happened in the labelDays after it.
func (s shop) draw(customers int, seed uint64) (leaderboard.Rows, Labels) {
	rng := rand.New(rand.NewPCG(seed, 0))
	rows := leaderboard.Rows{
		Columns: []string{"orders_total", "revenue_total", "tenure_days", knownColumn},
		X:       make([][]float32, 4), Y: make([]float64, customers),
	}
	var labels Labels
	for range customers {
		daily := (rng.ExpFloat64() + rng.ExpFloat64()) / 2 / s.gapDays
		tenure := 1 + 600*rng.Float64()
		lifetime := s.leaves * rng.ExpFloat64()
		mean := 50 * math.Exp(s.between*rng.NormFloat64())
		amount := func() float64 {
			if rng.Float64() < s.returned {
				return 0
			}
			return mean * math.Exp(s.within*rng.NormFloat64())
		}
		orders, revenue := 1.0, amount()
		day := rng.ExpFloat64() / daily
		for ; day < min(tenure, lifetime); day += rng.ExpFloat64() / daily {
			orders++
			revenue += amount()
		}
		p := 0.0
		if lifetime > tenure {
			ends := daily + 1/s.leaves
			p = daily / ends * -math.Expm1(-ends*labelDays)
		}
		var later, worth float64
		for day = max(day, tenure); day < min(tenure+labelDays, lifetime); day += rng.ExpFloat64() / daily {
			later++
			worth += amount()
		}
		for j, v := range []float64{orders, revenue, math.Ceil(tenure), p} {
			rows.X[j] = append(rows.X[j], float32(v))
		}
		rows.Group = append(rows.Group, rng.Uint64())
		labels.Orders, labels.Revenue = append(labels.Orders, later), append(labels.Revenue, worth)
	}
	return rows, labels
}

var config = Config{LabelDays: labelDays, Growth: 1, Purchase: known{}}

// compete trains and judges on customers of s.
func (s shop) compete(t testing.TB, cfg Config, train, judge int) (*leaderboard.Board, leaderboard.Rows, Labels) {
	t.Helper()
	rows, labels := s.draw(train, 1)
	held, truth := s.draw(judge, 2)
	board, err := Train(context.Background(), cfg, rows, labels, held, truth)
	if err != nil {
		t.Fatal(err)
	}
	return board, held, truth
}

func modelOf(t testing.TB, board *leaderboard.Board, name string) *Model {
	t.Helper()
	entry := board.Entry(name)
	if entry == nil || entry.Failure != "" {
		t.Fatalf("no model of %s: %+v", name, entry)
	}
	return entry.Model.(*Model)
}

func year(t testing.TB, m *Model, rows leaderboard.Rows) []Prediction {
	t.Helper()
	predictions, err := m.Year(rows.Columns, rows.X, len(rows.X[0]))
	if err != nil {
		t.Fatal(err)
	}
	return predictions
}
