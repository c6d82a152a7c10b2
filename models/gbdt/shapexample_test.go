package gbdt_test

import (
	"fmt"
	"log"
	"os"

	"perennial/models/gbdt"
)

// A model that LightGBM trained says what moved two scores.
func ExampleModel_Explain() {
	file, err := os.Open("testdata/binary.txt")
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	model, err := gbdt.Read(file)
	if err != nil {
		log.Fatal(err)
	}
	columns := []string{"recency_days", "orders", "spend", "returns", "country", "device", "noise"}
	x := [][]float32{{12, 190}, {4, 1}, {80, 80}, {0, 0}, {3, 3}, {1, 1}, {0, 0}}
	contributions := make([][]float64, len(columns))
	for j := range contributions {
		contributions[j] = make([]float64, 2)
	}
	if err := model.Explain(contributions, columns, x); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("base %.2f\n", model.Base())
	for j, name := range columns[:2] {
		fmt.Printf("%s %+.2f %+.2f\n", name, contributions[j][0], contributions[j][1])
	}
	// Output:
	// base 0.60
	// recency_days -0.47 +0.81
	// orders -0.70 +0.18
}
