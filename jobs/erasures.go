package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"

	"perennial/command"
	"perennial/pipeline/erasure"
	"perennial/pipeline/history"
	"perennial/pipeline/store"
)

// errListGrown: a customer was erased while the work was under way that would have
// published her.
var errListGrown = errors.New("a customer was erased meanwhile")

// loadErased reads the list of erased customers. A list that cannot be read stops
// whatever would publish without it.
func loadErased(ctx context.Context, st store.Store, cfg Config) (*erasure.List, error) {
	list, err := erasure.Load(ctx, st, cfg.erasureKey)
	switch {
	case errors.Is(err, erasure.ErrUnreadable):
		return nil, &command.Error{Code: command.ExitConfig, Err: err}
	case err != nil:
		return nil, &command.Error{Code: command.ExitIO, Err: err}
	}
	return list, nil
}

// withoutErased returns the configuration for commands that read the sources and
// write no store: rows of erased customers are left out. Before the first night there
// is no store, and nobody is erased.
func withoutErased(ctx context.Context, cfg Config) (_ Config, err error) {
	st, err := store.OpenToRead(cfg.Store)
	switch {
	case notThere(err):
		return cfg, nil
	case err != nil:
		return cfg, storeError(err)
	}
	defer func() { err = errors.Join(err, closeStore(st)) }()
	cfg.Erased, err = loadErased(ctx, st, cfg)
	return cfg, err
}

// sameErased returns a fence for rows that were made without the customers of the
// list with this hash: it holds as long as nobody is added.
func sameErased(st store.Store, cfg Config, hash string) func(context.Context) error {
	return func(ctx context.Context) error {
		list, err := loadErased(ctx, st, cfg)
		if err != nil {
			return err
		}
		if list.Hash() != hash {
			return &command.Error{Code: command.ExitTry, Err: fmt.Errorf("%w (run the night again: it leaves her out)", errListGrown)}
		}
		return nil
	}
}

// bucket reads bucket k without erased customers. An extract has been read without
// them already; if one from before an erasure is used by mistake, nobody on the list
// comes back.
func (s *shop) bucket(ctx context.Context, k int) (*history.Bucket, error) {
	bucket, err := s.extract.Bucket(ctx, k)
	if err != nil || s.cfg.Erased.Len() == 0 {
		return bucket, err
	}
	kept := bucket.Histories[:0]
	for _, h := range bucket.Histories {
		if !s.cfg.Erased.Erased(string(h.Customer)) {
			kept = append(kept, h)
		}
	}
	bucket.Histories = kept
	return bucket, nil
}

// eraseAgain removes what a night has left that was overtaken by an erasure; the
// first night of a store may even have published.
func (n *night) eraseAgain(ctx context.Context) error {
	list, err := loadErased(ctx, n.list, n.cfg)
	if err != nil {
		return err
	}
	n.summary.Samples = nil // the report would name her
	series, prefix := "", ""
	if n.opts.past {
		series = seriesOf(n.opts.AsOf)
		prefix = series + "/"
	}
	opts := EraseOptions{By: "perennial", Reason: "a customer was erased while this night ran"}
	if err := publishWithout(ctx, n.list, series, list, opts, n.env, io.Discard); err != nil {
		return err
	}
	s := newSweep(n.list, list, nil, n.env)
	s.refused = n.runID
	return s.run(ctx, prefix+"sets/"+n.runID+"/", prefix+"history/", prefix+"features/", prefix+"spool/", prefix+"runs/"+n.runID+"/")
}
