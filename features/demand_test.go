package features

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"perennial/pipeline/history"
)

// demandOf returns the feature of every history as of cutoff, counted on all of
// them, NaN where Buyers are not.
func demandOf(t rapid.TB, set *Set, histories []history.History, cutoff history.Day) []float32 {
	t.Helper()
	demand := NewDemand(testVocabulary, []history.Day{cutoff, cutoff - 15})
	for i := range histories {
		demand.Add(&histories[i])
	}
	m := set.NewMatrix()
	if err := set.NewBuilder(demand).Build(m, histories, []history.Day{cutoff}, anybody); err != nil {
		t.Fatal(err)
	}
	return m.Column("product_demand_90d")
}

// boughtOn is a history with a line of each product on its day.
func boughtOn(customer history.CustomerID, days map[string]history.Day) history.History {
	h := history.History{Customer: customer}
	for product, day := range days {
		at := day.Start()
		h.Lines = append(h.Lines, history.Line{
			At: at, KnownAt: at, Amount: 1, Quantity: 1, Product: testVocabulary.Products.Code(product), Discount: float32(math.NaN()),
		})
	}
	slices.SortFunc(h.Lines, func(a, b history.Line) int { return int(a.At.Day() - b.At.Day()) })
	for i := range h.Lines {
		h.Lines[i].Order = int32(i)
	}
	return h
}

// TestProductDemand: the apple was bought by two lately, the cup by one, the bow
// by nobody.
func TestProductDemand(t *testing.T) {
	const tonight = history.Day(20_000)
	histories := []history.History{
		boughtOn("anna", map[string]history.Day{"apple": tonight - 90, "bow": tonight - 91}),
		boughtOn("ben", map[string]history.Day{"apple": tonight - 1, "cup": tonight - 20}),
		boughtOn("cleo", map[string]history.Day{"bow": tonight - 300}),
		boughtOn("dora", map[string]history.Day{"drill": tonight}), // not yet
	}
	anna, ben, cleo := math.Log(3)/2, (math.Log(3)+math.Log(2))/2, 0.0
	usual := (anna + ben + cleo) / 3
	got := demandOf(t, testSet(), histories, tonight)
	for i, want := range []float64{anna - usual, ben - usual, cleo - usual, math.NaN()} {
		if v := float64(got[i]); !(math.Abs(v-want) < 1e-6) && v == v || (v != v) != (want != want) {
			t.Errorf("%s: %v, want %v", histories[i].Customer, v, want)
		}
	}
}

// TestDemandSeesNoFuture: neither what a customer does later nor what others do
// moves anybody, to the bit, and nor does the order of customers.
func TestDemandSeesNoFuture(t *testing.T) {
	set := testSet()
	rapid.Check(t, func(t *rapid.T) {
		cutoff := drawCutoff(t)
		var now, later []history.History
		for range 5 {
			h := plain.history(t)
			now, later = append(now, h), append(later, plain.withFuture(t, h, cutoff))
		}
		want := demandOf(t, set, now, cutoff)
		slices.Reverse(later)
		got := demandOf(t, set, later, cutoff)
		slices.Reverse(got)
		for i := range want {
			if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
				t.Fatalf("customer %d: %v, with a future %v", i, want[i], got[i])
			}
		}
	})
}

func TestUncountedDemandIsAnError(t *testing.T) {
	set := testSet()
	demand := NewDemand(testVocabulary, []history.Day{20_000})
	h := boughtOn("anna", map[string]history.Day{"apple": 19_900})
	if err := set.NewBuilder(demand).Build(set.NewMatrix(), []history.History{h}, []history.Day{20_001}, anybody); err == nil {
		t.Error("a cutoff that was not counted is built")
	}
}

func anybody(*history.View) bool { return true }
