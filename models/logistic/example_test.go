package logistic_test

import (
	"context"
	"fmt"

	"perennial/models/logistic"
)

func Example() {
	columns := []string{"days_since_order", "orders"}
	x := [][]float32{
		{3, 10, 5, 60, 90, 200, 30, 150},
		{9, 4, 6, 2, 1, 1, 3, 2},
	}
	stayed := []float64{1, 1, 1, 0, 0, 0, 1, 1}
	m, err := logistic.Config{Lambda: 1}.Fit(context.Background(), columns, x, stayed, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	p := make([]float64, 2)
	err = m.Predict(p, []string{"orders", "days_since_order"}, [][]float32{{8, 1}, {4, 120}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: %.2f and %.2f\n", m.Status(), p[0], p[1])
	for _, c := range m.Coefficients()[1:] {
		fmt.Printf("%s %+.2f per SD\n", c.Column, c.Value)
	}
	// Output:
	// converged: 0.95 and 0.30
	// days_since_order -0.50 per SD
	// orders +0.96 per SD
}
