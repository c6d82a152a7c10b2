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

// tip is the newest commit record, readable or not.
type tip struct {
	n      uint64
	newest *Commit // nil when damaged
	damage error
}

// shows reports whether readers of the newest commit see the set of commit n.
func (t tip) shows(n uint64) bool {
	return t.newest != nil && n > 0 && (t.n == n || t.newest.RestoredFrom == n)
}

// findTip returns the newest commit, or ErrNoCommit. Commit numbers have no
// gaps, so the first absent one ends the search. A damaged record holds its number
// all the same.
func findTip(ctx context.Context, st store.Store) (tip, error) {
	n, err := readHint(ctx, st)
	if err != nil {
		return tip{}, err
	}
	var t tip
	for n = max(n, 1); ; n++ {
		c, err := readCommit(ctx, st, n)
		switch {
		case errors.Is(err, ErrNoCommit) && t.n == 0 && n > 1:
			n = 0 // the hint is wrong: probe from the start
		case errors.Is(err, ErrNoCommit) && t.n == 0:
			return tip{}, fmt.Errorf("publish: %w (run a night first)", ErrNoCommit)
		case errors.Is(err, ErrNoCommit):
			return t, nil
		case errors.Is(err, ErrCorrupt):
			t = tip{n, nil, err}
		case err != nil:
			return tip{}, err
		default:
			t = tip{n, c, nil}
		}
	}
}

// findHead returns the newest commit or ErrNoCommit.
func findHead(ctx context.Context, st store.Store) (*Commit, error) {
	t, err := findTip(ctx, st)
	if err != nil {
		return nil, err
	}
	return t.newest, t.damage
}

// tipIfAny is findTip with the zero value for a store without commits.
func tipIfAny(ctx context.Context, st store.Store) (tip, error) {
	t, err := findTip(ctx, st)
	if errors.Is(err, ErrNoCommit) {
		return tip{}, nil
	}
	return t, err
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
	return writeHint(ctx, st, n)
}

func writeHint(ctx context.Context, st store.Store, n uint64) error {
	body, err := json.Marshal(hint{n})
	if err != nil {
		return err
	}
	if err := st.Replace(ctx, hintKey, append(body, '\n')); err != nil {
		return fmt.Errorf("publish: move %s to commit %d: %w", hintKey, n, err)
	}
	return nil
}
