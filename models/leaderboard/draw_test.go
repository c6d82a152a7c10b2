package leaderboard

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestSampleDrawsRows holds a sample of customers with ten rows each to what one
// should be: of the size asked for, spread over the customers and folds, and
// blind to who else is there.
func TestSampleDrawsRows(t *testing.T) {
	const customers, each, limit = 20_000, 10, 20_000
	rng := rand.New(rand.NewPCG(1, 0))
	rows := Rows{Y: make([]float64, customers*each)}
	for range customers {
		group := rng.Uint64()
		for range each {
			rows.Group = append(rows.Group, group)
		}
	}
	sample := rows.Sample(limit)
	if got := len(sample.Y); math.Abs(float64(got)-limit) > 0.03*limit {
		t.Errorf("%d rows were drawn, want about %d", got, limit)
	}
	count := map[uint64]int{}
	var inFold [5]int
	for i, group := range sample.Group {
		count[group]++
		inFold[sample.Fold(i, len(inFold))]++
	}
	// A customer is without a row with probability 0.9^10.
	if want := customers * (1 - math.Pow(0.9, each)); math.Abs(float64(len(count))-want) > 0.02*want {
		t.Errorf("the rows are of %d customers, want about %.0f", len(count), want)
	}
	for fold, n := range inFold {
		if share := float64(n) / float64(len(sample.Y)); math.Abs(share-0.2) > 0.02 {
			t.Errorf("fold %d holds %.3f of the sample", fold, share)
		}
	}
	half := rows.Where(func(i int) bool { return i%(2*each) < each })
	amongHalf, amongAll := Draw(half.Group, limit/2), Draw(rows.Group, limit)
	for i := range half.Group {
		if amongHalf(i) != amongAll(2*each*(i/each)+i%each) {
			t.Fatalf("whether row %d of a customer is drawn depends on the others", i%each)
		}
	}
	if few := rows.Where(func(i int) bool { return i < 10 }).Sample(limit); len(few.Y) != 10 {
		t.Errorf("%d of 10 rows were drawn", len(few.Y))
	}
}
