package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"perennial/pipeline/store"
)

// Collection deletes what no commit names. A writer may have slept between
// staging and committing, for days, so each commit number is arbitrated for each
// run whose objects the commit would name: who creates the claim has it, the
// writer or the collector.
//
//	writer:    read the head, look for the mark, claim head+1, verify the objects, create commit head+1
//	collector: create the mark, read the head, claim head+1, look for new commits that name the run, delete
//
// Had a writer committed what a collector deletes, it would have missed the mark,
// hence have known a head no newer than the collector's: commit head+1 is ruled
// out by the claim, and an earlier number is one that the collector has read.

// claim is what stands at claimKey.
type claim struct {
	By string `json:"by"` // a run id, or collector
}

// collector is who claims in order to delete.
const collector = "collector"

func claimKey(n uint64, runID string) string { return fmt.Sprintf("claims/%020d/%s.json", n, runID) }

// collectedKey is the mark of a run whose objects are being, or were, deleted.
func collectedKey(runID string) string { return "collected/" + runID + ".json" }

// claimRuns claims commit c for all the runs whose objects it will name.
func claimRuns(ctx context.Context, st store.Store, c *Commit) error {
	for _, runID := range c.runs() {
		_, err := st.Read(ctx, collectedKey(runID))
		if err == nil {
			return fmt.Errorf("publish: run %s: %w: gc has taken the objects of run %s (start the run again under a new run id)", c.RunID, ErrExpired, runID)
		}
		if !errors.Is(err, store.ErrNotExist) {
			return fmt.Errorf("publish: run %s: %w", c.RunID, err)
		}
		by, err := takeClaim(ctx, st, c.N, runID, c.RunID)
		if err != nil {
			return fmt.Errorf("publish: run %s: %w", c.RunID, err)
		}
		if by == collector {
			return fmt.Errorf("publish: run %s: %w: gc is taking the objects of run %s (start the run again under a new run id)", c.RunID, ErrExpired, runID)
		}
	}
	return nil
}

// takeClaim creates the claim and returns whose it is: by, or who came first.
func takeClaim(ctx context.Context, st store.Store, n uint64, runID, by string) (string, error) {
	body, err := json.Marshal(claim{by})
	if err != nil {
		return "", err
	}
	key := claimKey(n, runID)
	failed := st.Create(ctx, key, body)
	if failed == nil {
		return by, nil
	}
	found, err := st.Read(ctx, key) // "exists", or the lost answer to our own success
	if err != nil {
		return "", failed
	}
	var c claim
	if err := json.Unmarshal(found, &c); err != nil {
		return "", fmt.Errorf("%s: %w: %w", key, ErrCorrupt, err)
	}
	return c.By, nil
}

// runs returns the ids of the runs whose objects the commit names, its own first.
func (c *Commit) runs() []string {
	ids := []string{c.RunID}
	for i := range c.Parts {
		if id := runOf(c.Parts[i].Key); !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// runOf returns the second part of a key, below sets/ and runs/ the run id.
func runOf(key string) string {
	_, rest, _ := strings.Cut(key, "/")
	id, _, _ := strings.Cut(rest, "/")
	return id
}
