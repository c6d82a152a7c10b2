package publish

import (
	"errors"
	"maps"
	"time"

	"perennial/pipeline/history"
)

// Draft is what a commit says besides its rows.
type Draft struct {
	Parts           []Part // as WritePart returned them, of bucket 0, 1, …
	AsOf            history.Day
	Eligible        IDChecksum        // the customers the set must hold, no more and no fewer
	IdempotencyKey  string            // hash of as-of, inputs, config, program and models
	ErasureListHash string            // of the customers who were left out; "" for nobody
	Models          map[string]string // question → version
	Override        *Override         // nil: every failed gate holds the set back
	Force           bool              // publish though the key or a later day is there
	CreatedAt       time.Time
}

// check returns an error unless the draft can become a record.
func (d *Draft) check() error {
	if d.IdempotencyKey == "" {
		return errors.New("publish: a commit needs an idempotency key")
	}
	return d.Override.check()
}

// Result is the outcome of a publish.
type Result struct {
	Commit  *Commit
	Warning error // the hint CURRENT.json lags; readers probe past it and the next night mends it
}

// record returns the commit that follows the tip, as far as it is known before
// the rows are read.
func (s Set) record(d Draft, tip tip) *Commit {
	return &Commit{
		N:               tip.n + 1,
		Base:            tip.n,
		Kind:            KindPublish,
		RunID:           s.RunID,
		AsOf:            d.AsOf,
		CreatedAt:       d.CreatedAt.UTC(),
		IdempotencyKey:  d.IdempotencyKey,
		ErasureListHash: d.ErasureListHash,
		SchemaVersion:   SchemaVersion,
		SchemaHash:      schemaHash(),
		Models:          maps.Clone(d.Models),
		Override:        d.Override,
		Parts:           d.Parts,
	}
}

// describe adds what the rows say and the outcome of every gate.
func (c *Commit) describe(t *tally, d Draft, head *Commit) {
	c.Rows = t.rows
	c.IDs = t.ids
	c.Churn = t.churn.distribution()
	c.Gates = d.Override.apply(append(t.absolute(d.Eligible), t.drift(head)...))
}
