package publish

import (
	"context"
	"errors"
	"fmt"

	"perennial/pipeline/store"
)

// VerifyReport is what a full reading of one commit found.
type VerifyReport struct {
	N             uint64     `json:"n"`
	Parts         int        `json:"parts"`   // that are as the record says
	Missing       int        `json:"missing"` // parts that are not there: of an old commit, collected
	Rows          int64      `json:"rows"`
	Bytes         int64      `json:"bytes"`
	IDs           IDChecksum `json:"ids"`
	DeltaRows     int64      `json:"delta_rows"`               // that are as the record says
	Problems      []string   `json:"problems,omitempty"`       // empty: the set is whole
	DeltaProblems []string   `json:"delta_problems,omitempty"` // empty: the delta is whole, or there is none
	Gone          Gone       `json:"gone,omitempty"`           // why what is missing is no damage; empty: it is

	deltaMissing bool // a part of the delta is not there
}

// Gone says who has taken what is missing of a commit.
type Gone string

// The reasons for which objects of a commit are gone.
const (
	Collected Gone = "collected" // by garbage collection: the commit is old
	Erased    Gone = "erased"    // by a later erasure, with the customers that they showed
)

// Whole reports whether the set can be read.
func (r *VerifyReport) Whole() bool { return len(r.Problems) == 0 }

// OK reports whether the set and the delta are whole, or have gone in good order.
func (r *VerifyReport) OK() bool {
	return r.Gone != "" || r.Whole() && len(r.DeltaProblems) == 0
}

// explain finds out whether what is missing of commit c was taken in good order:
// erased says that an erasure came after it, head is the newest commit.
func (r *VerifyReport) explain(c, head *Commit, erased bool) {
	onlyMissing := r.Missing == len(r.Problems) && (len(r.DeltaProblems) == 0 || r.deltaMissing)
	kept := DefaultPolicy(0)
	recent := head.N-c.N < uint64(kept.Keep) && head.CreatedAt.Sub(c.CreatedAt) < kept.Young
	switch {
	case r.OK() || !onlyMissing:
	case erased:
		r.Gone = Erased
	case r.Parts == 0 && r.Missing > 0 && !recent:
		r.Gone = Collected
	}
}

// Verify reads every byte of commit n, or of the newest for 0, and compares it
// with the commit record: the set and the delta that led to it. What is wrong with
// them is in the report; an error means that there is no record to compare with.
func Verify(ctx context.Context, st store.Store, n uint64) (VerifyReport, error) {
	head, err := findHead(ctx, st)
	if err != nil && (n == 0 || !errors.Is(err, ErrCorrupt)) {
		return VerifyReport{}, err
	}
	if n == 0 {
		n = head.N
	}
	c, err := readCommit(ctx, st, n)
	if err != nil {
		return VerifyReport{}, err
	}
	if head == nil {
		head = c // what is known of the newest
	}
	r, err := verify(ctx, st, c)
	if err != nil || r.OK() {
		return r, err
	}
	erased := false
	for later := n + 1; later <= head.N && !erased; later++ {
		c, err := readCommit(ctx, st, later)
		if err != nil && !errors.Is(err, ErrCorrupt) {
			return r, err
		}
		erased = err == nil && c.Kind == KindErasure
	}
	r.explain(c, head, erased)
	return r, nil
}

func verify(ctx context.Context, st store.Store, c *Commit) (VerifyReport, error) {
	r := VerifyReport{N: c.N}
	reader := &Reader{c, st}
	if err := reader.verifySet(ctx, &r, nil); err != nil {
		return r, err
	}
	if c.Delta == nil {
		return r, nil
	}
	if err := c.Delta.verify(ctx, st); err != nil {
		r.DeltaProblems = append(r.DeltaProblems, err.Error())
		r.deltaMissing = errors.Is(err, ErrExpired) || errors.Is(err, store.ErrNotExist)
	} else {
		r.DeltaRows = c.Delta.Counts.Upserted + c.Delta.Counts.Tombstones
	}
	return r, ctx.Err()
}

// verifySet adds every part to the report, and what is wrong with it. Customers
// for whom erased, which may be nil, is true are an error.
func (r *Reader) verifySet(ctx context.Context, report *VerifyReport, erased func(string) bool) error {
	for k := range r.Commit.Parts {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("publish: verify commit %d: %w", r.Commit.N, err)
		}
		err := r.verifyPart(ctx, k, report, erased)
		if errors.Is(err, ErrErased) {
			return err
		}
		if err != nil {
			report.Problems = append(report.Problems, err.Error())
		}
		if errors.Is(err, ErrExpired) || errors.Is(err, store.ErrNotExist) {
			report.Missing++
		}
	}
	if report.Whole() && report.IDs != r.Commit.IDs {
		report.Problems = append(report.Problems, fmt.Sprintf("the parts hold %v; the record says %v", report.IDs, r.Commit.IDs))
	}
	return nil
}

// verifyPart adds part k to the report if every row of it is in its place.
func (r *Reader) verifyPart(ctx context.Context, k int, report *VerifyReport, erased func(string) bool) error {
	p := &r.Commit.Parts[k]
	var ids IDChecksum
	previous := ""
	err := r.scan(ctx, k, make([]Score, min(scanRows, p.Rows)), func(rows []Score) error {
		for i := range rows {
			id := rows[i].CustomerID
			if id <= previous {
				return fmt.Errorf("%s: %w: customer %q comes after %q", p.Key, ErrCorrupt, id, previous)
			}
			if bucket := BucketOf(id, len(r.Commit.Parts)); bucket != k {
				return fmt.Errorf("%s: %w: customer %q belongs to bucket %d", p.Key, ErrCorrupt, id, bucket)
			}
			if erased != nil && erased(id) {
				return fmt.Errorf("%s: %w", p.Key, ErrErased)
			}
			ids.Add(id)
			previous = id
		}
		return nil
	})
	if err != nil {
		return err
	}
	report.Parts++
	report.Rows += p.Rows
	report.Bytes += p.Size
	report.IDs.Merge(ids)
	return nil
}
