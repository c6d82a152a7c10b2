package publish

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/parquet-go/parquet-go"

	"perennial/pipeline/store"
)

func TestFindIsTheRowOfAFullReading(t *testing.T) {
	st := store.NewMemory()
	rows := sampleScores(3000, 1)
	slices.Reverse(rows)
	publish(t, st, 1, rows)
	r, err := Head(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	all := readAll(t, r)
	for i := 0; i < len(all); i += 97 {
		got, err := r.Find(t.Context(), all[i].CustomerID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(&all[i], got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("Find(%s) (-read +found):\n%s", all[i].CustomerID, diff)
		}
	}
	for _, id := range []string{"", "C", "C0000001x", "zzz", "C9999999"} {
		if got, err := r.Find(t.Context(), id); !errors.Is(err, ErrNoCustomer) {
			t.Errorf("Find(%q) = %v, %v, want ErrNoCustomer", id, got, err)
		}
	}
}

// Row groups and pages divide a large part. The page index keeps 16 bytes of an
// id: with a long prefix in common all pages look alike.
func TestFindWithinRowGroupsAndPages(t *testing.T) {
	for _, prefix := range []string{"", "a-prefix-that-all-the-ids-share-"} {
		rows := sampleScores(5000, 1)
		for i := range rows {
			rows[i].CustomerID = prefix + rows[i].CustomerID
		}
		body := parquetOf(t, rows, parquet.MaxRowsPerRowGroup(900), parquet.PageBufferSize(512))
		p := Part{Key: "sets/a/part-00000.parquet", Rows: 5000}
		for i := 0; i < len(rows); i += 333 {
			got, err := p.find(body, rows[i].CustomerID)
			if err != nil || got.CustomerID != rows[i].CustomerID || *got.ChurnProbability != *rows[i].ChurnProbability {
				t.Errorf("find(%s) = %+v, %v", rows[i].CustomerID, got, err)
			}
		}
		for _, id := range []string{prefix, prefix + "C00010005", "z"} {
			if got, err := p.find(body, id); !errors.Is(err, ErrNoCustomer) {
				t.Errorf("find(%s) = %+v, %v, want ErrNoCustomer", id, got, err)
			}
		}
	}
}

// The night before may have hashed into more or fewer buckets.
func TestBucketOfAnotherNumberOfBuckets(t *testing.T) {
	st := store.NewMemory()
	rows := sampleScores(200, 1)
	publish(t, st, 1, rows)
	r, err := Head(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	written := cmpopts.IgnoreFields(Score{}, "RunID", "SchemaVersion", "RowHash")
	for _, buckets := range []int{1, 2, 3, 4, 6, 8, 64} {
		seen := 0
		for k, want := range byBucket(rows, buckets) {
			got, err := r.Bucket(t.Context(), k, buckets)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range want {
				if found := got[s.CustomerID]; found == nil {
					t.Errorf("bucket %d of %d lacks %s", k, buckets, s.CustomerID)
				} else if diff := cmp.Diff(withoutListsOf(s), *found, written); diff != "" {
					t.Errorf("bucket %d of %d (-published +read):\n%s", k, buckets, diff)
				}
			}
			seen += len(got)
		}
		if seen != len(rows) {
			t.Errorf("%d buckets hold %d rows, want %d", buckets, seen, len(rows))
		}
	}
}

// withoutListsOf returns s as Bucket reads it back.
func withoutListsOf(s Score) Score {
	s.NextProducts, s.NextProductProbabilities, s.NextProductReasons = nil, nil, nil
	s.NextCategories, s.NextCategoryProbabilities, s.NextCategoryReasons = nil, nil, nil
	s.Reasons = nil
	return s
}

func TestAReaderStaysWithItsCommit(t *testing.T) {
	st := store.NewMemory()
	publish(t, st, 1, sampleScores(50, 1))
	pinned, err := Head(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	before := readAll(t, pinned)
	publish(t, st, 2, sampleScores(52, 2))
	if diff := cmp.Diff(before, readAll(t, pinned)); diff != "" {
		t.Errorf("a pinned reader moved:\n%s", diff)
	}
	if r, err := At(t.Context(), st, 2); err != nil || len(readAll(t, r)) != 52 {
		t.Errorf("At(2): %v", err)
	}
	if _, err := At(t.Context(), st, 3); !errors.Is(err, ErrNoCommit) {
		t.Errorf("At(3): %v, want ErrNoCommit", err)
	}
}

func TestScoresStopWhenTold(t *testing.T) {
	st := store.NewMemory()
	publish(t, st, 1, sampleScores(50, 1))
	r, err := Head(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, err := range r.Scores(t.Context()) {
		if n++; err != nil || n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("%d rows, want 3", n)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for s, err := range r.Scores(ended) {
		if s != nil || !errors.Is(err, context.Canceled) {
			t.Errorf("after the context ended: %v, %v", s, err)
		}
	}
}

func TestPartsThatAreGone(t *testing.T) {
	st := without{store.NewMemory(), map[string]bool{}}
	first := publish(t, st, 1, sampleScores(50, 1))
	old, err := Head(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	st.gone[first.Parts[1].Key] = true
	if _, err := tryReadAll(t, old); !errors.Is(err, ErrCorrupt) || errors.Is(err, ErrExpired) {
		t.Errorf("a part of the newest commit is gone: %v, want ErrCorrupt", err)
	}
	publish(t, st, 2, sampleScores(50, 1))
	if _, err := tryReadAll(t, old); !errors.Is(err, ErrExpired) {
		t.Errorf("a part of an old commit is gone: %v, want ErrExpired", err)
	}
}

// without hides objects.
type without struct {
	store.Store
	gone map[string]bool
}

func (w without) Read(ctx context.Context, key string) ([]byte, error) {
	if w.gone[key] {
		return nil, store.ErrNotExist
	}
	return w.Store.Read(ctx, key)
}

// What panics in the caller's loop is the caller's, not a corrupt part.
func TestAPanicOfTheCallerPasses(t *testing.T) {
	st := store.NewMemory()
	publish(t, st, 1, sampleScores(5, 1))
	r, err := Head(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if got := recover(); got != "mine" {
			t.Errorf("recovered %v, want the caller's panic", got)
		}
	}()
	for range r.Scores(t.Context()) {
		panic("mine")
	}
}

// A set written before a column was added is read with the column null.
func TestAnOlderSetHasNewColumnsNull(t *testing.T) {
	type older struct {
		CustomerID       string   `parquet:"customer_id"`
		AsOf             int32    `parquet:"as_of,date"`
		ChurnProbability *float64 `parquet:"churn_probability,optional"`
		NextProducts     []string `parquet:"next_products,list"`
	}
	body := parquetOf(t, []older{{"C1", 20000, new(0.25), []string{"a"}}, {"C2", 20000, nil, nil}})
	st := store.NewMemory()
	part := Part{Key: "sets/a/part-00000.parquet", Size: int64(len(body)), SHA256: digest(body), Rows: 2}
	if err := st.Create(t.Context(), part.Key, body); err != nil {
		t.Fatal(err)
	}
	rows, err := (&Reader{&Commit{N: 1, Parts: []Part{part}}, st}).Part(t.Context(), 0)
	want := []Score{{CustomerID: "C1", AsOf: 20000, ChurnProbability: new(0.25), NextProducts: []string{"a"}}, {CustomerID: "C2", AsOf: 20000}}
	if diff := cmp.Diff(want, rows, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(Score{}, "ScoredAt")); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

// parquetOf returns rows of any type as Parquet.
func parquetOf[Row any](t testing.TB, rows []Row, options ...parquet.WriterOption) []byte {
	t.Helper()
	var body bytes.Buffer
	w := parquet.NewGenericWriter[Row](&body, options...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return body.Bytes()
}
