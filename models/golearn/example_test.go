package golearn_test

import (
	"context"
	"fmt"

	"perennial/models/golearn"
)

// A program that fits a Liblinear begins its main with
//
//	if len(os.Args) > 1 && os.Args[1] == golearn.ChildCommand {
//		if err := golearn.ServeChild(os.Stdin, os.Stdout); err != nil {
//			fmt.Fprintln(os.Stderr, err)
//			os.Exit(1)
//		}
//		return
//	}
func Example() {
	columns := []string{"recency_days"}
	recency, returned := make([]float32, 200), make([]float64, 200)
	for i := range recency {
		recency[i] = float32(i)
		if i < 80 {
			returned[i] = 1
		}
	}
	x := [][]float32{recency}
	forest, err := golearn.ForestConfig{Trees: 10}.Fit(context.Background(), columns, x, returned, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	liblinear, err := golearn.LiblinearConfig{}.Fit(context.Background(), columns, x, returned, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	p := make([]float64, 2)
	customers := [][]float32{{10, 180}}
	for _, model := range []interface {
		Predict([]float64, []string, [][]float32) error
	}{forest, liblinear} {
		if err := model.Predict(p, columns, customers); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%.2f after 10 days, %.2f after 180\n", p[0], p[1])
	}
	// Output:
	// 1.00 after 10 days, 0.00 after 180
	// 1.00 after 10 days, 0.01 after 180
}
