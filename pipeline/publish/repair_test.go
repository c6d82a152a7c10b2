package publish

import (
	"errors"
	"strings"
	"testing"

	"perennial/pipeline/store"
)

func mend(t *testing.T, st store.Store) Repair {
	t.Helper()
	r, err := Mend(t.Context(), st, 0)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestMendSetsTheHintRight(t *testing.T) {
	st := store.NewMemory()
	for n := range uint64(3) {
		publish(t, st, n, sampleScores(10, n))
	}
	for hint, want := range map[string]string{`{"n":1}`: "behind", `{"n":9}`: "ahead", "\x00garbage": "unreadable", `{"n":3}`: "right"} {
		if err := st.Replace(t.Context(), hintKey, []byte(hint)); err != nil {
			t.Fatal(err)
		}
		r := mend(t, st)
		if !strings.Contains(r.Hint, want) || r.Head != 3 || !r.OK() || r.Advice != "" || len(r.Commits) != 3 {
			t.Errorf("hint %q: %+v, want it called %s", hint, r, want)
		}
		if n, err := readHint(t.Context(), st); n != 3 || err != nil {
			t.Errorf("hint %q: is at commit %d, %v", hint, n, err)
		}
	}
	if _, err := Mend(t.Context(), store.NewMemory(), 0); !errors.Is(err, ErrNoCommit) {
		t.Errorf("an empty store: %v, want ErrNoCommit", err)
	}
}

func TestMendSaysWhatToDo(t *testing.T) {
	for name, test := range map[string]struct {
		spoil  func(c []*Commit) map[string]string // key → new bytes
		whole  uint64
		advice string
	}{
		"a part of the newest": {func(c []*Commit) map[string]string { return map[string]string{c[2].Parts[0].Key: "x"} }, 2, "perennial rollback --to 2"},
		"parts of the newest two": {func(c []*Commit) map[string]string {
			return map[string]string{c[2].Parts[0].Key: "x", c[1].Parts[1].Key: "x"}
		}, 1, "perennial rollback --to 1"},
		"the newest record":  {func([]*Commit) map[string]string { return map[string]string{commitKey(3): "x"} }, 2, "perennial rollback --to 2"},
		"a part of an older": {func(c []*Commit) map[string]string { return map[string]string{c[1].Parts[0].Key: "x"} }, 3, ""},
		"the newest delta":   {func(c []*Commit) map[string]string { return map[string]string{c[2].Delta.Parts[0].Key: "x"} }, 3, "nothing needs to be done"},
		"every set": {func(c []*Commit) map[string]string {
			return map[string]string{c[0].Parts[0].Key: "x", c[1].Parts[0].Key: "x", c[2].Parts[0].Key: "x"}
		}, 0, "nightly --force"},
	} {
		st := store.NewMemory()
		var commits []*Commit
		for n := range uint64(3) {
			commits = append(commits, publish(t, st, n, sampleScores(10, n)))
		}
		for key, body := range test.spoil(commits) {
			if err := st.Replace(t.Context(), key, []byte(body)); err != nil {
				t.Fatal(err)
			}
		}
		before := listed(t, st, "")
		r := mend(t, st)
		if r.Whole != test.whole || !strings.Contains(r.Advice, test.advice) || (test.advice == "") != (r.Advice == "") {
			t.Errorf("%s: %+v, want %d whole and %q", name, r, test.whole, test.advice)
		}
		if len(listed(t, st, "")) != len(before) {
			t.Errorf("%s: objects came or went", name)
		}
		if test.whole > 0 && test.whole < 3 { // the advice works
			if _, err := rollback(st, 9, test.whole).Run(t.Context()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if r := mend(t, st); !r.OK() {
				t.Errorf("%s: after the advice was followed: %+v", name, r)
			}
		}
	}
}

// Of eighteen commits the oldest four are collected, which is no damage. A part that
// is missing of a younger one is, and does not hide those before it.
func TestVerifyAllTellsCollectedFromLost(t *testing.T) {
	st := store.NewMemory()
	var commits []*Commit
	for n := range uint64(18) {
		commits = append(commits, publish(t, st, n, sampleScores(10, n)))
	}
	collect(t, st, Policy{Keep: 14})
	reports, err := VerifyAll(t.Context(), st, 0)
	if err != nil || len(reports) != 14 {
		t.Fatalf("%d reports, %v, want those of commits 18 to 5", len(reports), err)
	}
	for _, r := range reports {
		if !r.OK() || r.DeltaRows == 0 {
			t.Errorf("%+v", r)
		}
	}
	if r, err := Verify(t.Context(), st, 3); err != nil || r.Gone != Collected || r.Whole() {
		t.Errorf("a collected commit: %+v, %v", r, err)
	}
	for _, part := range commits[9].Parts {
		if err := st.Delete(t.Context(), part.Key); err != nil {
			t.Fatal(err)
		}
	}
	reports, err = VerifyAll(t.Context(), st, 0)
	if err != nil || len(reports) != 14 {
		t.Fatalf("%d reports, %v, want those of commits 18 to 5", len(reports), err)
	}
	for _, r := range reports {
		if r.OK() == (r.N == 10) {
			t.Errorf("%+v", r)
		}
	}
}

// An erasure takes what showed the erased from older commits, whole ones stay.
func TestVerifyAllAfterAnErasure(t *testing.T) {
	st := store.NewMemory()
	for n := range uint64(3) {
		publish(t, st, n, sampleScores(40, n))
	}
	customer := sampleScores(40, 0)[7].CustomerID
	if _, err := erasing(st, 9, "h", customer).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	k := BucketOf(customer, sampleBuckets)
	for n := uint64(1); n <= 3; n++ {
		reader, err := At(t.Context(), st, n)
		if err != nil {
			t.Fatal(err)
		}
		if err := st.Delete(t.Context(), reader.Commit.Parts[k].Key); err != nil {
			t.Fatal(err)
		}
	}
	reports, err := VerifyAll(t.Context(), st, 0)
	if err != nil || len(reports) != 4 {
		t.Fatal(reports, err)
	}
	for _, r := range reports {
		if want := map[bool]Gone{true: "", false: Erased}[r.N == 4]; r.Gone != want || !r.OK() || r.Whole() != (r.N == 4) {
			t.Errorf("%+v, want it gone: %q", r, want)
		}
	}
}

// Where the newest commits are damaged, the advice names an older one that is whole.
func TestMendReadsOnToAWholeCommit(t *testing.T) {
	st := store.NewMemory()
	var commits []*Commit
	for n := range uint64(5) {
		commits = append(commits, publish(t, st, n, sampleScores(10, n)))
	}
	for _, c := range commits[2:] {
		if err := st.Replace(t.Context(), c.Parts[0].Key, []byte("torn")); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Mend(t.Context(), st, 3)
	if err != nil || r.Whole != 2 || !strings.Contains(r.Advice, "rollback --to 2") {
		t.Errorf("%+v, %v", r, err)
	}
}
