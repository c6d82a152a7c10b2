package publish

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"perennial/pipeline/history"
	"perennial/pipeline/store"
)

// Commit is the record of one published set, at commits/<20 digits>.json. It is
// created once, never changed and never deleted; the numbers have no gaps.
type Commit struct {
	N               uint64            `json:"n"`    // from 1
	Base            uint64            `json:"base"` // the commit that the gates compared with; 0 for none
	Kind            Kind              `json:"kind"`
	RestoredFrom    uint64            `json:"restored_from,omitempty"` // of a rollback: the commit whose parts these are
	Reason          string            `json:"reason,omitempty"`        // of a rollback
	By              string            `json:"by,omitempty"`            // of a rollback
	RunID           string            `json:"run_id"`
	AsOf            history.Day       `json:"as_of"`
	CreatedAt       time.Time         `json:"created_at"`
	IdempotencyKey  string            `json:"idempotency_key"`
	ErasureListHash string            `json:"erasure_list_hash,omitempty"` // of the erased customers it was made without; "" for nobody
	SchemaVersion   string            `json:"schema_version"`
	SchemaHash      string            `json:"schema_hash"`
	Models          map[string]string `json:"models,omitempty"` // question → version
	Rows            int64             `json:"rows"`
	IDs             IDChecksum        `json:"ids"`
	Churn           Distribution      `json:"churn_probability"` // what the next commit is compared with
	Gates           []Gate            `json:"gates,omitempty"`
	Override        *Override         `json:"override,omitempty"`
	Parts           []Part            `json:"parts"`              // of bucket 0, 1, …
	Delta           *Delta            `json:"delta,omitempty"`    // nil for the first commit and with NoDelta
	NoDelta         string            `json:"no_delta,omitempty"` // why what changed cannot be told
}

// Kind says how a commit came about.
type Kind string

// The kinds of commits.
const (
	KindPublish  Kind = "publish"
	KindRollback Kind = "rollback" // names the parts of an earlier commit
	KindErasure  Kind = "erasure"  // the rows of the commit before without erased customers
)

func commitKey(n uint64) string { return fmt.Sprintf("commits/%020d.json", n) }

// readCommit returns commit n, checked, or ErrNoCommit.
func readCommit(ctx context.Context, st store.Store, n uint64) (*Commit, error) {
	key := commitKey(n)
	body, err := st.Read(ctx, key)
	if errors.Is(err, store.ErrNotExist) {
		return nil, fmt.Errorf("publish: commit %d: %w", n, ErrNoCommit)
	}
	if err != nil {
		return nil, fmt.Errorf("publish: commit %d: %w", n, err)
	}
	c := new(Commit)
	if err := unseal(body, c); err != nil {
		return nil, fmt.Errorf("publish: %s: %w (bring the object back from a backup)", key, err)
	}
	if err := c.check(n); err != nil {
		return nil, fmt.Errorf("publish: %s: %w", key, err)
	}
	return c, nil
}

// check returns an error unless the record, whose seal is whole, can be read by
// this program and stays within the store's sets.
func (c *Commit) check(n uint64) error {
	if c.N != n {
		return fmt.Errorf("%w: it holds commit %d", ErrCorrupt, c.N)
	}
	if major(c.SchemaVersion) != major(SchemaVersion) {
		return fmt.Errorf("contract %s, this program reads %s (use a program of that version)", c.SchemaVersion, SchemaVersion)
	}
	if len(c.Parts) == 0 {
		return fmt.Errorf("%w: it names no parts", ErrCorrupt)
	}
	for _, p := range c.Parts {
		if !strings.HasPrefix(p.Key, "sets/") || p.Size < 0 || p.Rows < 0 {
			return fmt.Errorf("%w: part %q of %d bytes and %d rows", ErrCorrupt, p.Key, p.Size, p.Rows)
		}
	}
	return c.Delta.check(c)
}

// major returns the part of a contract version before its dot.
func major(version string) string {
	before, _, _ := strings.Cut(version, ".")
	return before
}
