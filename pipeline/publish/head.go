package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"perennial/pipeline/store"
)

// hintKey names a commit at or before the newest, so that nobody probes from 1.
const hintKey = "CURRENT.json"

type hint struct {
	N uint64 `json:"n"`
}

// remembered is how many commits back an idempotency key is looked for: a year
// of nights and a month.
const remembered = 400

// findHead returns the newest commit or ErrNoCommit. Commit numbers have no
// gaps, so the first absent one ends the search.
func findHead(ctx context.Context, st store.Store) (*Commit, error) {
	n, err := readHint(ctx, st)
	if err != nil {
		return nil, err
	}
	newest, err := readCommit(ctx, st, n)
	if errors.Is(err, ErrNoCommit) {
		newest, n = nil, 0 // no hint, or one that is wrong: probe from the start
	} else if err != nil {
		return nil, err
	}
	for {
		next, err := readCommit(ctx, st, n+1)
		if errors.Is(err, ErrNoCommit) {
			break
		}
		if err != nil {
			return nil, err
		}
		newest, n = next, n+1
	}
	if newest == nil {
		return nil, fmt.Errorf("publish: %w (run a night first)", ErrNoCommit)
	}
	return newest, nil
}

// headIfAny is findHead with nil for a store without commits.
func headIfAny(ctx context.Context, st store.Store) (*Commit, error) {
	head, err := findHead(ctx, st)
	if errors.Is(err, ErrNoCommit) {
		return nil, nil
	}
	return head, err
}

// readHint returns the commit that CURRENT.json names, or 0. A hint that cannot
// be parsed is none: it costs probes, never truth.
func readHint(ctx context.Context, st store.Store) (uint64, error) {
	body, err := st.Read(ctx, hintKey)
	if errors.Is(err, store.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("publish: %w", err)
	}
	var h hint
	if json.Unmarshal(body, &h) != nil {
		return 0, nil
	}
	return h.N, nil
}

// advance moves the hint forward to commit n. Two writers at once may leave it
// behind the newest commit, which the next writer mends.
func advance(ctx context.Context, st store.Store, n uint64) error {
	current, err := readHint(ctx, st)
	if err != nil {
		return err
	}
	if current >= n {
		if _, err := readCommit(ctx, st, current); err == nil {
			return nil
		}
	}
	body, err := json.Marshal(hint{n})
	if err != nil {
		return err
	}
	if err := st.Replace(ctx, hintKey, append(body, '\n')); err != nil {
		return fmt.Errorf("publish: move %s to commit %d: %w", hintKey, n, err)
	}
	return nil
}

// Published returns the newest commit that carries the idempotency key, or nil.
// It looks at the last 400 commits.
func Published(ctx context.Context, st store.Store, idempotencyKey string) (*Commit, error) {
	head, err := headIfAny(ctx, st)
	if err != nil {
		return nil, err
	}
	return publishedAfter(ctx, st, head, idempotencyKey, 0)
}

// publishedAfter looks for the key from head back to the commit after n.
func publishedAfter(ctx context.Context, st store.Store, head *Commit, idempotencyKey string, n uint64) (*Commit, error) {
	c := head
	for range remembered {
		if c == nil || c.N <= n {
			return nil, nil
		}
		if c.IdempotencyKey == idempotencyKey && c.Kind == KindPublish {
			return c, nil
		}
		if c.N == 1 {
			return nil, nil
		}
		var err error
		if c, err = readCommit(ctx, st, c.N-1); err != nil {
			return nil, err
		}
	}
	return nil, nil
}
