package gbdt_test

import (
	"context"
	"fmt"

	"perennial/models/gbdt"
)

func ExampleConfig_Fit() {
	columns := []string{"days_since_order", "orders"}
	x := [][]float32{make([]float32, 600), make([]float32, 600)}
	churned := make([]float64, 600)
	for i := range churned {
		x[0][i], x[1][i] = float32(i%150), float32(1+i%4)
		if x[0][i] > 40*x[1][i] {
			churned[i] = 1
		}
	}
	m, err := gbdt.Config{
		LearningRate: 0.1,
		Monotone:     map[string]int{"days_since_order": +1},
	}.Fit(context.Background(), columns, x, churned, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	p := make([]float64, 3)
	err = m.Predict(p, []string{"orders", "days_since_order"}, [][]float32{{1, 1, 4}, {20, 120, 120}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f\n", p)
	// Output:
	// [0.09 0.99 0.02]
}
