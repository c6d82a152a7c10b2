package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"perennial/pipeline/history"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

// begun is a night that has begun and not ended, at nights/<key>.json. A night that
// finds one was killed before: it takes over the run id and the time, which stand in
// every row, and so publishes the bytes that would have been published. Any orderly
// end removes it.
//
// Two processes at once on one night, such as one that was taken for dead and the
// one that took over, share it: they do the same work, create the same objects and
// win or find the same commit.
type begun struct {
	RunID     string      `json:"run_id"`
	StartedAt time.Time   `json:"started_at"`
	AsOf      history.Day `json:"as_of"`
	Base      uint64      `json:"base"`   // the newest commit then, which the rows are compared with; 0 for none
	Office    office      `json:"office"` // who was in office then
}

// workKey identifies a night by what it is given, before it is known which models
// will score it.
func (n *night) workKey() string {
	return shortHash(fmt.Appendf(nil, "%s|%s|%s|%s", n.opts.AsOf, n.inputs.Fingerprint(), n.cfg.Hash(), n.env.Version))
}

// key identifies a night's result: equal keys give equal scores. It covers the
// models that score: a night that trains has its key when it has promoted, and
// run again finds that key at once, while a model that somebody imports or
// promotes later makes another key.
func (n *night) key() string {
	return shortHash(fmt.Appendf(nil, "%s|%s", n.workKey(), n.office))
}

func (n *night) begunKey() string { return "nights/" + n.workKey() + ".json" }

// settleIn finds where the night works and gives it its run id and its beginning:
// those of the killed night that it goes on with, or new ones.
func (n *night) settleIn(ctx context.Context) (err error) {
	if n.opts.past {
		err = n.within(ctx)
	} else {
		err = n.follow(ctx)
	}
	if err != nil {
		return err
	}
	if n.office, err = readOffice(ctx, n.registry, n.cfg); err != nil {
		return err
	}
	start := n.env.Clock()
	fresh := begun{publish.NewRunID(start, n.env.Nonce()), start, n.opts.AsOf, n.base(), n.office}
	found, err := n.claim(ctx, fresh)
	if err != nil {
		return err
	}
	n.runID, n.start, n.resumed = found.RunID, found.StartedAt, found.RunID != fresh.RunID
	if err := n.work.sweep(ctx, n.runID, n.begunKey()); err != nil {
		return err
	}
	if found.Base != fresh.Base && found.Base > 0 { // its own commit is the newest by now
		n.previous, err = publish.At(ctx, n.store, found.Base)
	}
	return err
}

// follow finds the newest commit. Behind a damaged record nobody can tell what is
// published already, so that a person must decide to go past it.
func (n *night) follow(ctx context.Context) (err error) {
	n.previous, err = headOf(ctx, n.store)
	switch {
	case !errors.Is(err, publish.ErrCorrupt):
		return err
	case n.opts.Force:
		n.env.Log.Warn("the newest commit cannot be read, and nothing is compared with it", "cause", err)
		return nil
	}
	return fmt.Errorf("%w (nothing is changed; what to do says: perennial repair)", err)
}

// base returns the number of the commit that rows are compared with, 0 for none.
func (n *night) base() uint64 { return number(n.previous) }

// number returns that of a commit, 0 for none.
func number(reader *publish.Reader) uint64 {
	if reader == nil {
		return 0
	}
	return reader.Commit.N
}

// headOf returns the newest commit, nil for a store without any.
func headOf(ctx context.Context, st store.Store) (*publish.Reader, error) {
	reader, err := publish.Head(ctx, st)
	if errors.Is(err, publish.ErrNoCommit) {
		return nil, nil
	}
	return reader, err
}

// claim returns the night that is on record if this one can go on with it, and
// else puts fresh on record.
func (n *night) claim(ctx context.Context, fresh begun) (begun, error) {
	text, err := json.MarshalIndent(fresh, "", "  ")
	if err != nil {
		return begun{}, err
	}
	if !n.opts.Force {
		failed := n.store.Create(ctx, n.begunKey(), text)
		if failed == nil {
			return fresh, nil
		}
		found, err := readBegun(ctx, n.store, n.begunKey())
		if err != nil {
			return begun{}, errors.Join(failed, err)
		}
		goesOn, err := found.goesOn(ctx, n.store, fresh)
		if err != nil {
			return begun{}, err
		}
		// A past day is compared with another series, whose commits are not its own.
		if goesOn && (found.Base == fresh.Base || !n.opts.past) {
			return *found, nil
		}
	}
	return fresh, n.store.Replace(ctx, n.begunKey(), text)
}

// readBegun returns the record at key, nil if there is none or a torn one.
func readBegun(ctx context.Context, st store.Store, key string) (*begun, error) {
	text, err := st.Read(ctx, key)
	if errors.Is(err, store.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	b := new(begun)
	if json.Unmarshal(text, b) != nil || b.RunID == "" {
		return nil, nil
	}
	return b, nil
}

// goesOn reports whether the night can be gone on with by one that would begin as
// fresh does: commits and models are those that it knew, but for what it did itself.
func (b *begun) goesOn(ctx context.Context, st store.Store, fresh begun) (bool, error) {
	if b == nil {
		return false, nil
	}
	if b.Base != fresh.Base {
		next, err := publish.At(ctx, st, b.Base+1)
		if errors.Is(err, publish.ErrNoCommit) || err == nil && next.Commit.RunID != b.RunID {
			return false, nil // the newest commit is another one to compare with
		}
		if err != nil {
			return false, err
		}
	}
	decided, err := readTrained(ctx, st, b.RunID)
	if err != nil {
		return false, err
	}
	then := b.Office
	if decided != nil {
		then = then.after(decided.Promotions)
	}
	return fresh.Office.between(b.Office, then), nil
}

// forget removes the record of the night, which has ended.
func (n *night) forget(ctx context.Context) error { return n.store.Delete(ctx, n.begunKey()) }
