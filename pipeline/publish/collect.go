package publish

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"perennial/pipeline/store"
)

// markKept is how long the mark of a collected run stands in the way of a run
// that wakes up.
const markKept = 30 * 24 * time.Hour

// Collect deletes what no kept commit names: the sets and deltas of older commits,
// what crashed runs have left, and what the policy's rules give up. Commit records,
// CURRENT.json and the lease stay. It may run beside readers, writers and other
// collections, and be killed at any moment: the next one goes on.
//
// A reader of a kept commit misses nothing; of an older one it gets ErrExpired.
// A run that wakes up to find its objects deleted gets ErrExpired too, before it
// commits; see claimRuns. A commit that is kept and cannot be read is an error,
// for nobody knows what it names.
func Collect(ctx context.Context, keeper store.Keeper, p Policy) (Collection, error) {
	c := &collecting{store: keeper, policy: p, done: Collection{DryRun: p.DryRun}}
	for _, step := range []func(context.Context) error{
		c.survey, c.collectDeltas, c.collectRuns, c.collectRules, c.tidy,
	} {
		if err := step(ctx); err != nil {
			return c.done, fmt.Errorf("publish: gc: %w", err)
		}
	}
	return c.done, nil
}

// collecting is the state of one collection.
type collecting struct {
	store  store.Keeper
	policy Policy
	done   Collection

	kept []*Commit       // newest first
	keys map[string]bool // what they name
	runs map[string]bool // whose objects they name
	live map[string]bool // runs under way
	late map[string]bool // runs of older commits that are younger than an orphan
}

// survey finds out what must be kept.
func (c *collecting) survey(ctx context.Context) (err error) {
	if c.done.At, err = StoreTime(ctx, c.store); err != nil {
		return err
	}
	if c.live, err = liveRuns(ctx, c.store, c.done.At.Add(-c.policy.Young)); err != nil {
		return err
	}
	c.done.Live = slices.Sorted(maps.Keys(c.live))
	written, err := commitTimes(ctx, c.store)
	if err != nil {
		return err
	}
	tip, err := tipIfAny(ctx, c.store)
	if err != nil {
		return err
	}
	c.done.Head = tip.n
	c.keys, c.runs, c.late = map[string]bool{}, map[string]bool{}, map[string]bool{}
	for n := c.done.Head; n > 0; n-- {
		if err := c.surveyCommit(ctx, n, written[n]); err != nil {
			return err
		}
	}
	return nil
}

// surveyCommit decides on commit n, written at the given time.
func (c *collecting) surveyCommit(ctx context.Context, n uint64, written time.Time) error {
	place := c.done.Head - n
	keep := place == 0 || place < uint64(max(c.policy.Keep, 0)) || c.age(written) < c.policy.Young
	if !keep && c.age(written) >= c.policy.Orphan {
		return nil
	}
	commit, err := readCommit(ctx, c.store, n)
	if err != nil {
		return err
	}
	if !keep {
		for _, run := range commit.runs() {
			c.late[run] = true
		}
		return nil
	}
	c.kept = append(c.kept, commit)
	c.done.Kept = append(c.done.Kept, n)
	for _, run := range commit.runs() {
		c.runs[run] = true
	}
	for _, part := range commit.Parts {
		c.keys[part.Key] = true
	}
	if commit.Delta != nil {
		for _, part := range commit.Delta.Parts {
			c.keys[part.Key] = true
		}
	}
	return nil
}

func (c *collecting) age(written time.Time) time.Duration { return c.done.At.Sub(written) }

// collectDeltas deletes deltas of commit numbers that are taken and that no kept
// commit names: the commit is old, or somebody else's run lost the number.
func (c *collecting) collectDeltas(ctx context.Context) error {
	for object, err := range c.store.List(ctx, "deltas/") {
		if err != nil {
			return err
		}
		if c.keys[object.Key] || !c.taken(object.Key) {
			continue
		}
		if err := c.delete(ctx, object); err != nil {
			return err
		}
	}
	return nil
}

// taken reports whether the commit number in a key, its second part, has a commit.
func (c *collecting) taken(key string) bool {
	n, err := strconv.ParseUint(runOf(key), 10, 64)
	return err == nil && n <= c.done.Head
}

// leftovers are the objects of one run that no kept commit names.
type leftovers struct {
	staged  []store.Object // below sets/ and deltas/
	records []store.Object // below runs/
	newest  time.Time
	ended   bool // the run has written its manifest
}

// collectRuns deletes the objects of runs, one run after the other.
func (c *collecting) collectRuns(ctx context.Context) error {
	left, err := c.leftovers(ctx)
	if err != nil {
		return err
	}
	for _, runID := range slices.Sorted(maps.Keys(left)) {
		if c.runs[runID] || c.live[runID] {
			continue
		}
		if err := c.collectRun(ctx, runID, left[runID]); err != nil {
			return err
		}
	}
	return nil
}

