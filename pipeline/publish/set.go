package publish

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"perennial/pipeline/store"
)

// Set is a score set on its way to a commit: parts staged under a run id that is
// used once. A Set has no state of its own; parts may be written from many
// goroutines, or machines.
type Set struct {
	Store   store.Store
	RunID   string
	Buckets int // hash buckets, one part each

	// Fence is asked, after the newest commit has been read and before the next is
	// proposed, whether the rows may still be published; nil means yes. What it finds
	// must be on record before whoever changes it commits: then that commit stops
	// this one, or Fence does.
	Fence func(context.Context) error
}

// NewRunID returns the id of a run that starts at the given time: a UTC time
// that sorts, and a nonce that keeps two runs of one second apart.
func NewRunID(at time.Time, nonce uint64) string {
	return fmt.Sprintf("%s-%016x", strings.ToLower(at.UTC().Format("20060102T150405Z")), nonce)
}

// maxBuckets is what the five digits in a part's name can number.
const maxBuckets = 100_000

// check returns an error unless the set's keys can be made.
func (s Set) check() error {
	if s.Buckets < 1 || s.Buckets > maxBuckets {
		return fmt.Errorf("publish: run %s: %d buckets: not within 1 and %d", s.RunID, s.Buckets, maxBuckets)
	}
	if strings.Contains(s.RunID, "/") {
		return fmt.Errorf("publish: run id %q: not one part of a key", s.RunID)
	}
	return store.CheckKey(s.RunID)
}

func (s Set) partKey(k int) string { return fmt.Sprintf("sets/%s/part-%05d.parquet", s.RunID, k) }

// WritePart stages the rows of bucket k, sorted by customer_id; a bucket without
// customers is a part without rows. It fills in RunID, SchemaVersion and RowHash.
// Writing the same rows again is no error.
func (s Set) WritePart(ctx context.Context, k int, rows []Score) (Part, error) {
	if err := s.check(); err != nil {
		return Part{}, err
	}
	key := s.partKey(k)
	if k < 0 || k >= s.Buckets {
		return Part{}, fmt.Errorf("publish: stage %s: there are %d buckets", key, s.Buckets)
	}
	for i := range rows {
		if err := s.stamp(rows, i, k); err != nil {
			return Part{}, fmt.Errorf("publish: stage %s: row %d: %w", key, i, err)
		}
	}
	body, err := encodePart(rows)
	if err != nil {
		return Part{}, fmt.Errorf("publish: stage %s: %w", key, err)
	}
	if err := createOnce(ctx, s.Store, key, body); err != nil {
		return Part{}, fmt.Errorf("publish: stage %s: %w", key, err)
	}
	return Part{Key: key, Size: int64(len(body)), SHA256: digest(body), Rows: int64(len(rows))}, nil
}

// stamp checks that row i stands where readers look for it and fills in what
// publish knows. Duplicates pass: they are for gate H1 to count.
func (s Set) stamp(rows []Score, i, k int) error {
	row := &rows[i]
	if bucket := BucketOf(row.CustomerID, s.Buckets); bucket != k {
		return fmt.Errorf("customer %q belongs to bucket %d", row.CustomerID, bucket)
	}
	if i > 0 && rows[i-1].CustomerID > row.CustomerID {
		return fmt.Errorf("customer %q comes after %q (sort the rows by customer_id)", row.CustomerID, rows[i-1].CustomerID)
	}
	row.RunID = s.RunID
	row.SchemaVersion = SchemaVersion
	row.RowHash = RowHash(row)
	return nil
}

// createOnce creates an object whose key only this run uses. If the store
// answers with an error, the object may be there all the same, the answer lost.
func createOnce(ctx context.Context, st store.Store, key string, body []byte) error {
	err := st.Create(ctx, key, body)
	if err == nil {
		return nil
	}
	found, readErr := st.Read(ctx, key)
	switch {
	case readErr != nil:
		return err
	case bytes.Equal(found, body):
		return nil
	}
	return errors.Join(err, fmt.Errorf("%s holds other bytes (start the run again under a new run id)", key))
}
