package publish

import (
	"context"
	"fmt"

	"perennial/pipeline/store"
)

// VerifyReport is what a full reading of one commit found.
type VerifyReport struct {
	N        uint64     `json:"n"`
	Parts    int        `json:"parts"` // that are as the record says
	Rows     int64      `json:"rows"`
	Bytes    int64      `json:"bytes"`
	IDs      IDChecksum `json:"ids"`
	Problems []string   `json:"problems,omitempty"` // empty: the commit is whole
}

// OK reports whether the commit is whole.
func (r *VerifyReport) OK() bool { return len(r.Problems) == 0 }

// Verify reads every byte of commit n, or of the newest for 0, and compares it
// with the commit record. What is wrong with parts is in the report; an error
// means that there is no record to compare with.
func Verify(ctx context.Context, st store.Store, n uint64) (VerifyReport, error) {
	c, err := findHead(ctx, st)
	if err == nil && n != 0 {
		c, err = readCommit(ctx, st, n)
	}
	if err != nil {
		return VerifyReport{}, err
	}
	r := VerifyReport{N: c.N}
	reader := &Reader{c, st}
	for k := range c.Parts {
		if err := ctx.Err(); err != nil {
			return r, fmt.Errorf("publish: verify commit %d: %w", c.N, err)
		}
		if err := reader.verifyPart(ctx, k, &r); err != nil {
			r.Problems = append(r.Problems, err.Error())
		}
	}
	if r.OK() && r.IDs != c.IDs {
		r.Problems = append(r.Problems, fmt.Sprintf("the parts hold %v; the record says %v", r.IDs, c.IDs))
	}
	return r, nil
}

// verifyPart adds part k to the report if every row of it is in its place.
func (r *Reader) verifyPart(ctx context.Context, k int, report *VerifyReport) error {
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