func (c *collecting) leftovers(ctx context.Context) (map[string]*leftovers, error) {
	runs := map[string]*leftovers{}
	for _, prefix := range []string{"sets/", "deltas/", "runs/"} {
		for object, err := range c.store.List(ctx, prefix) {
			if err != nil {
				return nil, err
			}
			runID := runOf(object.Key)
			if prefix == "deltas/" && c.taken(object.Key) {
				continue // dealt with
			} else if prefix == "deltas/" {
				_, rest, _ := strings.Cut(object.Key, "/")
				runID = runOf(rest)
			}
			run := cmp.Or(runs[runID], &leftovers{})
			runs[runID] = run
			if prefix == "runs/" {
				run.records = append(run.records, object)
				run.ended = run.ended || object.Key == ManifestKey(runID)
			} else if !c.keys[object.Key] {
				run.staged = append(run.staged, object)
			}
			if object.Modified.After(run.newest) {
				run.newest = object.Modified
			}
		}
	}
	return runs, nil
}

// collectRun deletes what a run has left that is neither kept nor under way.
func (c *collecting) collectRun(ctx context.Context, runID string, left *leftovers) error {
	age := c.age(left.newest)
	if len(left.staged) > 0 && (age >= c.policy.Orphan || c.late[runID]) {
		mine, err := c.claim(ctx, runID)
		if err != nil {
			return err
		}
		if !mine {
			c.done.Spared = append(c.done.Spared, runID)
			return nil
		}
		if err := c.delete(ctx, left.staged...); err != nil {
			return err
		}
	}
	if age < c.policy.Orphan || left.ended && age < c.policy.Young {
		return nil
	}
	return c.delete(ctx, left.records...)
}

// claim rules out that the run's objects are committed from now on, and reports
// whether they have not been so far. The order of its steps matters; see claimRuns.
func (c *collecting) claim(ctx context.Context, runID string) (bool, error) {
	if c.policy.DryRun {
		return true, nil
	}
	if err := c.store.Create(ctx, collectedKey(runID), []byte("{}\n")); err != nil && !errors.Is(err, store.ErrExists) {
		return false, err
	}
	tip, err := tipIfAny(ctx, c.store)
	if err != nil {
		return false, err
	}
	by, err := takeClaim(ctx, c.store, tip.n+1, runID, collector)
	if errors.Is(err, ErrCorrupt) {
		return false, nil // whose it is cannot be told
	}
	if err != nil || by != collector {
		return false, err
	}
	for n := c.done.Head + 1; n <= tip.n; n++ {
		commit, err := readCommit(ctx, c.store, n)
		if err != nil {
			return false, err
		}
		if slices.Contains(commit.runs(), runID) {
			return false, nil
		}
	}
	return true, nil
}

// collectRules applies the policy's rules, in the store and beside it.
func (c *collecting) collectRules(ctx context.Context) error {
	for _, keeper := range []store.Keeper{c.store, c.policy.Beside} {
		for _, rule := range c.policy.Rules {
			if keeper == nil {
				continue
			}
			if err := c.collectRule(ctx, keeper, rule); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *collecting) collectRule(ctx context.Context, keeper store.Keeper, rule Rule) error {
	folders := map[string][]store.Object{}
	newest := map[string]time.Time{}
	for object, err := range keeper.List(ctx, rule.Prefix) {
		if err != nil {
			return err
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(object.Key, rule.Prefix), "/")
		folders[name] = append(folders[name], object)
		if object.Modified.After(newest[name]) {
			newest[name] = object.Modified
		}
	}
	for _, name := range slices.Sorted(maps.Keys(folders)) {
		if c.age(newest[name]) < c.policy.Orphan || rule.Keep != nil && rule.Keep(name, c.kept) {
			continue
		}
		if err := c.deleteFrom(ctx, keeper, folders[name]...); err != nil {
			return err
		}
	}
	return nil
}

// tidy deletes what only writers and collections of the past needed.
func (c *collecting) tidy(ctx context.Context) error {
	for _, kind := range []struct {
		prefix string
		over   func(object store.Object) bool
	}{
		{"claims/", func(o store.Object) bool { return c.taken(o.Key) }},
		{"collected/", func(o store.Object) bool { return c.age(o.Modified) >= markKept }},
		{nightsPrefix, func(o store.Object) bool { return c.age(o.Modified) >= c.policy.Young }},
		{clockPrefix, func(o store.Object) bool { return c.age(o.Modified) >= c.policy.Orphan }},
	} {
		for object, err := range c.store.List(ctx, kind.prefix) {
			if err == nil && kind.over(object) {
				err = c.delete(ctx, object)
			}
			if err != nil {
				return err
			}
		}
	}
	return c.sweepStaging(ctx)
}

// sweepStaging removes what killed writes have left in a store that stages files.
func (c *collecting) sweepStaging(ctx context.Context) (err error) {
	sweeper, stages := c.store.(interface {
		SweepStaging(ctx context.Context, olderThan time.Time) (int, error)
	})
	if stages && !c.policy.DryRun {
		c.done.Staging, err = sweeper.SweepStaging(ctx, c.done.At.Add(-c.policy.Orphan))
	}
	return err
}

// delete deletes the objects, or notes that it would.
func (c *collecting) delete(ctx context.Context, objects ...store.Object) error {
	return c.deleteFrom(ctx, c.store, objects...)
}

func (c *collecting) deleteFrom(ctx context.Context, keeper store.Keeper, objects ...store.Object) error {
	for _, object := range objects {
		if !c.policy.DryRun {
			if err := keeper.Delete(ctx, object.Key); err != nil {
				return err
			}
		}
		c.done.delete(object)
	}
	return nil
}
