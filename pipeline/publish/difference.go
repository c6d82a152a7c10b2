package publish

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"perennial/pipeline/store"
)

// errBaseDamaged: the commit before cannot be read, so nothing can be told from it.
var errBaseDamaged = errors.New("the commit before cannot be read")

// difference stages the delta from base to the proposed commit next: a part for
// each of its buckets, each written, then read back and counted. It needs the
// memory of a bucket of both sets for each processor. Made again, it writes the
// same bytes to the same keys.
func difference(ctx context.Context, st store.Store, base, next *Commit) (*Delta, error) {
	parts := make([]deltaPart, len(next.Parts))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	after := &Reader{next, st}
	for k := range parts {
		group.Go(func() (err error) {
			parts[k], err = bucketDifference(ctx, base, after, k)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("publish: delta to commit %d: %w", next.N, err)
	}
	return newDelta(base, next, parts)
}

// deltaPart is the staged delta of one bucket.
type deltaPart struct {
	part   Part
	counts DeltaCounts
}

// newDelta returns the delta from base to next that the parts make.
func newDelta(base, next *Commit, parts []deltaPart) (*Delta, error) {
	d := &Delta{Base: base.N}
	for _, p := range parts {
		d.Parts = append(d.Parts, p.part)
		d.Counts.add(p.counts)
	}
	if err := d.check(next); err != nil {
		return nil, fmt.Errorf("publish: delta to commit %d: %w", next.N, err)
	}
	return d, nil
}

// bucketDifference stages the delta of bucket k of after.
func bucketDifference(ctx context.Context, base *Commit, after *Reader, k int) (deltaPart, error) {
	differ, err := newDiffer(ctx, base, after.store, k, len(after.Commit.Parts))
	if err != nil {
		return deltaPart{}, err
	}
	err = after.scan(ctx, k, make([]Score, min(scanRows, after.Commit.Parts[k].Rows)), func(rows []Score) error {
		for i := range rows {
			differ.add(&rows[i])
		}
		return nil
	})
	if err != nil {
		return deltaPart{}, err
	}
	return differ.stage(ctx, after.store, after.Commit, k)
}

func stageDelta(ctx context.Context, st store.Store, key string, rows []DeltaRow) (Part, error) {
	body, err := encodeDelta(rows)
	if err == nil {
		err = createOnce(ctx, st, key, body)
	}
	if err != nil {
		return Part{}, fmt.Errorf("stage %s: %w", key, err)
	}
	return Part{Key: key, Size: int64(len(body)), SHA256: digest(body), Rows: int64(len(rows))}, nil
}

// differ compares the rows of one bucket with those of the commit before. Where
// there is none, a nil differ compares nothing and stages nothing.
type differ struct {
	previous map[string]*Score // what is left of them once the new rows are added
	rows     []DeltaRow
	counts   DeltaCounts
	comparer comparer
}

// newDiffer compares with the rows that base has of bucket k of buckets; nil is
// nothing to compare with. Where base cannot be read it returns errBaseDamaged.
func newDiffer(ctx context.Context, base *Commit, st store.Store, k, buckets int) (*differ, error) {
	if base == nil {
		return nil, nil
	}
	previous, err := (&Reader{base, st}).bucket(ctx, k, buckets, hiddenColumns)
	switch {
	case errors.Is(err, ErrCorrupt), errors.Is(err, ErrExpired):
		return nil, fmt.Errorf("%w: %w", errBaseDamaged, err)
	case err != nil:
		return nil, err
	}
	return &differ{previous: previous}, nil
}

// stage writes the delta to bucket k of next, after the last add, reads it back and
// counts it.
func (d *differ) stage(ctx context.Context, st store.Store, next *Commit, k int) (deltaPart, error) {
	if d == nil {
		return deltaPart{}, nil
	}
	rows, counts := d.finish()
	p, err := stageDelta(ctx, st, deltaKey(next.N, next.RunID, k), rows)
	if err != nil {
		return deltaPart{}, err
	}
	upserts, deletes, err := p.countDelta(ctx, st, k, len(next.Parts))
	if err == nil && (upserts != counts.Upserted || deletes != counts.Tombstones) {
		err = fmt.Errorf("%s: %w: %d upserts and %d deletes of %d and %d", p.Key, ErrCorrupt, upserts, deletes, counts.Upserted, counts.Tombstones)
	}
	return deltaPart{p, counts}, err
}

// add compares the next row, which it does not keep.
func (d *differ) add(s *Score) {
	if d == nil {
		return
	}
	before := d.previous[s.CustomerID]
	delete(d.previous, s.CustomerID)
	if before != nil && !before.shown() {
		before = nil // nobody shows the customer yet
	}
	switch {
	case !s.shown():
		d.counts.Ineligible++
		d.bury(before)
	case before != nil && before.RowHash == s.RowHash:
		d.counts.Unchanged++
	default:
		d.counts.Upserted++
		row := DeltaRow{Op: Upsert, CustomerID: s.CustomerID, Changed: d.comparer.changed(before, s), Score: new(*s)}
		if before != nil {
			row.PreviousRowHash = before.RowHash
		}
		d.rows = append(d.rows, row)
	}
}

// bury adds a tombstone for a customer whom the commit before showed.
func (d *differ) bury(before *Score) {
	if before == nil || !before.shown() {
		return
	}
	d.counts.Tombstones++
	d.rows = append(d.rows, DeltaRow{Op: Delete, CustomerID: before.CustomerID, PreviousRowHash: before.RowHash})
}

// finish returns the rows in the order of customers, after the last add.
func (d *differ) finish() ([]DeltaRow, DeltaCounts) {
	for _, before := range d.previous {
		d.counts.Deleted++
		d.bury(before)
	}
	slices.SortFunc(d.rows, func(a, b DeltaRow) int { return cmp.Compare(a.CustomerID, b.CustomerID) })
	c := &d.counts
	c.Total = c.Upserted + c.Unchanged + c.Deleted + c.Ineligible
	return d.rows, d.counts
}
