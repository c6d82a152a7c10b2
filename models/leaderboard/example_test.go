package leaderboard_test

import (
	"context"
	"fmt"
	"io"

	"perennial/models/leaderboard"
)

// line predicts a + b·x of its only column.
type line struct{ a, b float64 }

func (m line) Predict(dst []float64, _ []string, x [][]float32) error {
	for i := range dst {
		dst[i] = m.a + m.b*float64(x[0][i])
	}
	return nil
}

func (m line) Write(w io.Writer) error {
	_, err := fmt.Fprintf(w, `{"a": %g, "b": %g}`, m.a, m.b)
	return err
}

func Example() {
	contest := leaderboard.Contest{
		Question: "next_basket_value",
		Losses: func(dst, y, p []float64) {
			for i := range dst {
				dst[i] = (y[i] - p[i]) * (y[i] - p[i])
			}
		},
		Metrics: func([]float64, []float64) map[string]float64 { return nil },
	}
	mean := func(_ context.Context, train leaderboard.Rows) (leaderboard.Model, error) {
		var sum float64
		for _, y := range train.Y {
			sum += y
		}
		return line{a: sum / float64(len(train.Y))}, nil
	}
	last := func(context.Context, leaderboard.Rows) (leaderboard.Model, error) { return line{b: 1}, nil }

	rows := leaderboard.Rows{
		Columns: []string{"last_order_value"},
		X:       [][]float32{{10, 20, 30, 40, 50, 60}},
		Y:       []float64{12, 19, 33, 38, 51, 63},
		Group:   []uint64{1, 2, 3, 4, 5, 6},
	}
	board, err := leaderboard.Compete(context.Background(), contest, []leaderboard.Candidate{
		{Name: "mean", Rung: leaderboard.Base, Fit: mean},
		{Name: "like_last_time", Rung: leaderboard.Rule, Fit: last},
	}, rows, rows)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, entry := range board.Entries {
		fmt.Printf("%-14s %-4s %6.1f\n", entry.Name, entry.Rung, entry.Loss)
	}
	fmt.Printf("%s: %s\n", board.Winner, board.Why)
	// Output:
	// like_last_time rule    4.7
	// mean           base  305.3
	// like_last_time: loss 4.6667 against 305.3333 of mean, 2.7 standard errors better
}
