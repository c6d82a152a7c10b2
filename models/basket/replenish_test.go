package basket

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// every returns a history of item, bought each so many days.
func every(item int32, days ...int32) History {
	orders := make([][]int32, len(days))
	for j := range orders {
		orders[j] = []int32{item}
	}
	return HistoryOf(orders, days)
}

func lastingOf(t testing.TB, items int, groups []int32, histories ...History) *Replenishment {
	t.Helper()
	gaps := NewGaps(items)
	for _, h := range histories {
		gaps.Add(h)
	}
	r, err := ReplenishConfig{}.Fit(gaps, groups)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestReplenishmentRecovers draws log-normal gaps and finds their median and spread.
func TestReplenishmentRecovers(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var histories []History
	for range 400 {
		days, day := []int32{}, 0.
		for range 6 {
			days = append(days, int32(math.Round(day)))
			day += math.Exp(math.Log(40) + .4*random.NormFloat64())
		}
		histories = append(histories, every(0, days...))
	}
	r := lastingOf(t, 1, nil, histories...)
	if got := math.Exp(r.mean[0]); math.Abs(got-40) > 2 {
		t.Errorf("median gap %.1f days, want 40", got)
	}
	if math.Abs(r.spread[0]-.4) > .03 {
		t.Errorf("spread %.3f, want .4", r.spread[0])
	}
	if r.rebuy[0] < .97 {
		t.Errorf("rebought by %.2f, want all", r.rebuy[0])
	}
}

// TestItemsLeanOnTheirGroup has an item without gaps beside one that lasts a week,
// in a shop where things last a quarter.
func TestItemsLeanOnTheirGroup(t *testing.T) {
	var histories []History
	for range 50 {
		histories = append(histories, every(0, 0, 7, 14, 21, 28), every(2, 0, 90, 180, 270, 360))
	}
	r := lastingOf(t, 3, []int32{0, 0, 1}, histories...)
	if got := math.Exp(r.mean[1]); got < 6 || got > 10 {
		t.Errorf("an item of a weekly group lasts %.1f days", got)
	}
}

func TestDueByHand(t *testing.T) {
	var histories []History
	for range 50 {
		histories = append(histories, every(0, 0, 20, 40), every(1, 5))
	}
	r := lastingOf(t, 2, nil, histories...)
	h := HistoryOf([][]int32{{0, 1}, {0}}, []int32{0, 20})
	due := r.Due(nil, h, 45, 7, nil)
	if len(due) != 1 || due[0].ID != 0 || due[0].Day < 39 || due[0].Day > 41 || due[0].DaysSince != 25 || due[0].Orders != 2 {
		t.Fatalf("%+v, want item 0 due on day 40: item 1 is never rebought", due)
	}
	if p := due[0].Probability; p < .3 || p > 1 {
		t.Errorf("an item five days overdue is bought within a week with %.3f", p)
	}
	if early := r.Due(nil, h, 22, 7, nil); early[0].Probability >= due[0].Probability/3 {
		t.Errorf("two days after the last one, %.3f", early[0].Probability)
	}
	if late := r.Due(nil, h, 2000, 7, nil); late[0].Probability > .05 {
		t.Errorf("after years without it, %.3f", late[0].Probability)
	}
	if got := r.Due(nil, h, 45, 7, func(int32) bool { return false }); len(got) != 0 {
		t.Errorf("a forbidden item is due: %+v", got)
	}
	if got := r.Due(nil, HistoryOf([][]int32{{0}}, nil), 45, 7, nil); got != nil {
		t.Errorf("without days, %+v is due", got)
	}
}

func TestReplenishmentWantsAGroupForEachItem(t *testing.T) {
	if _, err := (ReplenishConfig{}).Fit(NewGaps(3), []int32{0}); err == nil {
		t.Error("one group for three items was accepted")
	}
}

func TestMergedGapsAreTheWhole(t *testing.T) {
	whole, first, second := NewGaps(2), NewGaps(2), NewGaps(2)
	for k, h := range []History{every(0, 1, 5, 9), every(1, 2, 2, 30), every(0, 3, 50)} {
		whole.Add(h)
		[]*Gaps{first, second}[k%2].Add(h)
	}
	if err := first.Merge(second); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(whole.columns(), first.columns()); diff != "" {
		t.Error(diff)
	}
	if err := first.Merge(NewGaps(3)); err == nil {
		t.Error("gaps of other items were merged")
	}
}
