package value

import (
	"context"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"perennial/models/leaderboard"
)

var learners = []string{meanForAll, meanRate, twoPart}

func TestYearForAnyCells(t *testing.T) {
	board, _, _ := perfumery.compete(t, config, 500, 500)
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	cell := rapid.OneOf(rapid.Float32Range(0, 500), rapid.SampledFrom([]float32{nan, inf, -inf, 0, -1, math.MaxFloat32, -math.MaxFloat32}))
	rapid.Check(t, func(r *rapid.T) {
		rows := leaderboard.Rows{Columns: []string{"orders_total", "revenue_total", "tenure_days", knownColumn}, X: [][]float32{
			{cell.Draw(r, "orders")}, {cell.Draw(r, "revenue")}, {cell.Draw(r, "tenure")}, {rapid.Float32Range(0, 1).Draw(r, "p")},
		}}
		for _, learner := range learners {
			p := year(t, modelOf(t, board, learner), rows)[0]
			if !(p.Orders >= 0 && 0 <= p.Low && p.Low <= p.Revenue && p.Revenue <= p.High) || math.IsInf(p.High, 1) || math.IsInf(p.Orders, 1) {
				r.Fatalf("%s: %+v", learner, p)
			}
		}
	})
}

func TestYearGrows(t *testing.T) {
	half, held, _ := perfumery.compete(t, config, 500, 500)
	grown := config
	grown.Growth = 1.7
	whole, _, _ := perfumery.compete(t, grown, 500, 500)
	for _, learner := range learners {
		before, after := year(t, modelOf(t, half, learner), held), year(t, modelOf(t, whole, learner), held)
		for i, p := range before {
			want := Prediction{1.7 * p.Orders, 1.7 * p.Revenue, 1.7 * p.Low, 1.7 * p.High}
			if after[i] != want {
				t.Fatalf("%s: row %d is %+v, want %+v", learner, i, after[i], want)
			}
		}
	}
}

func TestMeanRate(t *testing.T) {
	m := &Model{Learner: meanRate, LabelDays: 90}
	for _, test := range []struct {
		name            string
		c               customer
		orders, revenue float64
	}{
		{"an order a month of 20", customer{orders: 10, value: 20, tenure: 300}, 3, 60},
		{"a first order yesterday is one of a month", customer{orders: 1, value: 20, tenure: 1}, 3, 60},
		{"no order", customer{}, 0, 0},
	} {
		if got := m.predictOne(test.c, 0); got.Orders != test.orders || got.Revenue != test.revenue {
			t.Errorf("%s: %+v, want %v orders of %v", test.name, got, test.orders, test.revenue)
		}
	}
}

// TestWorthlessShop: nobody comes back, and more is returned than was bought.
func TestWorthlessShop(t *testing.T) {
	rows, labels := perfumery.draw(60, 1)
	for i := range labels.Revenue {
		labels.Orders[i], labels.Revenue[i] = 0, -float64(i%2)
		rows.X[1][i] = -5
	}
	board, err := Train(context.Background(), config, rows, labels, rows, labels)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range board.Entries {
		if entry.Failure != "" {
			t.Errorf("%s failed: %s", entry.Name, entry.Failure)
			continue
		}
		for i, p := range year(t, entry.Model.(*Model), rows) {
			if p.Revenue != 0 || p.Low != 0 || p.High != 0 || p.Orders < 0 {
				t.Fatalf("%s: row %d is worth %+v", entry.Name, i, p)
			}
		}
	}
}

func TestMissingColumns(t *testing.T) {
	rows, labels := perfumery.draw(60, 1)
	board, err := Train(context.Background(), config, rows, labels, rows, labels)
	if err != nil {
		t.Fatal(err)
	}
	for _, learner := range learners {
		m := modelOf(t, board, learner)
		for j, name := range rows.Columns[:3] {
			columns := append([]string(nil), rows.Columns...)
			columns[j] = "other"
			_, err := m.Year(columns, rows.X, 60)
			if want := "value: " + learner + ": column " + name + " is missing"; err == nil || err.Error() != want {
				t.Errorf("error is %v, want %s", err, want)
			}
		}
		if err := m.Predict(make([]float64, 59), rows.Columns, rows.X); err == nil || !strings.Contains(err.Error(), "column orders_total has 60 rows, not 59") {
			t.Errorf("%s: a row too many gives %v", learner, err)
		}
		if err := m.Predict(make([]float64, 60), rows.Columns, rows.X[1:]); err == nil || !strings.Contains(err.Error(), "4 names for 3 columns") {
			t.Errorf("%s: a column too few gives %v", learner, err)
		}
	}
}
