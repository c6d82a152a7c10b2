package simulate_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"perennial/simulate"
)

// A simulated shop is one folder: exports, truth, and a configuration that runs.
func ExampleRun() {
	dir, err := os.MkdirTemp("", "shop")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)

	summary, err := simulate.Run(context.Background(), simulate.Config{Customers: 300, Seed: 7}, dir, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(summary.Customers, "customers from", summary.Start, "until before", summary.End)
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, file := range files {
		fmt.Println(filepath.Base(file))
	}
	// Output:
	// 300 customers from 2024-07-01 until before 2026-07-01
	// actions.csv
	// customers.csv
	// engagements.csv
	// orders.csv
	// perennial.yaml
	// products.csv
	// truth.parquet
}
