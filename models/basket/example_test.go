package basket_test

import (
	"context"
	"fmt"
	"log"

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

func ExampleNextConfig() {
	products := []string{"coffee", "filters", "grinder"}
	counts, sample := basket.NewCounts(len(products), basket.CountsConfig{}), basket.NewSample(0)
	for customer := range uint64(200) {
		orders := [][]int32{{0, 2}, {0, 1}, {0}, {0, 1}} // who buys a grinder buys coffee ever after
		history := basket.HistoryOf(orders[:2+customer%3], nil)
		counts.Add(history)
		if err := sample.Add(customer, history); err != nil {
			log.Fatal(err)
		}
	}
	histories, err := sample.Histories()
	if err != nil {
		log.Fatal(err)
	}
	model, err := basket.NextConfig{}.Fit(context.Background(), counts, histories)
	if err != nil {
		log.Fatal(err)
	}
	history := basket.HistoryOf([][]int32{{2, 0}, {0, 1}, {0}}, nil)
	for _, item := range model.Ranker().Rank(nil, history, 0, 3, nil) {
		fmt.Printf("%s: in %d of her last %d orders\n", products[item.ID], item.Orders, item.Of)
	}
	// Output:
	// coffee: in 3 of her last 3 orders
	// filters: in 1 of her last 2 orders
}
