package publish

import (
	"errors"
	"flag"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/pipeline/store"
)

// mutations is how many damaged objects are read; nightly, ask for more:
//
//	go test ./pipeline/publish -run TestCorruptionIsNeverRead -mutations 100000
var mutations = flag.Int("mutations", 2000, "damaged objects that the corruption test reads")

// Whatever byte of a store is changed or cut off, a reader of rows and a follower
// of changes see what was published or a typed error.
func TestCorruptionIsNeverRead(t *testing.T) {
	mutations := *mutations
	if testing.Short() {
		mutations = 100 // under the race detector each takes a good tenth of a second
	}
	st := store.NewMemory()
	publish(t, st, 1, sampleScores(12, 1))
	applied, _ := readShown(t, st)
	c := publish(t, st, 2, sampleScores(12, 2))
	r, err := Head(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	want := decisions(readAll(t, r))
	shown, _ := readShown(t, st)

	rng := rand.New(rand.NewPCG(1, 0))
	for _, object := range []struct {
		key     string
		percent int
		rows    error // what a reader of rows gets
		follow  error // what a follower gets
	}{
		{c.Parts[0].Key, 25, ErrCorrupt, nil},
		{c.Parts[1].Key, 5, ErrCorrupt, nil},
		{c.Delta.Parts[0].Key, 25, nil, ErrReadAll},
		{c.Delta.Parts[1].Key, 5, nil, ErrReadAll},
		{commitKey(2), 30, ErrCorrupt, ErrCorrupt},
		{hintKey, 10, nil, nil},
	} {
		good, err := st.Read(t.Context(), object.key)
		if err != nil {
			t.Fatal(err)
		}
		for i := range mutations * object.percent / 100 {
			if err := st.Replace(t.Context(), object.key, mutate(rng, good)); err != nil {
				t.Fatal(err)
			}
			got, err := headDecisions(t, st)
			if !errors.Is(err, object.rows) {
				t.Errorf("%s, mutation %d: %v, want %v", object.key, i, err, object.rows)
			}
			if err == nil && !cmp.Equal(want, got) {
				t.Fatalf("%s, mutation %d: wrong scores", object.key, i)
			}
			copied := maps.Clone(applied)
			if _, err := copied.apply(t.Context(), st, 1); !errors.Is(err, object.follow) {
				t.Errorf("%s, mutation %d: %v, want %v", object.key, i, err, object.follow)
			} else if err == nil && !maps.Equal(copied, shown) {
				t.Fatalf("%s, mutation %d: wrong changes", object.key, i)
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
		_, err := p.tally(bad, 0, expected{asOf: sampleDay, buckets: 1}, nil)
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
