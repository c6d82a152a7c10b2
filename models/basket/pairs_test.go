package basket

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestTogetherByHand(t *testing.T) {
	hs := new(Histories)
	for key, order := range [][]int32{{0, 1}, {0, 1}, {0, 2}, {2}, {2}, {2}} {
		if err := hs.Append(uint64(key), HistoryOf([][]int32{order}, nil)); err != nil {
			t.Fatal(err)
		}
	}
	m := TogetherConfig{Support: 2, Shrink: 1}.Fit(3, hs)
	// P(1) = 2/6; given 0 it is (2 + 1/3) / (3 + 1).
	want := []Pair{{Item: 1, Orders: 2, Lift: 7. / 4, Excess: 7./12 - 1./3}}
	if diff := cmp.Diff(want, m.With(0), cmpopts.EquateApprox(0, 1e-12)); diff != "" {
		t.Error(diff)
	}
	if got := m.With(2); len(got) != 0 {
		t.Errorf("item 2 goes with %v, seen once", got)
	}
	if diff := cmp.Diff([]int32{1}, m.Rank(nil, []int32{0}, 5, nil)); diff != "" {
		t.Error(diff)
	}
	if got := m.Rank(nil, []int32{0, 1}, 5, nil); len(got) != 0 {
		t.Errorf("%v is in the order already", got)
	}
	if got := m.Rank(nil, []int32{0}, 5, func(int32) bool { return false }); len(got) != 0 {
		t.Errorf("%v is forbidden", got)
	}
}

func TestPairsNeedSupport(t *testing.T) {
	hs := new(Histories)
	for key := range 9 {
		if err := hs.Append(uint64(key), HistoryOf([][]int32{{0, 1}}, nil)); err != nil {
			t.Fatal(err)
		}
	}
	if err := hs.Append(9, HistoryOf([][]int32{{2}, {2}, {2}}, nil)); err != nil {
		t.Fatal(err)
	}
	if got := (TogetherConfig{}).Fit(3, hs).With(0); len(got) != 0 {
		t.Errorf("%v after nine orders, though ten are asked for", got)
	}
}

func TestFollowedLooksOneOrderAhead(t *testing.T) {
	hs := new(Histories)
	if err := hs.Append(0, HistoryOf([][]int32{{0}, {1}, {2}}, nil)); err != nil {
		t.Fatal(err)
	}
	want := []visit{{[]int32{0}, []int32{1}}, {[]int32{1}, []int32{2}}}
	if diff := cmp.Diff(want, followed(hs, 0), cmp.AllowUnexported(visit{})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want[:1], followed(hs, 1), cmp.AllowUnexported(visit{})); diff != "" {
		t.Errorf("one order back: %s", diff)
	}
}
