package purchase_test

import (
	"context"
	"fmt"
	"os"

	"perennial/models/leaderboard"
	"perennial/models/purchase"
)

func Example() {
	// A shop whose customers order with the chance of 1 in 2 while their last order
	// is less than 60 days old, and never again afterwards.
	rows := leaderboard.Rows{Columns: []string{"recency_days", "gap_mean_days", "repeat_order_days"}, X: make([][]float32, 3)}
	for i := range 400 {
		days := float32(i % 120)
		ordered := 0.0
		if days < 60 && i/120%2 == 0 {
			ordered = 1
		}
		rows.X[0] = append(rows.X[0], days)
		rows.X[1] = append(rows.X[1], 30)
		rows.X[2] = append(rows.X[2], 3)
		rows.Y = append(rows.Y, ordered)
		rows.Group = append(rows.Group, uint64(i))
	}
	board, err := purchase.Train(context.Background(), purchase.Config{RulesOnly: true}, 30, rows, rows)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: %s\n", board.Winner, board.Why)

	p := make([]float64, 2)
	if err := board.Entry(board.Winner).Model.Predict(p, rows.Columns, [][]float32{{10, 100}, {30, 30}, {3, 3}}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("P(order within 30 days) is %.2f after 10 days and %.2f after 100\n", p[0], p[1])
	// Output:
	// own_rhythm: loss 0.4536 against 0.6109 of base_rate, 9.3 standard errors better
	// P(order within 30 days) is 0.54 after 10 days and 0.00 after 100
}

func ExampleNewGuess() {
	guess := purchase.NewGuess(30, 60)
	p := make([]float64, 3)
	columns := []string{"recency_days", "gap_mean_days", "repeat_order_days"}
	if err := guess.Predict(p, columns, [][]float32{{5, 60, 180}, {30, 30, 30}, {8, 8, 8}}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("after 5, 60 and 180 days of silence: %.2f\n", p)
	if err := guess.Write(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// after 5, 60 and 180 days of silence: [0.57 0.36 0.04]
	// {
	//  "format": "perennial purchase",
	//  "version": 1,
	//  "learner": "guess",
	//  "horizon_days": 30,
	//  "population_gap_days": 60
	// }
}
