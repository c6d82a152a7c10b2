package publish

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/parquet-go/parquet-go"
	"golang.org/x/sync/errgroup"
)

// Bounds on memory: rows decoded at a time, and parts tallied before merging.
const (
	scanRows    = 512
	partsAtOnce = 32
)

// schemaHash returns the SHA-256 of the contract's Parquet schema.
func schemaHash() string { return digest([]byte(parquet.SchemaOf(Score{}).String())) }

// read is what one reading of the staged parts of a set yields.
type read struct {
	tally   *tally
	deltas  []deltaPart // nil without a commit before
	damaged error       // errBaseDamaged: the deltas are of no use
}

// delta returns the delta from base, nil for a first commit.
func (r *read) delta(base, next *Commit) (*Delta, error) {
	if base == nil || r.damaged != nil {
		return nil, r.damaged
	}
	return newDelta(base, next, r.deltas)
}

// readBack reads the staged parts as a reader will, each of them once: it tallies
// their rows and stages what they change of base, nil for none. It needs the
// memory of a bucket of base for each processor.
func (s Set) readBack(ctx context.Context, d Draft, next, base *Commit) (*read, error) {
	if len(d.Parts) != s.Buckets {
		return nil, fmt.Errorf("publish: run %s: %d parts for %d buckets", s.RunID, len(d.Parts), s.Buckets)
	}
	total := &read{tally: new(tally), deltas: make([]deltaPart, len(d.Parts))}
	damages := make([]error, len(d.Parts))
	for from := 0; from < len(d.Parts); from += partsAtOnce {
		tallies := make([]*tally, min(partsAtOnce, len(d.Parts)-from))
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(runtime.GOMAXPROCS(0))
		for i := range tallies {
			group.Go(func() (err error) {
				k := from + i
				tallies[i], total.deltas[k], err = s.readPart(ctx, next, base, k)
				if errors.Is(err, errBaseDamaged) {
					damages[k], err = err, nil
				}
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
		for _, t := range tallies {
			total.tally.merge(t)
		}
	}
	total.damaged = errors.Join(damages...)
	return total, nil
}

// readPart tallies part k and stages its delta. With errBaseDamaged there is a
// tally and no delta.
func (s Set) readPart(ctx context.Context, next, base *Commit, k int) (t *tally, delta deltaPart, err error) {
	p := &next.Parts[k]
	if key := s.partKey(k); p.Key != key {
		return nil, delta, fmt.Errorf("publish: run %s: part %d is %q, not %q", s.RunID, k, p.Key, key)
	}
	body, err := p.fetch(ctx, s.Store)
	if err != nil {
		return nil, delta, fmt.Errorf("publish: read back %w", err)
	}
	differ, damaged := newDiffer(ctx, base, s.Store, k, s.Buckets)
	if damaged != nil && !errors.Is(damaged, errBaseDamaged) {
		return nil, delta, damaged
	}
	t, err = p.tally(body, k, expected{runID: s.RunID, asOf: next.AsOf, buckets: s.Buckets}, differ)
	if err != nil {
		return nil, delta, fmt.Errorf("publish: read back %w", err)
	}
	delta, err = differ.stage(ctx, s.Store, next, k)
	return t, delta, cmp.Or(err, damaged)
}

// tally tallies the rows of the part's verified bytes, and has differ add each.
func (p *Part) tally(body []byte, k int, want expected, differ *differ) (*tally, error) {
	file, err := p.open(body)
	if err != nil {
		return nil, err
	}
	t := new(tally)
	if !parquet.EqualNodes(file.Schema(), parquet.SchemaOf(Score{})) {
		t.misfits.add("", "%s has another schema than the contract", p.Key)
	}
	previous := ""
	err = p.scan(file, make([]Score, min(scanRows, p.Rows)), func(rows []Score) error {
		for i := range rows {
			t.add(&rows[i], previous, k, want)
			differ.add(&rows[i])
			previous = rows[i].CustomerID
		}
		return nil
	})
	return t, err
}
