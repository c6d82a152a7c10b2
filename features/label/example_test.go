package label_test

import (
	"fmt"

	"perennial/features/label"
	"perennial/pipeline/history"
)

// weekly returns a customer who orders every seventh day from first on, and
// then no more.
func weekly(first history.Day, orders int) *history.History {
	h := &history.History{Customer: "anna"}
	for i := range orders {
		at := (first + history.Day(7*i)).Start()
		h.Lines = append(h.Lines, history.Line{At: at, KnownAt: at, Order: int32(i), Product: 1, Quantity: 1, Amount: 20})
	}
	return h
}

func Example() {
	first := history.Day(19_000)
	asOf := first + 300
	anna := weekly(first, 38)

	var gaps label.Gaps
	gaps.Add(anna, asOf)
	horizon := gaps.Horizon()
	fmt.Printf("churn is %d days without an order; %d days are usual\n", horizon, gaps.Median())

	plan, ok := label.PlanCutoffs(asOf, first, horizon, 3)
	fmt.Println("train on", plan.Train, "judge on", plan.Judge, ok)
	for _, cutoff := range []history.Day{plan.Train[0], plan.Judge} {
		outcome := label.Of(anna, cutoff, horizon)
		fmt.Printf("from %s: %d orders worth %v\n", cutoff, outcome.Orders, outcome.Revenue)
	}
	// Output:
	// churn is 30 days without an order; 7 days are usual
	// train on [2022-07-07 2022-08-06 2022-09-05] judge on 2022-10-05 true
	// from 2022-07-07: 4 orders worth 80
	// from 2022-10-05: 0 orders worth 0
}
