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
	d := &Delta{Base: base.N, Parts: make([]Part, len(next.Parts))}
	counts := make([]DeltaCounts, len(next.Parts))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	before, after := &Reader{base, st}, &Reader{next, st}
	for k := range d.Parts {
		group.Go(func() (err error) {
			d.Parts[k], counts[k], err = bucketDifference(ctx, before, after, k)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("publish: delta to commit %d: %w", next.N, err)
	}
	for _, c := range counts {
		d.Counts.add(c)
	}
	if err := d.check(next); err != nil {
		return nil, fmt.Errorf("publish: delta to commit %d: %w", next.N, err)
	}
	return d, nil
}

// bucketDifference stages the delta of bucket k of after.
func bucketDifference(ctx context.Context, before, after *Reader, k int) (Part, DeltaCounts, error) {
	buckets := len(after.Commit.Parts)
	previous, err := before.bucket(ctx, k, buckets, shownAlone)
	if errors.Is(err, ErrCorrupt) || errors.Is(err, ErrExpired) {
		err = fmt.Errorf("%w: %w", errBaseDamaged, err)
	}
	if err != nil {
		return Part{}, DeltaCounts{}, err
	}
	differ := differ{previous: previous}
	err = after.scan(ctx, k, make([]Score, min(scanRows, after.Commit.Parts[k].Rows)), func(rows []Score) error {
		for i := range rows {
			differ.add(&rows[i])
		}
		return nil
	})
	if err != nil {
		return Part{}, DeltaCounts{}, err
	}
	rows, counts := differ.finish()
	p, err := stageDelta(ctx, after.store, deltaKey(after.Commit.N, after.Commit.RunID, k), rows)
	if err != nil {
		return Part{}, DeltaCounts{}, err
	}
	upserts, deletes, err := p.countDelta(ctx, after.store, k, buckets)
	if err == nil && (upserts != counts.Upserted || deletes != counts.Tombstones) {
		err = fmt.Errorf("%s: %w: %d upserts and %d deletes of %d and %d", p.Key, ErrCorrupt, upserts, deletes, counts.Upserted, counts.Tombstones)
	}
	return p, counts, err
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

// differ compares the rows of one bucket with those of the commit before.
type differ struct {
	previous map[string]*Score // what is left of them once the new rows are added
	rows     []DeltaRow
	counts   DeltaCounts
	comparer comparer
}

// add compares the next row, which it does not keep.
func (d *differ) add(s *Score) {
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
