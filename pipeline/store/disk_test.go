package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"perennial/pipeline/store"
	"perennial/pipeline/store/storetest"
)

func TestFolderOnTheDiskThatCrashes(t *testing.T) {
	storetest.RunKeeper(t, func(t *testing.T) store.Keeper { return openDisk(t, storetest.NewDisk()) })
}

// Whenever the process dies, and whatever the power cut leaves of what was not
// synced: an object of Create is whole or absent, and there once Create has
// returned, or once another has read it.
func TestCreateIsAtomicAndDurable(t *testing.T) {
	cases, violations := sweepCreate(t, func(d *storetest.Disk) store.Disk { return d })
	t.Logf("%d cases", cases)
	if cases < 2_000 {
		t.Errorf("the sweep had %d cases only", cases)
	}
	for _, violation := range violations {
		t.Error(violation)
	}
}

// The negative controls: the sweep finds what it is there to find.
func TestTheSweepFindsAFolderThatIsWrong(t *testing.T) {
	for name, wrong := range map[string]func(*storetest.Disk) store.Disk{
		"no sync of directories":       func(d *storetest.Disk) store.Disk { return withoutDirSync{d} },
		"no sync of files":             func(d *storetest.Disk) store.Disk { return withoutFileSync{d} },
		"rename over instead of links": func(d *storetest.Disk) store.Disk { return renamesOver{d} },
	} {
		if _, violations := sweepCreate(t, wrong); len(violations) == 0 {
			t.Errorf("%s: the sweep found nothing", name)
		} else {
			t.Logf("%s: %d violations, such as %s", name, len(violations), violations[0])
		}
	}
}

// sweepCreate has a process create a commit, and another after it, and crashes
// the first after each of its operations. wrong is what is wrong with the disk's
// driver.
func sweepCreate(t *testing.T, wrong func(*storetest.Disk) store.Disk) (cases int, violations []string) {
	first, second := bytes.Repeat([]byte("first "), 100), bytes.Repeat([]byte("second"), 100)
	report := func(format string, args ...any) { violations = append(violations, fmt.Sprintf(format, args...)) }
	for k := 1; ; k++ {
		disk := storetest.NewDisk()
		f := openDisk(t, wrong(disk))
		disk.CrashAfter(k)
		acknowledged := f.Create(t.Context(), "backfill/2026-05-01/commits/1", first) == nil
		complete := disk.Operations() < k
		for seed := range uint64(32) {
			for _, torn := range []float64{0, 0.5, 0.99} {
				cases++
				cut := storetest.SeededCut(seed, torn)
				after, err := store.OpenDisk(wrong(disk.AfterPowerCut(cut)))
				if err != nil {
					t.Fatal(err)
				}
				got, err := after.Read(t.Context(), "backfill/2026-05-01/commits/1")
				switch absent := errors.Is(err, store.ErrNotExist); {
				case err != nil && !absent, !absent && !bytes.Equal(got, first):
					report("crash after %d, seed %d, torn at %g: %d bytes, %v", k, seed, torn, len(got), err)
				case absent && acknowledged:
					report("crash after %d, seed %d, torn at %g: acknowledged and lost", k, seed, torn)
				}

				// The next process finds it or makes it; what it was told then holds as
				// well, even if it came too late and the power goes again.
				next := disk.AfterKill()
				err = openDisk(t, wrong(next)).Create(t.Context(), "backfill/2026-05-01/commits/1", second)
				want := second
				if errors.Is(err, store.ErrExists) {
					want = first
				} else if err != nil {
					t.Fatal(err)
				}
				got, err = openDisk(t, next.AfterPowerCut(cut)).Read(t.Context(), "backfill/2026-05-01/commits/1")
				if !bytes.Equal(got, want) || acknowledged && !bytes.Equal(got, first) {
					report("crash after %d, seed %d, torn at %g: the next process found %d bytes, %v", k, seed, torn, len(got), err)
				}
			}
		}
		if complete {
			return cases, violations
		}
	}
}

func openDisk(t *testing.T, disk store.Disk) *store.Folder {
	t.Helper()
	f, err := store.OpenDisk(disk)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

type withoutDirSync struct{ store.Disk }

func (w withoutDirSync) Open(name string) (store.File, error) {
	file, err := w.Disk.Open(name)
	return unsynced{file}, err
}

type withoutFileSync struct{ store.Disk }

func (w withoutFileSync) Create(name string, mode fs.FileMode) (store.File, error) {
	file, err := w.Disk.Create(name, mode)
	return unsynced{file}, err
}

type unsynced struct{ store.File }

func (unsynced) Sync() error { return nil }

// renamesOver takes a name whether or not it is free.
type renamesOver struct{ store.Disk }

func (r renamesOver) Link(from, to string) error {
	if strings.HasPrefix(to, ".") {
		return r.Disk.Link(from, to) // or the probe would refuse the disk
	}
	return r.Disk.Rename(from, to)
}
