package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"perennial/pipeline/store"
)

// A KeeperCheck is one thing that holds for every store.Keeper.
type KeeperCheck struct {
	Name string

	// Run returns what is wrong with an empty store.
	Run func(ctx context.Context, k store.Keeper) error
}

// KeeperChecks returns the checks of RunKeeper, for stores that are wrong on
// purpose.
func KeeperChecks() []KeeperCheck {
	return []KeeperCheck{
		{"objects are listed in the order of keys", listInOrder},
		{"a listing can be left early", listUntil},
		{"a deleted object is gone, and may be created again", deleteThenCreate},
		{"a created object survives housekeeping beside it", createBesideDeletes},
		{"no two contents share a tag", tagsDiffer},
		{"a lost condition changes nothing", lostCondition},
		{"one of many first writers wins", racingFirstWriters},
		{"a counter loses no increment", racingIncrements},
		{"a lease that was taken over is not given back by who lost it", leaseTakenOver},
		{"a bad key is refused", badKeysKept},
		{"an ended context ends housekeeping", endedContextKept},
	}
}

// RunKeeper checks the store that open returns, as Run does, and what a Keeper
// can do besides.
func RunKeeper(t *testing.T, open func(t *testing.T) store.Keeper) {
	t.Helper()
	Run(t, func(t *testing.T) store.Store { return open(t) })
	for _, check := range KeeperChecks() {
		t.Run(check.Name, func(t *testing.T) {
			if err := check.Run(t.Context(), open(t)); err != nil {
				t.Error(err)
			}
		})
	}
}

func listInOrder(ctx context.Context, k store.Keeper) error {
	keys := []string{"CURRENT.json", "a", "b-c/d", "b.c", "b/c", "b/c-d", "b/d/e/f", "b0", "c/a"}
	for i := range keys {
		key := keys[(i*5)%len(keys)]
		if err := k.Create(ctx, key, []byte(key)); err != nil {
			return err
		}
	}
	for _, prefix := range []string{"", "a", "b", "b/", "b/c", "b/d/e", "b/d/e/f", "b/d/e/f/g", "c/a", "d", "B"} {
		var want []string
		for _, key := range keys {
			if strings.HasPrefix(key, prefix) {
				want = append(want, key)
			}
		}
		var got []string
		for object, err := range k.List(ctx, prefix) {
			if err != nil {
				return err
			}
			if object.Size != int64(len(object.Key)) || object.Modified.IsZero() {
				return fmt.Errorf("list %q: %+v, want a size of %d and a time", prefix, object, len(object.Key))
			}
			got = append(got, object.Key)
		}
		if !slices.Equal(got, want) {
			return fmt.Errorf("list %q: %q, want %q", prefix, got, want)
		}
	}
	return nil
}

func listUntil(ctx context.Context, k store.Keeper) error {
	for _, key := range []string{"a/1", "a/2", "b/1"} {
		if err := k.Create(ctx, key, nil); err != nil {
			return err
		}
	}
	for object, err := range k.List(ctx, "") {
		if err != nil {
			return err
		}
		if object.Key != "a/1" {
			return fmt.Errorf("listed %s first, want a/1", object.Key)
		}
		break
	}
	return nil
}

func deleteThenCreate(ctx context.Context, k store.Keeper) error {
	if err := k.Delete(ctx, "sets/a/part"); err != nil {
		return fmt.Errorf("delete an absent object: %w", err)
	}
	for _, body := range []string{"first", "second"} {
		if err := k.Create(ctx, "sets/a/part", []byte(body)); err != nil {
			return err
		}
		if err := wantContent(ctx, k, "sets/a/part", body); err != nil {
			return err
		}
		if err := k.Delete(ctx, "sets/a/part"); err != nil {
			return err
		}
		if _, err := k.Read(ctx, "sets/a/part"); !errors.Is(err, store.ErrNotExist) {
			return fmt.Errorf("read a deleted object: %v, want ErrNotExist", err)
		}
		for object, err := range k.List(ctx, "") {
			return fmt.Errorf("listed %v, %v after the only object was deleted", object, err)
		}
	}
	return nil
}

// createBesideDeletes has objects created while others in the same place are
// deleted, as when housekeeping and a night meet.
func createBesideDeletes(ctx context.Context, k store.Keeper) error {
	const rounds, creators = 25, 4
	return race(creators, func(creator int) error {
		for round := range rounds {
			key := fmt.Sprintf("sets/a/b/part-%d-%d", creator, round)
			if err := k.Create(ctx, key, []byte(key)); err != nil {
				return err
			}
			if err := wantContent(ctx, k, key, key); err != nil {
				return err
			}
			if err := k.Delete(ctx, key); err != nil {
				return err
			}
		}
		return nil
	})
}

