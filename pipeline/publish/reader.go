package publish

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"

	"perennial/pipeline/store"
)

// Reader reads one commit. It stays with that commit whatever is published
// meanwhile; every row comes from bytes whose hash the commit record names.
type Reader struct {
	Commit *Commit // read only
	store  store.Store
}

// Head returns a reader of the newest commit, or ErrNoCommit.
func Head(ctx context.Context, st store.Store) (*Reader, error) {
	c, err := findHead(ctx, st)
	if err != nil {
		return nil, err
	}
	return &Reader{c, st}, nil
}

// At returns a reader of commit n, or ErrNoCommit.
func At(ctx context.Context, st store.Store, n uint64) (*Reader, error) {
	c, err := readCommit(ctx, st, n)
	if err != nil {
		return nil, err
	}
	return &Reader{c, st}, nil
}

// Scores returns the rows of all parts, one part after the other. A row is good
// until the next one; a caller that keeps it copies it. After an error there are
// no more rows.
func (r *Reader) Scores(ctx context.Context) iter.Seq2[*Score, error] {
	return func(yield func(*Score, error) bool) {
		batch := make([]Score, min(scanRows, r.Commit.Rows))
		for k := range r.Commit.Parts {
			err := r.scan(ctx, k, batch, func(rows []Score) error {
				for i := range rows {
					if !yield(&rows[i], nil) {
						return errStopped
					}
				}
				return nil
			})
			if errors.Is(err, errStopped) {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// errStopped ends a scan whose consumer wants no more rows.
var errStopped = errors.New("stopped")

// Part returns the rows of hash bucket k, sorted by customer.
func (r *Reader) Part(ctx context.Context, k int) ([]Score, error) { return r.part(ctx, k) }

func (r *Reader) part(ctx context.Context, k int, without ...string) ([]Score, error) {
	if k < 0 || k >= len(r.Commit.Parts) {
		return nil, fmt.Errorf("publish: read commit %d: no part %d of %d", r.Commit.N, k, len(r.Commit.Parts))
	}
	rows := make([]Score, r.Commit.Parts[k].Rows)
	n := 0
	err := r.scan(ctx, k, rows, func(batch []Score) error {
		n += copy(rows[n:], batch)
		return nil
	}, without...)
	if err != nil {
		return nil, err
	}
	return rows[:n], nil
}

// Bucket returns the rows of hash bucket k of buckets by customer, whatever the
// number of buckets of the commit: a night that hashes more finely or coarsely
// than the last still finds a customer's previous row. With an equal number it
// reads one part; otherwise the parts k modulo the greatest common divisor. Lists
// are left out: they cost half of the reading, and no night asks what the one
// before recommended.
func (r *Reader) Bucket(ctx context.Context, k, buckets int) (map[string]*Score, error) {
	return r.bucket(ctx, k, buckets, listColumns)
}

func (r *Reader) bucket(ctx context.Context, k, buckets int, without []string) (map[string]*Score, error) {
	found := make(map[string]*Score)
	step := gcd(len(r.Commit.Parts), buckets)
	for part := k % step; part < len(r.Commit.Parts); part += step {
		rows, err := r.part(ctx, part, without...)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			if s := &rows[i]; BucketOf(s.CustomerID, buckets) == k {
				found[s.CustomerID] = s
			}
		}
	}
	return found, nil
}

// listColumns are the columns that hold lists.
var listColumns = namesOf(contract, func(c *column) bool {
	return reflect.TypeFor[Score]().Field(c.field).Type.Kind() == reflect.Slice
})

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// scan verifies and decodes part k; see Part.scan.
func (r *Reader) scan(ctx context.Context, k int, batch []Score, visit func([]Score) error, without ...string) error {
	p := &r.Commit.Parts[k]
	body, err := r.fetch(ctx, p)
	if err != nil {
		return err
	}
	file, err := p.open(body)
	if err == nil {
		err = p.scan(file, batch, visit, without...)
	}
	if err != nil {
		return fmt.Errorf("publish: read commit %d: %w", r.Commit.N, err)
	}
	return nil
}

// fetch returns the part's verified bytes. An absent part of a commit that is no
// longer the newest has been collected.
func (r *Reader) fetch(ctx context.Context, p *Part) ([]byte, error) {
	body, err := p.fetch(ctx, r.store)
	if err == nil {
		return body, nil
	}
	if !errors.Is(err, store.ErrNotExist) {
		return nil, fmt.Errorf("publish: read commit %d: %w", r.Commit.N, err)
	}
	tip, tipErr := findTip(ctx, r.store)
	if tipErr != nil {
		return nil, tipErr
	}
	if tip.n > r.Commit.N {
		return nil, fmt.Errorf("publish: read commit %d: %w: %s is gone (read commit %d, the newest)", r.Commit.N, ErrExpired, p.Key, tip.n)
	}
	return nil, fmt.Errorf("publish: read commit %d: %w: %w (bring the object back from a backup, or roll back)", r.Commit.N, ErrCorrupt, err)
}
