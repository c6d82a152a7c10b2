package value_test

import (
	"context"
	"fmt"

	"perennial/models/leaderboard"
	"perennial/models/purchase"
	"perennial/models/value"
)

func Example() {
	// A shop of sixty customers like anna, who orders for 20 every month, and sixty
	// like bob, who ordered for 80 once and never again.
	columns := []string{"orders_total", "revenue_total", "tenure_days", "recency_days", "gap_mean_days", "repeat_order_days"}
	anna, bob := []float32{12, 240, 330, 10, 30, 11}, []float32{1, 80, 400, 400, 45, 0}
	rows := leaderboard.Rows{Columns: columns, X: make([][]float32, len(columns))}
	var labels value.Labels
	for i := range 120 {
		customer, orders, revenue := anna, 6.0, 120.0
		if i%2 == 1 {
			customer, orders, revenue = bob, 0, 0
		}
		if i < 10 { // some annas stay away, some bobs come back
			orders, revenue = 6-orders, 120-revenue
		}
		for j := range columns {
			rows.X[j] = append(rows.X[j], customer[j])
		}
		rows.Group = append(rows.Group, uint64(i))
		labels.Orders, labels.Revenue = append(labels.Orders, orders), append(labels.Revenue, revenue)
	}

	cfg := value.Config{LabelDays: 180, Growth: 2, Purchase: purchase.NewGuess(180, 45)}
	board, err := value.Train(context.Background(), cfg, rows, labels, rows, labels)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(board.Winner)
	model := board.Entry(board.Winner).Model.(*value.Model)
	predictions, err := model.Year(columns, rows.X, 120)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, name := range []string{"anna", "bob"} {
		p := predictions[i]
		fmt.Printf("%s: %.1f orders, %.0f (%.0f to %.0f)\n", name, p.Orders, p.Revenue, p.Low, p.High)
	}
	// Output:
	// mean_rate
	// anna: 13.1 orders, 262 (240 to 262)
	// bob: 0.9 orders, 72 (0 to 72)
}
