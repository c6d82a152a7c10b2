package basket_test

import (
	"fmt"

	"perennial/models/basket"
)

func Example() {
	products := []string{"baguette", "croissant", "rye loaf", "gift card"}
	orders := [][]int32{{0, 1}, {0, 3}, {0, 1, 2}, {1, 0}}

	popularity := basket.NewPopularity(len(products))
	for _, order := range orders {
		popularity.Add(order)
	}
	model := basket.Fit(popularity)

	regular := [][]int32{{2}, {2, 3}, {1, 2}}
	isProduct := func(item int32) bool { return item != 3 }
	for _, item := range model.Rank(nil, regular, 3, isProduct) {
		fmt.Println(products[item])
	}
	// Output:
	// rye loaf
	// croissant
	// baguette
}
