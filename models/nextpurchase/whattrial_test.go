package nextpurchase

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"perennial/pipeline/history"
)

func choose(t *testing.T, trial *Trial) []Board {
	t.Helper()
	boards, err := trial.Choose(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return boards
}

func TestChampionNamesMoreThanTheFloors(t *testing.T) {
	for _, board := range choose(t, drawShop(300, 2000).trial(t, shopNight-60)) {
		recall := map[string]float64{}
		for _, score := range board.Recall {
			recall[score.Candidate] = score.Mean
		}
		if len(recall) != len(candidates) || board.Customers < fewestCases {
			t.Fatalf("%+v", board)
		}
		if recall[board.Champion] < recall[Frequency] || recall[Frequency] < recall[Popularity] {
			t.Errorf("champion %s does not stand above the floors: %v", board.Champion, recall)
		}
	}
}

// TestFrequencyIsKeptWhereNothingBeatsIt: customers who order the same thing every
// time leave nothing to add.
func TestFrequencyIsKeptWhereNothingBeatsIt(t *testing.T) {
	shop := drawShop(300, 500)
	for i := range shop.histories {
		h := &shop.histories[i]
		h.Lines = nil
		for order := range int32(6) {
			day := shopNight - 120 + history.Day(20*order)
			for p := range 5 {
				h.Lines = append(h.Lines, history.Line{At: day.Start(), KnownAt: day.Start(), Order: order, Product: history.Code(1 + 5*(i%60) + p), Quantity: 1, Amount: 1})
			}
		}
	}
	board := choose(t, shop.trial(t, shopNight-60))[Products]
	if board.Champion != Frequency || board.Recall[1].Mean != 1 {
		t.Errorf("champion is %s: %+v", board.Champion, board.Recall)
	}
}

func TestTooFewToChoose(t *testing.T) {
	for _, shop := range []*testShop{drawShop(50, 40), drawShop(50, 0)} {
		for _, board := range choose(t, shop.trial(t, shopNight-60)) {
			if board.Champion != Frequency || board.Recall != nil || board.Customers >= fewestCases {
				t.Errorf("%+v", board)
			}
		}
		row(shop.by(t, choose(t, shop.trial(t, shopNight-60))), &history.History{}) // and it can be served
	}
}

// TestMergedIsWhole splits a shop among workers, in any order.
func TestMergedIsWhole(t *testing.T) {
	shop := drawShop(300, 900)
	whole := shop.trial(t, shopNight-60)
	parts := make([]*Trial, 3)
	for w := range parts {
		parts[w] = NewTrial(NewPurchases(shop.assortment, shopNight-60, 100_000), 100_000)
	}
	for key := range shop.histories {
		h, trial := &shop.histories[key], parts[key*7%3]
		view := h.At(shopNight - 60)
		if err := trial.Purchases().Add(uint64(key), &view); err != nil {
			t.Fatal(err)
		}
		if err := trial.Add(uint64(key), &view, h.Lines, 60); err != nil {
			t.Fatal(err)
		}
	}
	merged := parts[2]
	for _, other := range parts[:2] {
		if err := merged.Purchases().Merge(other.Purchases()); err != nil {
			t.Fatal(err)
		}
		if err := merged.Merge(other); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(choose(t, whole), choose(t, merged), cmp.AllowUnexported(Board{}, placeRates{})); diff != "" {
		t.Errorf("(-whole +merged):\n%s", diff)
	}
}

func TestNothingAfterTheCutoffIsKnown(t *testing.T) {
	shop := drawShop(100, 300)
	before := choose(t, shop.trial(t, shopNight-60))
	what := shop.what(t)
	rows := map[int]any{}
	for i := range shop.histories {
		rows[i] = row(what, &shop.histories[i])
	}
	for i := range shop.histories {
		h := &shop.histories[i]
		add := func(at, known history.Day, order int32) {
			h.Lines = append(h.Lines, history.Line{At: at.Start(), KnownAt: known.Start(), Order: order, Product: 1, Category: 1, Quantity: 1, Amount: 1})
		}
		add(shopNight-1, shopNight, int32(len(h.Lines))) // learnt late
		add(shopNight, shopNight, int32(len(h.Lines)))
	}
	after := shop.by(t, before)
	for i := range shop.histories {
		if diff := cmp.Diff(rows[i], any(row(after, &shop.histories[i]))); diff != "" {
			t.Fatalf("%s (-before +after):\n%s", shop.histories[i].Customer, diff)
		}
	}
}

func TestJudgedGroupsAddUp(t *testing.T) {
	shop := drawShop(300, 2000)
	boards := choose(t, shop.trial(t, shopNight-90))
	judged, err := shop.trial(t, shopNight-60).Judge(t.Context(), boards)
	if err != nil || len(judged) != int(levels) {
		t.Fatal(judged, err)
	}
	for _, j := range judged {
		for _, c := range j.Candidates {
			all, sum, recall := c.Groups[0], 0, 0.
			for _, group := range c.Groups[1:] {
				sum += group.Customers
				recall += float64(group.Customers) * group.At5.Recall
			}
			if sum != all.Customers || all.Customers != j.Customers || math.Abs(recall/float64(sum)-all.At5.Recall) > 1e-12 {
				t.Errorf("%s of %s: groups do not add up: %+v", c.Candidate, j.Level, c.Groups)
			}
			if all.At10.Recall < all.At5.Recall {
				t.Errorf("%s: recall falls with the length of the list", c.Candidate)
			}
		}
		if j.Predicted == nil || math.Abs(*j.Predicted-*j.Observed) > .05 || *j.ECE > .06 {
			t.Errorf("%s by %s: predicted %v, observed %v, ECE %v", j.Level, j.Champion, *j.Predicted, *j.Observed, *j.ECE)
		}
	}
}

func TestPlaceRates(t *testing.T) {
	var r placeRates
	for i := range 200 {
		r.add(1, 0, i < 60)
		r.add(1, 1, i < 80)
		r.add(7, 0, i < 150)
		if i < fewestCases-1 {
			r.add(1, 2, true)
		}
	}
	got := []float64{r.at(1, 0), r.at(1, 1), r.at(1, 2), r.at(2, 0), r.at(3, 1)}
	want := []float64{.3, .3, math.NaN(), .75, math.NaN()}
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
		t.Error(diff)
	}
}
