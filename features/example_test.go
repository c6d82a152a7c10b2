package features_test

import (
	"fmt"

	"perennial/features"
	"perennial/pipeline/history"
)

func Example() {
	day := func(text string) history.Day {
		day, err := history.ParseDay(text)
		if err != nil {
			panic(err)
		}
		return day
	}
	vocabulary := history.Vocabulary{Categories: history.NewDictionary([]string{"bread", "gift"})}
	bread, gift := vocabulary.Categories.Code("bread"), vocabulary.Categories.Code("gift")
	order := func(number int32, on string, category history.Code, amount float64) history.Line {
		at := day(on).Start()
		return history.Line{At: at, KnownAt: at, Order: number, Category: category, Quantity: 1, Amount: amount}
	}
	anna := history.History{
		Customer: "anna",
		Profile:  history.Profile{SignedUpAt: history.Never},
		Lines: []history.Line{
			order(0, "2024-04-01", bread, 12),
			order(1, "2024-05-01", gift, 30),
			order(2, "2024-05-31", bread, 18),
			order(3, "2024-07-02", bread, 20),
		},
	}

	set, err := features.NewSet(vocabulary, []features.Own{
		{Name: "gifts_90d", From: "orders", Where: "category = 'gift'", Measure: "count", Window: 90},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	table := set.NewMatrix()
	cutoffs := []history.Day{day("2024-06-01"), day("2024-07-01")}
	if err := set.NewBuilder().Build(table, []history.History{anna}, cutoffs, features.Buyers); err != nil {
		fmt.Println(err)
		return
	}
	for i := range table.Rows() {
		fmt.Printf("%s as of %s\n", table.Customers[i], table.Cutoffs[i])
		for _, name := range []string{"recency_days", "orders_90d", "revenue_total", "gap_mean_days", "gifts_90d"} {
			fmt.Printf("  %s = %v\n", name, table.Column(name)[i])
		}
	}
	// Output:
	// anna as of 2024-06-01
	//   recency_days = 1
	//   orders_90d = 3
	//   revenue_total = 60
	//   gap_mean_days = 30
	//   gifts_90d = 1
	// anna as of 2024-07-01
	//   recency_days = 31
	//   orders_90d = 2
	//   revenue_total = 60
	//   gap_mean_days = 30
	//   gifts_90d = 1
}