func tagsDiffer(ctx context.Context, k store.Keeper) error {
	const key = "models/champion"
	seen := map[store.Tag]string{}
	writes := []struct {
		name  string
		write func(body []byte) error
	}{
		{"create", func(body []byte) error { return k.Create(ctx, key, body) }},
		{"replace", func(body []byte) error { return k.Replace(ctx, key, body) }},
		{"replace under a condition", func(body []byte) error {
			_, tag, err := k.ReadTagged(ctx, key)
			if err != nil {
				return err
			}
			written, err := k.ReplaceIf(ctx, key, tag, body)
			if err != nil {
				return err
			}
			if _, tag, err = k.ReadTagged(ctx, key); err != nil || tag != written {
				return fmt.Errorf("returned the tag %q, read %q, %v", written, tag, err)
			}
			return nil
		}},
		{"delete and create", func(body []byte) error {
			return errors.Join(k.Delete(ctx, key), k.Create(ctx, key, body))
		}},
	}
	for _, w := range slices.Concat(writes, writes[1:], writes[1:]) {
		if err := w.write([]byte("the same")); err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
		_, tag, err := k.ReadTagged(ctx, key)
		if err != nil {
			return err
		}
		if before, twice := seen[tag]; twice || tag == store.Absent {
			return fmt.Errorf("%s left the tag %q, as %s did before", w.name, tag, before)
		}
		if _, again, err := k.ReadTagged(ctx, key); again != tag || err != nil {
			return fmt.Errorf("the tag of an untouched object went from %q to %q, %v", tag, again, err)
		}
		seen[tag] = w.name
	}
	return nil
}

func lostCondition(ctx context.Context, k store.Keeper) error {
	const key = "lock.json"
	if _, _, err := k.ReadTagged(ctx, key); !errors.Is(err, store.ErrNotExist) {
		return fmt.Errorf("read an absent object: %v, want ErrNotExist", err)
	}
	if err := k.Create(ctx, key, []byte("old")); err != nil {
		return err
	}
	_, old, err := k.ReadTagged(ctx, key)
	if err != nil {
		return err
	}
	if err := wantChanged(k.ReplaceIf(ctx, key, store.Absent, []byte("lost"))); err != nil {
		return fmt.Errorf("replace an object that must be absent: %w", err)
	}
	if _, err := k.ReplaceIf(ctx, key, old, []byte("new")); err != nil {
		return err
	}
	if err := wantChanged(k.ReplaceIf(ctx, key, old, []byte("lost"))); err != nil {
		return fmt.Errorf("replace an object that has changed: %w", err)
	}
	if err := wantChanged("", k.DeleteIf(ctx, key, old)); err != nil {
		return fmt.Errorf("delete an object that has changed: %w", err)
	}
	if err := wantContent(ctx, k, key, "new"); err != nil {
		return err
	}
	_, tag, err := k.ReadTagged(ctx, key)
	if err != nil {
		return err
	}
	if err := k.DeleteIf(ctx, key, tag); err != nil {
		return err
	}
	if err := wantChanged(k.ReplaceIf(ctx, key, tag, []byte("lost"))); err != nil {
		return fmt.Errorf("replace an object that is gone: %w", err)
	}
	if err := wantChanged("", k.DeleteIf(ctx, key, tag)); err != nil {
		return fmt.Errorf("delete an object that is gone: %w", err)
	}
	_, err = k.ReplaceIf(ctx, key, store.Absent, []byte("again"))
	return errors.Join(err, wantContent(ctx, k, key, "again"))
}

func racingFirstWriters(ctx context.Context, k store.Keeper) error {
	const rounds, writers = 10, 8
	for round := range rounds {
		key := fmt.Sprintf("leases/%d", round)
		won := make([]bool, writers)
		err := race(writers, func(i int) error {
			// Half of them create, which must be the same race.
			var err error
			if i%2 == 0 {
				_, err = k.ReplaceIf(ctx, key, store.Absent, []byte(strconv.Itoa(i)))
			} else {
				err = k.Create(ctx, key, []byte(strconv.Itoa(i)))
			}
			won[i] = err == nil
			if errors.Is(err, store.ErrChanged) || errors.Is(err, store.ErrExists) {
				return nil
			}
			return err
		})
		if err != nil {
			return err
		}
		winner := slices.Index(won, true)
		if winner < 0 || slices.Contains(won[winner+1:], true) {
			return fmt.Errorf("round %d: winners %v, want one", round, won)
		}
		if err := wantContent(ctx, k, key, strconv.Itoa(winner)); err != nil {
			return err
		}
	}
	return nil
}

