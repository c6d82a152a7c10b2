package publish

import (
	"context"
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

// readBack reads the staged parts as a reader will and tallies their rows.
func (s Set) readBack(ctx context.Context, d Draft) (*tally, error) {
	if len(d.Parts) != s.Buckets {
		return nil, fmt.Errorf("publish: run %s: %d parts for %d buckets", s.RunID, len(d.Parts), s.Buckets)
	}
	total := new(tally)
	for from := 0; from < len(d.Parts); from += partsAtOnce {
		tallies := make([]*tally, min(partsAtOnce, len(d.Parts)-from))
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(runtime.GOMAXPROCS(0))
		for i := range tallies {
			group.Go(func() (err error) {
				tallies[i], err = s.tallyPart(ctx, d, from+i)
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
		for _, t := range tallies {
			total.merge(t)
		}
	}
	return total, nil
}

func (s Set) tallyPart(ctx context.Context, d Draft, k int) (*tally, error) {
	p := &d.Parts[k]
	if key := s.partKey(k); p.Key != key {
		return nil, fmt.Errorf("publish: run %s: part %d is %q, not %q", s.RunID, k, p.Key, key)
	}
	body, err := p.fetch(ctx, s.Store)
	if err != nil {
		return nil, fmt.Errorf("publish: read back %w", err)
	}
	t, err := p.tally(body, k, expected{runID: s.RunID, asOf: d.AsOf, buckets: s.Buckets})
	if err != nil {
		return nil, fmt.Errorf("publish: read back %w", err)
	}
	return t, nil
}

// tally tallies the rows of the part's verified bytes.
func (p *Part) tally(body []byte, k int, want expected) (*tally, error) {
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
			previous = rows[i].CustomerID
		}
		return nil
	})
	return t, err
}
