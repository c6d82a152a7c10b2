package publish

import (
	"errors"
	"strings"
	"testing"

	"perennial/pipeline/store"
)

func TestVerify(t *testing.T) {
	st := store.NewMemory()
	if _, err := Verify(t.Context(), st, 0); !errors.Is(err, ErrNoCommit) {
		t.Errorf("an empty store: %v, want ErrNoCommit", err)
	}
	first := publish(t, st, 1, sampleScores(50, 1))
	publish(t, st, 2, sampleScores(52, 2))
	for n, rows := range map[uint64]int64{0: 52, 1: 50, 2: 52} {
		r, err := Verify(t.Context(), st, n)
		if err != nil || !r.OK() || r.Rows != rows || r.Parts != sampleBuckets || r.Bytes == 0 || r.IDs.Count != uint64(rows) {
			t.Errorf("Verify(%d) = %+v, %v", n, r, err)
		}
	}

	body, err := st.Read(t.Context(), first.Parts[1].Key)
	if err != nil {
		t.Fatal(err)
	}
	body[len(body)/2] ^= 1
	if err := st.Replace(t.Context(), first.Parts[1].Key, body); err != nil {
		t.Fatal(err)
	}
	r, err := Verify(t.Context(), st, 1)
	if err != nil || len(r.Problems) != 1 || !strings.Contains(r.Problems[0], first.Parts[1].Key) || r.Parts != sampleBuckets-1 {
		t.Errorf("a flipped bit: %+v, %v, want the part named", r, err)
	}
	if r, err := Verify(t.Context(), st, 2); err != nil || !r.OK() {
		t.Errorf("the other commit: %+v, %v", r, err)
	}
}

// Parts whose bytes are whole can still be in the wrong place.
func TestVerifyFindsPartsThatTradedPlaces(t *testing.T) {
	st := store.NewMemory()
	c := publish(t, st, 1, sampleScores(50, 1))
	c.N, c.Parts[0], c.Parts[1] = 2, c.Parts[1], c.Parts[0]
	body, err := seal(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Create(t.Context(), commitKey(2), body); err != nil {
		t.Fatal(err)
	}
	if r, err := Verify(t.Context(), st, 2); err != nil || len(r.Problems) != sampleBuckets {
		t.Errorf("Verify = %+v, %v, want a problem with each part", r, err)
	}
}
