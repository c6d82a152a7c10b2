package nextpurchase_test

import (
	"fmt"

	"perennial/models/basket"
	"perennial/models/nextpurchase"
	"perennial/models/purchase"
	"perennial/pipeline/history"
)

func ExampleWhen() {
	var anchors []nextpurchase.Anchor
	for _, days := range nextpurchase.Horizons {
		anchors = append(anchors, nextpurchase.Anchor{Days: days, Model: purchase.NewGuess(days, 60)})
	}
	when, err := nextpurchase.NewWhen(anchors, 90, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	columns := []string{"recency_days", "gap_mean_days", "repeat_order_days"}
	curves, err := when.Curves(columns, [][]float32{{10, 400}, {20, 20}, {8, 8}}, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	asOf, err := history.ParseDay("2024-06-01")
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, name := range []string{"anna", "bob"} {
		fmt.Printf("%s orders within 45 days with probability %.2f", name, curves.Within(i, 45))
		if dates, likely := curves.Dates(i, asOf); likely {
			fmt.Printf(", about %s (%s to %s)", dates.Expected, dates.Earliest, dates.Latest)
		}
		fmt.Println()
	}
	// Output:
	// anna orders within 45 days with probability 0.80, about 2024-06-20 (2024-06-03 to 2024-08-02)
	// bob orders within 45 days with probability 0.01
}

func ExampleWhat() {
	vocabulary := history.Vocabulary{Products: history.NewDictionary([]string{"bread", "cake", "postage", "tea"})}
	line := func(order int32, product string) history.Line {
		return history.Line{Order: order, Product: vocabulary.Products.Code(product), Quantity: 1, Amount: 3}
	}
	anna := &history.View{Lines: []history.Line{line(0, "tea"), line(0, "postage"), line(1, "tea"), line(1, "cake")}}

	popular := basket.NewPopularity(vocabulary.Products.Len())
	for _, items := range nextpurchase.Baskets(anna, nextpurchase.ProductOf) {
		popular.Add(items)
	}
	popular.Add([]int32{0}) // somebody else's bread
	what := nextpurchase.NewWhat(vocabulary, nil, []string{"post*"}, popular, basket.NewPopularity(0))
	products, _ := what.Next(anna)
	fmt.Println(products)
	// Output: [tea cake bread]
}
