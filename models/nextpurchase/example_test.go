package nextpurchase_test

import (
	"context"
	"fmt"

	"perennial/models/nextpurchase"
	"perennial/models/purchase"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
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
	// anna orders within 45 days with probability 0.80, about 2024-06-20 (2024-06-04 to 2024-08-02)
	// bob orders within 45 days with probability 0.01
}

func ExampleWhat() {
	vocabulary := history.Vocabulary{Products: history.NewDictionary([]string{"bread", "cake", "postage", "tea"})}
	const night = history.Day(1000)
	line := func(day history.Day, order int32, product string) history.Line {
		return history.Line{At: day.Start(), KnownAt: day.Start(), Order: order, Product: vocabulary.Products.Code(product), Quantity: 1, Amount: 3}
	}
	anna := history.History{Customer: "anna", Lines: []history.Line{
		line(900, 0, "tea"), line(900, 0, "postage"), line(930, 1, "tea"), line(930, 1, "cake"), line(960, 2, "tea"), line(990, 3, "tea"),
	}}
	bob := history.History{Customer: "bob", Lines: []history.Line{line(995, 0, "bread")}}

	assortment := nextpurchase.NewAssortment(vocabulary, nil, []string{"post*"})
	tonight := nextpurchase.NewPurchases(assortment, night, 1000)
	trial := nextpurchase.NewTrial(nextpurchase.NewPurchases(assortment, night-56, 1000), 1000)
	for key, h := range []history.History{anna, bob} {
		view, past := h.At(night), h.At(night-56)
		for _, err := range []error{
			tonight.Add(uint64(key), &view),
			trial.Purchases().Add(uint64(key), &past),
			trial.Add(uint64(key), &past, view.Lines, 56),
		} {
			if err != nil {
				fmt.Println(err)
				return
			}
		}
	}
	boards, err := trial.Choose(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: %s\n", boards[0].Champion, boards[0].Why)
	what, err := nextpurchase.NewWhat(context.Background(), tonight, boards)
	if err != nil {
		fmt.Println(err)
		return
	}
	var row publish.Score
	view := anna.At(night)
	what.Recommender().Fill(&row, &view)
	for k, product := range row.NextProducts {
		fmt.Printf("%s: %s\n", product, row.NextProductReasons[k])
	}
	// Output:
	// frequency: too few customers ordered again to judge anything else (it takes 100)
	// tea: Bought in each of the last 4 orders; last 10 days ago, usually every 30 days
	// cake: Bought in 1 of the last 3 orders; last 70 days ago
	// bread: In 1 of the 5 orders here in the last 365 days
}
