package survival_test

import (
	"fmt"

	"perennial/models/survival"
)

func Example() {
	daysToNextOrder := []float64{12, 20, 20, 31, 45, 60, 60, 90}
	ordered := []bool{true, true, true, true, false, true, false, false}
	curve, err := survival.KaplanMeier(daysToNextOrder, ordered)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("half have ordered again by day %.0f\n", curve.Inverse(0.5))
	fmt.Printf("30%% within 30 days become %.0f%% within 60\n", 100*curve.Continue(0.30, 30, 60))
	// Output:
	// half have ordered again by day 31
	// 30% within 30 days become 57% within 60
}
