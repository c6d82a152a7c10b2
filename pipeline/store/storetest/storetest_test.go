package storetest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"
	"testing"
	"time"

	"perennial/pipeline/store"
	"perennial/pipeline/store/storetest"
)

// A store without faults is the store itself.
func TestAPlanWithoutFaults(t *testing.T) {
	storetest.RunKeeper(t, func(*testing.T) store.Keeper {
		return storetest.Faults(store.NewMemory(), storetest.Random(1, 0))
	})
}

func TestFaultsAreBeforeOrAfter(t *testing.T) {
	for fault, want := range map[storetest.Fault]struct {
		cause error
		there bool
	}{
		storetest.EIO:         {syscall.EIO, false},
		storetest.ENOSPC:      {syscall.ENOSPC, false},
		storetest.ShortWrite:  {io.ErrShortWrite, false},
		storetest.ResetBefore: {syscall.ECONNRESET, false},
		storetest.ResetAfter:  {syscall.ECONNRESET, true},
		storetest.EOFAfter:    {io.EOF, true},
		storetest.OwnWrite:    {store.ErrExists, true},
	} {
		st := store.NewMemory()
		err := storetest.Faults(st, storetest.Once(fault, 1)).Create(t.Context(), "a", []byte("x"))
		_, read := st.Read(t.Context(), "a")
		if !errors.Is(err, want.cause) || (read == nil) != want.there {
			t.Errorf("%v: Create: %v, then Read: %v, want %v and the object there: %t", fault, err, read, want.cause, want.there)
		}
	}
	for fault, code := range map[storetest.Fault]int{storetest.TooManyRequests: 429, storetest.Unavailable: 503, storetest.RequestTimeout: 408} {
		var status *store.StatusError
		if !errors.As(fault.Err(), &status) || status.Code != code {
			t.Errorf("%v is %v", fault, fault.Err())
		}
	}
	if n := len(storetest.Kinds()); n != 11 {
		t.Errorf("%d kinds of faults, want 11", n)
	}
}

func TestWhatWasNotSyncedIsLost(t *testing.T) {
	disk := storetest.NewDisk()
	for _, step := range []error{disk.Mkdir("a", 0o700), sync(disk, ".")} {
		if step != nil {
			t.Fatal(step)
		}
	}
	f, err := disk.Create("a/synced", 0o600)
	if err == nil {
		_, err = f.Write([]byte("0123456789"))
	}
	if err = errors.Join(err, f.Sync(), sync(disk, "a")); err != nil {
		t.Fatal(err)
	}
	g, err := disk.Create("a/not", 0o600)
	if err == nil {
		_, err = g.Write([]byte("0123456789"))
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		disk *storetest.Disk
		want int64 // bytes of a/not, -1 for absent
	}{
		{"killed", disk.AfterKill(), 10},
		{"all dropped", disk.AfterPowerCut(storetest.Cut{}), -1},
		{"kept, and torn in the middle", disk.AfterPowerCut(storetest.SeededCut(1, 0.5)), 5},
		{"the name kept, the bytes dropped", disk.AfterPowerCut(storetest.SeededCut(1, 0)), 0},
	} {
		if got := size(tc.disk, "a/synced"); got != 10 {
			t.Errorf("%s: the synced file has %d bytes", tc.name, got)
		}
		if got := size(tc.disk, "a/not"); got != tc.want {
			t.Errorf("%s: the other file has %d bytes, want %d", tc.name, got, tc.want)
		}
	}
}

func TestADeadProcessDoesNothing(t *testing.T) {
	disk := storetest.NewDisk()
	disk.CrashAfter(1)
	if err := disk.Mkdir("a", 0o700); err != nil {
		t.Fatal(err)
	}
	_, opened := disk.Open("a")
	for operation, err := range map[string]error{
		"mkdir": disk.Mkdir("b", 0o700), "open": opened, "rename": disk.Rename("a", "b"), "link": disk.Link("a", "b"),
		"remove": disk.Remove("a"), "chtimes": disk.Chtimes("a", time.Time{}, time.Time{}),
	} {
		if !errors.Is(err, storetest.ErrCrashed) {
			t.Errorf("%s: %v, want ErrCrashed", operation, err)
		}
	}
}

func sync(disk *storetest.Disk, name string) error {
	f, err := disk.Open(name)
	if err != nil {
		return err
	}
	return f.Sync()
}

// size returns the bytes of a file, or -1.
func size(disk *storetest.Disk, name string) int64 {
	f, err := disk.Open(name)
	if err != nil {
		return -1
	}
	info, err := f.Stat()
	if err != nil {
		return -1
	}
	return info.Size()
}

func ExampleFaults() {
	ctx := context.Background()
	st := storetest.Faults(store.NewMemory(), storetest.Once(storetest.EOFAfter, 1))
	fmt.Println(st.Create(ctx, "commits/1", []byte("ours")))
	body, err := st.Read(ctx, "commits/1")
	fmt.Println(string(body), err)
	// Output:
	// create commits/1: EOF
	// ours <nil>
}
