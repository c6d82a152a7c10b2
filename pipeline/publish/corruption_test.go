package publish

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/pipeline/store"
)

// Whatever byte of a store is changed or cut off, a reader sees the rows that
// were published or ErrCorrupt.
func TestCorruptionIsNeverRead(t *testing.T) {
	st := store.NewMemory()
	publish(t, st, 1, sampleScores(30, 1))
	c := publish(t, st, 2, sampleScores(30, 2))
	r, err := Head(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	want := decisions(readAll(t, r))

	rng := rand.New(rand.NewPCG(1, 0))
	for _, object := range []struct {
		key       string
		mutations int
		hint      bool
	}{
		{c.Parts[0].Key, 400, false},
		{c.Parts[1].Key, 100, false},
		{commitKey(2), 400, false},
		{hintKey, 100, true},
	} {
		good, err := st.Read(t.Context(), object.key)
		if err != nil {
			t.Fatal(err)
		}
		for i := range object.mutations {
			bad := mutate(rng, good)
			if err := st.Replace(t.Context(), object.key, bad); err != nil {
				t.Fatal(err)
			}
			got, err := headDecisions(t, st)
			if object.hint && err != nil {
				t.Errorf("%s, mutation %d %.40q: %v: a wrong hint must not stop a reader", object.key, i, bad, err)
			} else if !object.hint && !errors.Is(err, ErrCorrupt) {
				t.Errorf("%s, mutation %d: %v, want ErrCorrupt", object.key, i, err)
			}
			if err == nil && !cmp.Equal(want, got) {
				t.Fatalf("%s, mutation %d: wrong scores", object.key, i)
			}
		}
		if err := st.Replace(t.Context(), object.key, good); err != nil {
			t.Fatal(err)
		}
	}
}

func headDecisions(t *testing.T, st store.Store) ([]string, error) {
	r, err := Head(t.Context(), st)
	if err != nil {
		return nil, err
	}
	rows, err := tryReadAll(t, r)
	return decisions(rows), err
}

// mutate returns body with one or two bytes changed, or its end cut off.
func mutate(rng *rand.Rand, body []byte) []byte {
	if rng.IntN(10) == 0 {
		return body[:rng.IntN(len(body))]
	}
	bad := slices.Clone(body)
	at := rng.IntN(len(bad))
	bad[at] ^= byte(1 + rng.IntN(255))
	if other := rng.IntN(len(bad)); rng.IntN(2) == 0 && other != at {
		bad[other] ^= byte(1 + rng.IntN(255))
	}
	return bad
}

// Behind the hash, malformed Parquet makes the library panic now and then; that
// is an error too.
func TestMalformedParquetIsAnError(t *testing.T) {
	if testing.Short() {
		t.Skip("the pointer checks of the race detector, which -short runs with, end the process where the library's panic is recovered otherwise")
	}
	rows := sampleScores(30, 1)
	body, err := encodePart(rows)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(2, 0))
	failed := 0
	for range 300 {
		p := Part{Key: "sets/a/part-00000.parquet", Rows: 30}
		bad := mutate(rng, body)
		_, err := p.tally(bad, 0, expected{asOf: sampleDay, buckets: 1})
		_, findErr := p.find(bad, rows[7].CustomerID)
		if err != nil {
			failed++
			if !errors.Is(err, ErrCorrupt) {
				t.Errorf("%v, want ErrCorrupt", err)
			}
		}
		if findErr != nil && !errors.Is(findErr, ErrCorrupt) && !errors.Is(findErr, ErrNoCustomer) {
			t.Errorf("find: %v, want ErrCorrupt", findErr)
		}
	}
	if failed < 100 {
		t.Errorf("only %d of 300 mutations were noticed", failed)
	}
}

// A record with a whole seal may still say what no program of ours wrote.
func TestAPoisonedRecordDoesNotLeadElsewhere(t *testing.T) {
	part := Part{Key: "sets/a/part-00000.parquet"}
	for name, spoil := range map[string]func(c *Commit){
		"another number":      func(c *Commit) { c.N = 2 },
		"no parts":            func(c *Commit) { c.Parts = nil },
		"a part elsewhere":    func(c *Commit) { c.Parts[0].Key = "runs/a/secret" },
		"a part of size -1":   func(c *Commit) { c.Parts[0].Size = -1 },
		"a part of -1 rows":   func(c *Commit) { c.Parts[0].Rows = -1 },
		"a contract to come":  func(c *Commit) { c.SchemaVersion = "2.0" },
		"a part that climbs":  func(c *Commit) { c.Parts[0].Key = "sets/../../etc/passwd" },
		"a part never staged": func(*Commit) {},
	} {
		st := store.NewMemory()
		c := &Commit{N: 1, SchemaVersion: SchemaVersion, Parts: []Part{part}}
		spoil(c)
		body, err := seal(c)
		if err != nil {
			t.Fatal(err)
		}
		if err := st.Create(t.Context(), commitKey(1), body); err != nil {
			t.Fatal(err)
		}
		if rows, err := headDecisions(t, st); err == nil {
			t.Errorf("%s: read %d rows", name, len(rows))
		}
	}
}
