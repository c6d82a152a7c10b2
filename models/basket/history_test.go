package basket

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestHistoryOf(t *testing.T) {
	h := HistoryOf([][]int32{{3, 1, 3}, {}, {2}}, []int32{10, 15, 20})
	want := History{Items: []int32{3, 1, 2}, Ends: []int32{2, 3}, Days: []int32{10, 20}}
	if diff := cmp.Diff(want, h); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int32{2}, h.Last()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(History{Items: []int32{3, 1}, Ends: []int32{2}, Days: []int32{10}}, h.Before(1)); diff != "" {
		t.Error(diff)
	}
	if got := (History{}).Last(); got != nil {
		t.Errorf("somebody without orders last bought %v", got)
	}
}

func TestLongOrdersAreDistinctToo(t *testing.T) {
	order := make([]int32, 300)
	for i := range order {
		order[i] = int32(i % 100)
	}
	if diff := cmp.Diff(order[:100], HistoryOf([][]int32{order}, nil).Items); diff != "" {
		t.Error(diff)
	}
}

// TestHistoriesGiveBackWhatTheyGot also holds samples to be of whole customers.
func TestHistoriesGiveBackWhatTheyGot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		given := rapid.SliceOf(drawnHistory).Draw(t, "customers")
		var hs Histories
		for i, orders := range given {
			if err := hs.Append(uint64(i), HistoryOf(orders, nil)); err != nil {
				t.Fatal(err)
			}
		}
		for i, orders := range given {
			want, got := HistoryOf(orders, nil), hs.At(i)
			if !slices.Equal(want.Items, got.Items) || !slices.Equal(want.Ends, got.Ends) || hs.Key(i) != uint64(i) {
				t.Fatalf("customer %d: %v, want %v", i, got, want)
			}
		}
	})
}

func TestDaysAreForAllOrForNone(t *testing.T) {
	var hs Histories
	if err := hs.Append(1, HistoryOf([][]int32{{1}}, []int32{3})); err != nil {
		t.Fatal(err)
	}
	if err := hs.Append(2, HistoryOf([][]int32{{1}}, nil)); err == nil {
		t.Error("a customer without days was added to one with days")
	}
	if err := hs.Append(3, History{}); err != nil {
		t.Errorf("a customer without orders has no days to lack: %v", err)
	}
}

// TestSampleDoesNotDependOnOrder adds the same customers forwards, backwards and
// in two halves.
func TestSampleDoesNotDependOnOrder(t *testing.T) {
	const customers, lines = 400, 300
	add := func(s *Sample, key int) {
		h := HistoryOf([][]int32{{int32(key % 7), 8}, {int32(key % 5)}}, nil)
		if err := s.Add(uint64(key), h); err != nil {
			t.Fatal(err)
		}
	}
	forwards, backwards, first, second := NewSample(lines), NewSample(lines), NewSample(lines), NewSample(lines)
	for key := range customers {
		add(forwards, key)
		add(backwards, customers-1-key)
		if key%3 == 0 {
			add(first, key)
		} else {
			add(second, key)
		}
	}
	if err := first.Merge(second); err != nil {
		t.Fatal(err)
	}
	want, err := forwards.Histories()
	if err != nil {
		t.Fatal(err)
	}
	if want.Lines() > lines || want.Len() < 30 {
		t.Errorf("kept %d customers, %d lines of at most %d", want.Len(), want.Lines(), lines)
	}
	for name, s := range map[string]*Sample{"backwards": backwards, "merged": first} {
		got, err := s.Histories()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(Histories{}, bound{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
