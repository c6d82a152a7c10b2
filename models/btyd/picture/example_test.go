package picture_test

import (
	"fmt"
	"os"
	"path/filepath"

	"perennial/models/btyd"
	"perennial/models/btyd/picture"
)

func Example() {
	m, err := btyd.New(btyd.BGNBD, 0.243, 4.414, 0.793, 2.426)
	if err != nil {
		fmt.Println(err)
		return
	}
	cohorts := []picture.Cohort{{Model: m, FirstDays: []int{0, 7}, Customers: []int{600, 400}}}
	weeks, days := []float64{1, 2, 3, 4}, []int{6, 13, 20, 27}
	expected := picture.Cumulative(cohorts, 7, days)
	fmt.Printf("%.1f repeat orders expected\n", expected)

	tracking := picture.Tracking{
		Weeks: weeks, Actual: []float64{21, 63, 122, 171}, Now: 3,
		Models: []picture.Series{{Name: "BG/NBD", Values: expected}},
	}
	drawn, err := tracking.Cumulative()
	if err != nil {
		fmt.Println(err)
		return
	}
	dir, err := os.MkdirTemp("", "pictures")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	fmt.Println(drawn.Save(filepath.Join(dir, "tracking.svg")))
	// Output:
	// [27.5 76.2 125.1 171.5] repeat orders expected
	// <nil>
}
