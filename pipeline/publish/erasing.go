package publish

import (
	"context"
	"errors"
	"fmt"
	"time"

	"perennial/pipeline/store"
)

// Erasure is the order to publish the newest scores without the customers who have
// been erased.
type Erasure struct {
	Store     store.Store
	Erased    func(customerID string) bool
	ListHash  string // of the list behind Erased
	RunID     string // of the erasure, used once
	Reason    string
	By        string
	CreatedAt time.Time
	NoDelta   string // why no delta is made, of a series that nobody follows; "" makes one
}

// Run makes a new commit of the newest one's rows without those of erased
// customers, with tombstones for them in its delta. Parts that hold none of them are
// named again; the rows of the others keep all their columns, run_id too.
//
// A commit is made although nobody has to be left out, unless the newest knows the
// list: a night under way began before the list grew, and the number it
// was going to take is how it finds out; see Set.Fence. The result is then the newest
// commit and ErrAlreadyPublished. A store without commits is ErrNoCommit.
func (e Erasure) Run(ctx context.Context) (Result, error) {
	for attempt := range maxFences {
		tip, err := findTip(ctx, e.Store)
		if err == nil {
			err = tip.damage
		}
		if err != nil {
			return Result{}, fmt.Errorf("publish: erase: %w", err)
		}
		head := tip.newest
		won, c, err := e.attempt(ctx, tip, attempt)
		if errors.Is(err, ErrAlreadyPublished) {
			return Result{Commit: head}, err
		}
		if err != nil {
			return Result{}, fmt.Errorf("publish: erase from commit %d: %w", head.N, err)
		}
		if won {
			return Result{Commit: c, Warning: advance(ctx, e.Store, c.N)}, nil
		}
	}
	return Result{}, fmt.Errorf("publish: erase: %w (run again)", ErrContended)
}

// attempt tries to create the commit after tip, which is whole.
func (e Erasure) attempt(ctx context.Context, tip tip, attempt int) (won bool, c *Commit, err error) {
	head := tip.newest
	c = e.record(head, attempt)
	changed, err := e.stage(ctx, head, c)
	if err != nil {
		return false, nil, err
	}
	if !changed && head.ErasureListHash == e.ListHash {
		return false, nil, fmt.Errorf("publish: erase: %w: commit %d is without them", ErrAlreadyPublished, head.N)
	}
	if err := claimRuns(ctx, e.Store, c); err != nil {
		return false, nil, err
	}
	report := VerifyReport{N: c.N}
	if err := (&Reader{c, e.Store}).verifySet(ctx, &report, e.Erased); err != nil {
		return false, nil, err
	}
	if !report.Whole() {
		return false, nil, fmt.Errorf("%w: %s (publish a night, then erase again)", ErrCorrupt, report.Problems[0])
	}
	if e.NoDelta != "" {
		won, err = createCommit(ctx, e.Store, c)
	} else {
		won, err = propose(ctx, e.Store, c, tip)
	}
	return won, c, err
}

// record returns the commit after head, but for its rows. An attempt after the
// first is a run of its own: its parts may differ from those staged before.
func (e Erasure) record(head *Commit, attempt int) *Commit {
	c := *head
	c.N, c.Base = head.N+1, head.N
	c.Kind, c.RestoredFrom = KindErasure, 0
	c.RunID, c.CreatedAt = e.RunID, e.CreatedAt.UTC()
	if attempt > 0 {
		c.RunID = fmt.Sprintf("%s-%d", e.RunID, attempt+1)
	}
	c.Reason, c.By, c.ErasureListHash = e.Reason, e.By, e.ListHash
	c.Gates, c.Override = nil, nil // were the head's
	c.Delta, c.NoDelta = nil, e.NoDelta
	return &c
}

// stage fills in what the rows that stay say, and writes the parts that lose some.
func (e Erasure) stage(ctx context.Context, head, c *Commit) (changed bool, err error) {
	c.Parts = make([]Part, len(head.Parts))
	var stay tally
	reader := &Reader{head, e.Store}
	for k := range head.Parts {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		before := stay.rows
		if err := e.count(ctx, reader, k, &stay); err != nil {
			return false, err
		}
		c.Parts[k] = head.Parts[k]
		if stay.rows-before == head.Parts[k].Rows {
			continue
		}
		changed = true
		if c.Parts[k], err = e.rewrite(ctx, reader, k, c.RunID); err != nil {
			return false, err
		}
	}
	c.Rows, c.IDs, c.Churn = stay.rows, stay.ids, stay.churn.distribution()
	return changed, nil
}

// count tallies those rows of part k that stay.
func (e Erasure) count(ctx context.Context, reader *Reader, k int, stay *tally) error {
	batch := make([]Score, min(scanRows, reader.Commit.Parts[k].Rows))
	return reader.scan(ctx, k, batch, func(rows []Score) error {
		for i := range rows {
			if e.Erased(rows[i].CustomerID) {
				continue
			}
			stay.rows++
			stay.ids.Add(rows[i].CustomerID)
			if p := rows[i].ChurnProbability; p != nil && within(*p, 0, 1) {
				stay.churn.add(*p)
			}
		}
		return nil
	}, allButIDsAndChurn...)
}

// rewrite stages part k without erased customers.
func (e Erasure) rewrite(ctx context.Context, reader *Reader, k int, runID string) (Part, error) {
	rows, err := reader.Part(ctx, k)
	if err != nil {
		return Part{}, err
	}
	stay := rows[:0]
	for i := range rows {
		if !e.Erased(rows[i].CustomerID) {
			stay = append(stay, rows[i])
		}
	}
	body, err := encodePart(stay)
	if err != nil {
		return Part{}, err
	}
	key := Set{RunID: runID}.partKey(k)
	if err := createOnce(ctx, e.Store, key, body); err != nil {
		return Part{}, fmt.Errorf("stage %s: %w", key, err)
	}
	return Part{Key: key, Size: int64(len(body)), SHA256: digest(body), Rows: int64(len(stay))}, nil
}

// allButIDsAndChurn are all other columns.
var allButIDsAndChurn = namesOf(contract, func(c *column) bool { return c.name != "customer_id" && c.name != "churn_probability" })
