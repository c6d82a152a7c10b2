package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"perennial/pipeline/store"
	"perennial/pipeline/store/storetest"
)

// countFolder names, for a child of this test, the folder it counts in.
const countFolder = "PERENNIAL_TEST_COUNT_IN"

const countTimes = 25

// Processes share nothing but the disk.
func TestProcessesCountTogether(t *testing.T) {
	if dir := os.Getenv(countFolder); dir != "" {
		if err := storetest.Count(t.Context(), openFolder(t, dir), "counter", strconv.Itoa(os.Getpid()), countTimes); err != nil {
			t.Error(err)
		}
		return
	}
	const processes = 4
	dir := t.TempDir()
	f := openFolder(t, dir)
	if err := f.Create(t.Context(), "counter", nil); err != nil {
		t.Fatal(err)
	}
	var children []*exec.Cmd
	for range processes {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProcessesCountTogether$")
		child.Env = append(os.Environ(), countFolder+"="+dir)
		child.Stderr = os.Stderr
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		children = append(children, child)
	}
	for _, child := range children {
		if err := child.Wait(); err != nil {
			t.Error(err)
		}
	}
	if err := storetest.CheckCount(t.Context(), f, "counter", processes*countTimes); err != nil {
		t.Error(err)
	}
}

func TestEmptyDirectoriesGo(t *testing.T) {
	dir := t.TempDir()
	f := openFolder(t, dir)
	for _, key := range []string{"sets/a/part", "sets/b/part"} {
		if err := f.Create(t.Context(), key, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Delete(t.Context(), "sets/a/part"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"sets/a": false, "sets": true, "sets/b/part": true} {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != want {
			t.Errorf("%s: %v, want it there: %t", name, err, want)
		}
	}
}

func TestForeignFilesAreNotListed(t *testing.T) {
	dir := t.TempDir()
	f := openFolder(t, dir)
	for _, name := range []string{".DS_Store", "a file", ".staging/abandoned"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/", filepath.Join(dir, "elsewhere")); err != nil {
		t.Fatal(err)
	}
	for object, err := range f.List(t.Context(), "") {
		t.Errorf("listed %v, %v", object, err)
	}
}

func TestSweepStagingLeavesTheLiving(t *testing.T) {
	dir := t.TempDir()
	f := openFolder(t, dir)
	now := time.Date(2026, 11, 28, 2, 0, 0, 0, time.UTC)
	for name, age := range map[string]time.Duration{"lock": 72 * time.Hour, "killed": 49 * time.Hour, "running": time.Hour} {
		name = filepath.Join(dir, ".staging", name)
		if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, now, now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if removed, err := f.SweepStaging(t.Context(), now.Add(-48*time.Hour)); removed != 1 || err != nil {
		t.Errorf("SweepStaging = %d, %v, want 1", removed, err)
	}
	for name, want := range map[string]bool{"lock": true, "killed": false, "running": true} {
		if _, err := os.Stat(filepath.Join(dir, ".staging", name)); (err == nil) != want {
			t.Errorf("%s: %v, want it there: %t", name, err, want)
		}
	}
}

func TestAFolderOpenedToReadIsNotTidied(t *testing.T) {
	dir := t.TempDir()
	if err := openFolder(t, dir).Create(t.Context(), "a", []byte("x")); err != nil {
		t.Fatal(err)
	}
	f, err := store.ReadFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, tag, err := f.ReadTagged(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	_, replaced := f.ReplaceIf(t.Context(), "a", tag, nil)
	_, swept := f.SweepStaging(t.Context(), time.Now())
	for operation, err := range map[string]error{
		"Delete": f.Delete(t.Context(), "a"), "DeleteIf": f.DeleteIf(t.Context(), "a", tag), "ReplaceIf": replaced, "SweepStaging": swept,
	} {
		if !errors.Is(err, store.ErrReadOnly) {
			t.Errorf("%s: %v, want ErrReadOnly", operation, err)
		}
	}
	for object, err := range f.List(t.Context(), "") {
		if object.Key != "a" || err != nil {
			t.Errorf("listed %v, %v", object, err)
		}
	}
}

// unconditional gives a lease back without looking whose it is.
type unconditional struct{ store.Keeper }

func (u unconditional) DeleteIf(ctx context.Context, key string, _ store.Tag) error {
	return u.Delete(ctx, key)
}

// forgetful looks and then writes, with nothing to keep others out between. The
// first to look waits for another's look, so that both believe what they saw.
type forgetful struct {
	store.Keeper
	looks   *atomic.Int64
	another chan struct{}
}

func newForgetful(k store.Keeper) store.Keeper {
	return forgetful{Keeper: k, looks: new(atomic.Int64), another: make(chan struct{})}
}

func (f forgetful) ReplaceIf(ctx context.Context, key string, tag store.Tag, body []byte) (store.Tag, error) {
	_, now, err := f.ReadTagged(ctx, key)
	switch f.looks.Add(1) {
	case 1:
		<-f.another
	case 2:
		close(f.another)
	}
	if err != nil && !errors.Is(err, store.ErrNotExist) {
		return store.Absent, err
	}
	if now != tag {
		return store.Absent, store.ErrChanged
	}
	if err := f.Replace(ctx, key, body); err != nil {
		return store.Absent, err
	}
	_, now, err = f.ReadTagged(ctx, key)
	return now, err
}

func (f forgetful) Create(ctx context.Context, key string, body []byte) error {
	_, err := f.ReplaceIf(ctx, key, store.Absent, body)
	return err
}

// The negative controls: the battery finds what it is there to find.
func TestWrongKeepersAreCaught(t *testing.T) {
	for name, tc := range map[string]struct {
		wrong func(store.Keeper) store.Keeper
		check string
	}{
		"a lease deleted without a condition": {
			func(k store.Keeper) store.Keeper { return unconditional{k} },
			"a lease that was taken over is not given back by who lost it",
		},
		"a condition that is only looked at": {
			newForgetful,
			"one of many first writers wins",
		},
	} {
		caught := false
		for _, check := range storetest.KeeperChecks() {
			if check.Name == tc.check {
				caught = check.Run(t.Context(), tc.wrong(openFolder(t, t.TempDir()))) != nil
			}
		}
		if !caught {
			t.Errorf("%s: the battery did not notice", name)
		}
	}
}

func ExampleWithin() {
	ctx := context.Background()
	all := store.NewMemory()
	may := store.Within(all, "backfill/2026-05-01")
	if err := may.Create(ctx, "commits/1", []byte("{}")); err != nil {
		fmt.Println(err)
	}
	for object := range all.List(ctx, "") {
		fmt.Println(object.Key)
	}
	// Output: backfill/2026-05-01/commits/1
}

func TestWithin(t *testing.T) {
	storetest.RunKeeper(t, func(t *testing.T) store.Keeper {
		return store.Within(openFolder(t, t.TempDir()), "backfill/2026-05-01/")
	})
}
