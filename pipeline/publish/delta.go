package publish

import (
	"fmt"
	"strings"
)

// Delta names what a commit changed for whoever shows scores, in the record of
// the commit. The parts hold DeltaRows as Parquet, of hash bucket 0, 1, … of the
// commit's set.
type Delta struct {
	Base   uint64      `json:"base"` // the commit before: whoever shows that one is brought to this one
	Counts DeltaCounts `json:"counts"`
	Parts  []Part      `json:"parts"`
}

// DeltaCounts tells every customer of the base or the new set once: Upserted +
// Unchanged + Deleted + Ineligible = Total.
type DeltaCounts struct {
	Upserted   int64 `json:"upserted"`
	Unchanged  int64 `json:"unchanged"`  // shown as before: no row
	Deleted    int64 `json:"deleted"`    // in the base alone
	Ineligible int64 `json:"ineligible"` // in the new set and excluded: nobody may show them
	Total      int64 `json:"total"`
	Tombstones int64 `json:"tombstones"` // delete rows: the deleted and ineligible that the base showed
}

func (c *DeltaCounts) add(other DeltaCounts) {
	c.Upserted += other.Upserted
	c.Unchanged += other.Unchanged
	c.Deleted += other.Deleted
	c.Ineligible += other.Ineligible
	c.Total += other.Total
	c.Tombstones += other.Tombstones
}

// The operations of a delta.
const (
	Upsert = "upsert"
	Delete = "delete"
)

// DeltaRow is one customer of a delta, sorted by customer_id within a part. The
// tags doc and values are as in Score.
type DeltaRow struct {
	Op              string   `parquet:"op,dict" values:"upsert delete" doc:"What to do: write what score says, or remove the customer (a tombstone)."`
	CustomerID      string   `parquet:"customer_id" doc:"The shop's own key."`
	Changed         []string `parquet:"changed,list" doc:"Columns a CRM shows that differ from the commit before; of a customer who is new, all that are not null; empty for a delete."`
	PreviousRowHash string   `parquet:"previous_row_hash,optional" doc:"row_hash that the commit before showed; null for a customer who is new."`
	Score           *Score   `parquet:"score,optional" doc:"The whole row, with the columns above; null for a delete."`
}

// excluded is the eligibility of a customer whom nobody may show.
const excluded = "excluded"

// shown reports whether a CRM shows the row.
func (s *Score) shown() bool { return s.Eligibility != excluded }

func deltaKey(n uint64, runID string, k int) string {
	return fmt.Sprintf("deltas/%020d/%s/part-%05d.parquet", n, runID, k)
}

// check returns an error unless the delta can be one of commit c.
func (d *Delta) check(c *Commit) error {
	if d == nil {
		return nil
	}
	counts := d.Counts
	sum := counts.Upserted + counts.Unchanged + counts.Deleted + counts.Ineligible
	if d.Base != c.Base || len(d.Parts) != len(c.Parts) || sum != counts.Total || counts.Total-counts.Deleted != c.Rows {
		return fmt.Errorf("%w: a delta from commit %d of %d parts for %d, with counts %+v for %d rows", ErrCorrupt, d.Base, len(d.Parts), len(c.Parts), counts, c.Rows)
	}
	for _, p := range d.Parts {
		if !strings.HasPrefix(p.Key, "deltas/") || p.Size < 0 || p.Rows < 0 {
			return fmt.Errorf("%w: delta part %q of %d bytes and %d rows", ErrCorrupt, p.Key, p.Size, p.Rows)
		}
	}
	return nil
}
