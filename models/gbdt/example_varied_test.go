package gbdt_test

import (
	"context"
	"fmt"

	"perennial/models/gbdt"
)

// A hazard is one model of all intervals, with a column that tells which: here
// those with four orders come within a week, and those with two in the three after it.
func ExampleModel_Vary() {
	columns := []string{"orders", "days_ahead"}
	x := [][]float32{make([]float32, 800), make([]float32, 800)}
	ordered := make([]float64, 800)
	for i := range ordered {
		x[0][i], x[1][i] = float32(1+i%4), []float32{7, 28}[i/4%2]
		if x[0][i] == 4 || x[0][i] >= 2 && x[1][i] == 28 {
			ordered[i] = 1
		}
	}
	m, err := gbdt.Config{LearningRate: 0.1}.Fit(context.Background(), columns, x, ordered, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	margins := [][]float64{make([]float64, 2), make([]float64, 2)} // by interval, of two customers
	err = m.Vary("days_ahead").Margins(margins, []string{"orders"}, [][]float32{{2, 4}}, []float32{7, 28})
	if err != nil {
		fmt.Println(err)
		return
	}
	for k, within := range []string{"a week", "the weeks after"} {
		fmt.Printf("%s: %.2f %.2f\n", within, m.Objective.Mean(margins[k][0]), m.Objective.Mean(margins[k][1]))
	}
	// Output:
	// a week: 0.03 0.97
	// the weeks after: 0.97 1.00
}
