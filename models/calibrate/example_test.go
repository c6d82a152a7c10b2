package calibrate_test

import (
	"fmt"

	"perennial/models/calibrate"
)

func Example() {
	predicted := []float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.9}
	happened := []float64{0, 0, 0, 0, 1, 0, 0, 1, 0, 1}
	m, err := calibrate.Config{Method: calibrate.Isotonic}.Fit(predicted, happened, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	p := []float64{0.25, 0.65, 0.9}
	if err := m.Predict(p, p); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f\n", p)
	// Output:
	// [0.11 0.38 0.57]
}