func racingIncrements(ctx context.Context, k store.Keeper) error {
	const counters, increments = 8, 10
	if err := k.Create(ctx, "counter", nil); err != nil {
		return err
	}
	err := race(counters, func(i int) error { return Count(ctx, k, "counter", strconv.Itoa(i), increments) })
	if err != nil {
		return err
	}
	return CheckCount(ctx, k, "counter", counters*increments)
}

// Count adds lines to an object that others add to as well: who and a number, so
// that a line whose answer was lost is found again.
func Count(ctx context.Context, k store.Keeper, key, who string, lines int) error {
	for n := range lines {
		line := fmt.Sprintf("%s:%d\n", who, n)
		for {
			body, tag, err := k.ReadTagged(ctx, key)
			if err != nil {
				return err
			}
			if strings.Contains("\n"+string(body), "\n"+line) {
				break
			}
			if _, err := k.ReplaceIf(ctx, key, tag, append(body, line...)); err != nil && ctx.Err() != nil {
				return err
			}
		}
	}
	return nil
}

// CheckCount returns an error unless so many lines were added, none twice.
func CheckCount(ctx context.Context, k store.Keeper, key string, want int) error {
	body, err := k.Read(ctx, key)
	if err != nil {
		return err
	}
	lines := slices.Sorted(strings.Lines(string(body)))
	if got := len(slices.Compact(slices.Clone(lines))); got != want || len(lines) != want {
		return fmt.Errorf("%d lines, %d of them different, want %d", len(lines), got, want)
	}
	return nil
}

// leaseTakenOver plays the classic error of leases kept in objects: a holder
// that was stopped wakes up and gives back what another has since taken.
func leaseTakenOver(ctx context.Context, k store.Keeper) error {
	const key = "lock.json"
	first, err := k.ReplaceIf(ctx, key, store.Absent, []byte("first holder"))
	if err != nil {
		return err
	}
	second, err := k.ReplaceIf(ctx, key, first, []byte("second holder"))
	if err != nil {
		return err
	}
	if err := wantChanged("", k.DeleteIf(ctx, key, first)); err != nil {
		return fmt.Errorf("the first holder gives the lease back: %w", err)
	}
	if err := wantContent(ctx, k, key, "second holder"); err != nil {
		return err
	}
	return k.DeleteIf(ctx, key, second)
}

func badKeysKept(ctx context.Context, k store.Keeper) error {
	for _, key := range []string{"", "/a", "../a", "a/../b", "a//b", ".staging/lock", "a b"} {
		if err := k.Delete(ctx, key); err == nil {
			return fmt.Errorf("Delete(%q) accepted", key)
		}
		if _, _, err := k.ReadTagged(ctx, key); err == nil || errors.Is(err, store.ErrNotExist) {
			return fmt.Errorf("ReadTagged(%q): %w, want it refused", key, err)
		}
		if _, err := k.ReplaceIf(ctx, key, store.Absent, nil); err == nil || errors.Is(err, store.ErrChanged) {
			return fmt.Errorf("ReplaceIf(%q): %w, want it refused", key, err)
		}
		if err := k.DeleteIf(ctx, key, "1"); err == nil || errors.Is(err, store.ErrChanged) {
			return fmt.Errorf("DeleteIf(%q): %w, want it refused", key, err)
		}
	}
	return nil
}

func endedContextKept(ctx context.Context, k store.Keeper) error {
	if err := k.Create(ctx, "a", []byte("kept")); err != nil {
		return err
	}
	_, tag, err := k.ReadTagged(ctx, "a")
	if err != nil {
		return err
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	_, replaced := k.ReplaceIf(ended, "a", tag, nil)
	var listed error
	for _, err := range k.List(ended, "") {
		listed = err
	}
	for operation, err := range map[string]error{
		"Delete": k.Delete(ended, "a"), "DeleteIf": k.DeleteIf(ended, "a", tag), "ReplaceIf": replaced, "List": listed,
	} {
		if !errors.Is(err, context.Canceled) {
			return fmt.Errorf("%s: %w, want context.Canceled", operation, err)
		}
	}
	return wantContent(ctx, k, "a", "kept")
}

// race runs contenders at once and returns what is wrong with any.
func race(contenders int, run func(i int) error) error {
	results := make([]error, contenders)
	var group sync.WaitGroup
	for i := range contenders {
		group.Go(func() { results[i] = run(i) })
	}
	group.Wait()
	return errors.Join(results...)
}

func wantContent(ctx context.Context, k store.Keeper, key, want string) error {
	body, err := k.Read(ctx, key)
	if err == nil && string(body) != want {
		err = fmt.Errorf("%s holds %q, want %q", key, body, want)
	}
	return err
}

func wantChanged(_ store.Tag, err error) error {
	if !errors.Is(err, store.ErrChanged) {
		return fmt.Errorf("%v, want ErrChanged", err)
	}
	return nil
}
