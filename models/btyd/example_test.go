package btyd_test

import (
	"context"
	"fmt"

	"perennial/models/btyd"
)

// A log of orders becomes customers, customers a model, and the model says what
// each of them will do.
func Example() {
	var log []btyd.Transaction
	for i := range 600 { // a made-up shop: some come once, some every few weeks
		id, first := fmt.Sprintf("c%03d", i), i%180
		for n := 0; n <= i*i%23 && first < 300; n++ {
			log = append(log, btyd.Transaction{Customer: id, Day: first, Amount: float64(20 + i%30 + i*n%11)})
			first += 5 + (i+7)*(n+3)%61
		}
	}
	prepared, err := btyd.Prepare(log, btyd.Period{Now: 300})
	if err != nil {
		fmt.Println(err)
		return
	}
	customers := make([]btyd.Customer, len(prepared))
	for i := range prepared {
		customers[i] = prepared[i].Customer
	}

	fit, err := btyd.Config{}.Fit(context.Background(), btyd.MBGNBD, customers)
	if err != nil {
		fmt.Println(err)
		return
	}
	spend, err := btyd.Config{}.FitSpend(context.Background(), customers)
	if err != nil {
		fmt.Println(err)
		return
	}
	model, c := fit.Model(), customers[9]
	fmt.Println(prepared[9].ID, "with", c.Orders, "repeat orders")
	fmt.Printf("orders in 13 weeks: %.1f\n", model.Expected(c, 13))
	fmt.Printf("one or more: %.2f\n", model.AtLeast(c, 13, 1))
	fmt.Printf("the next one, if in 13 weeks: %.0f days from now\n", 7*model.NextOrder(c, 0.5, 13))
	fmt.Printf("worth: %.0f\n", spend.Model().Expected(c))
	// Output:
	// c009 with 8 repeat orders
	// orders in 13 weeks: 1.9
	// one or more: 0.79
	// the next one, if in 13 weeks: 24 days from now
	// worth: 35
}
