package history_test

import (
	"fmt"
	"time"

	"perennial/pipeline/history"
)

func ExampleHistory_At() {
	at := func(day, hour int) history.Instant {
		return history.InstantOf(time.Date(2024, 5, day, hour, 0, 0, 0, time.UTC))
	}
	anna := history.History{
		Customer: "anna",
		Profile:  history.Profile{SignedUpAt: at(1, 9)},
		Lines: []history.Line{
			{At: at(3, 18), KnownAt: at(3, 18), Order: 0, Amount: 40},
			{At: at(9, 12), KnownAt: at(14, 2), Order: 1, Amount: 25}, // the till was offline
			{At: at(20, 8), KnownAt: at(20, 8), Order: 2, Amount: 30},
		},
	}
	for _, day := range []string{"2024-05-10", "2024-05-15", "2024-05-21"} {
		cutoff, err := history.ParseDay(day)
		if err != nil {
			fmt.Println(err)
			return
		}
		view := anna.At(cutoff)
		fmt.Printf("as of %s: %d lines\n", view.Cutoff, len(view.Lines))
	}
	// Output:
	// as of 2024-05-10: 1 lines
	// as of 2024-05-15: 2 lines
	// as of 2024-05-21: 3 lines
}

func ExampleDictionary() {
	kinds := history.NewDictionary([]string{"visit", "cart", "visit"})
	fmt.Println(kinds.Code("cart"), kinds.Code("visit"), kinds.Code("ticket"))
	fmt.Println(kinds.Name(2))
	// Output:
	// 1 2 0
	// visit
}

func ExampleDay() {
	day, err := history.ParseDay("2024-02-28")
	if err != nil {
		fmt.Println(err)
		return
	}
	next := day + 1
	fmt.Println(next, next.Weekday(), next.Start())
	// Output: 2024-02-29 Thursday 2024-02-29 00:00:00
}
