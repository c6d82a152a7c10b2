package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"perennial/pipeline/store"
)

// nightsPrefix holds the nights that have begun and not ended, each with its
// run_id, so that a killed night can be gone on with.
const nightsPrefix = "nights/"

// liveRuns returns the runs that are under way or may be gone on with: who holds
// the lease, and the nights on record since the given time.
func liveRuns(ctx context.Context, keeper store.Keeper, since time.Time) (map[string]bool, error) {
	live := map[string]bool{}
	holder, _, err := readLease(ctx, keeper)
	if err != nil {
		return nil, err
	}
	live[holder.Owner.RunID] = true
	delete(live, "") // nobody
	for object, err := range keeper.List(ctx, nightsPrefix) {
		if err != nil {
			return nil, err
		}
		if object.Modified.Before(since) {
			continue
		}
		body, err := keeper.Read(ctx, object.Key)
		if errors.Is(err, store.ErrNotExist) {
			continue // has just ended
		}
		if err != nil {
			return nil, err
		}
		var night struct {
			RunID string `json:"run_id"`
		}
		if err := json.Unmarshal(body, &night); err != nil || night.RunID == "" {
			return nil, fmt.Errorf("%s: %w: it names no run_id (remove it: that night will start afresh)", object.Key, ErrCorrupt)
		}
		live[night.RunID] = true
	}
	return live, nil
}

// commitTimes returns when each commit record was written, by the store's clock.
func commitTimes(ctx context.Context, keeper store.Keeper) (map[uint64]time.Time, error) {
	written := map[uint64]time.Time{}
	for object, err := range keeper.List(ctx, "commits/") {
		if err != nil {
			return nil, err
		}
		var n uint64
		if _, err := fmt.Sscanf(object.Key, "commits/%d.json", &n); err == nil && object.Key == commitKey(n) {
			written[n] = object.Modified
		}
	}
	return written, nil
}
