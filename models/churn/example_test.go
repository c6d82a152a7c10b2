package churn_test

import (
	"fmt"

	"perennial/features"
	"perennial/models/churn"
	"perennial/pipeline/history"
)

func Example() {
	set, err := features.NewSet(history.Vocabulary{}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	columns := []string{"recency_days", "overdue_ratio_own", "orders_total"}
	reference := churn.NewReference(columns, [][]float32{{20, 40, 60}, {0.5, 0.9, 2}, {1, 2, 9}})
	explainer := churn.NewExplainer(set, columns, reference, "EUR")

	anna := map[string]float64{"recency_days": 84, "gap_mean_days": 31, "repeat_order_days": 7, "overdue_ratio_own": 84.0 / 31, "orders_total": 8}
	contributions := []float64{-0.5, -1.4, +0.3} // of the columns to the log-odds of an order
	for _, reason := range explainer.Reasons(contributions, func(name string) float64 { return anna[name] }) {
		fmt.Printf("%s (%s)\n", reason.Text, reason.Strength)
	}
	// Output:
	// No order for 84 days; usually orders every 31 days (high)
	// No order for 84 days; half of the customers here ordered within 40 (medium)
}
