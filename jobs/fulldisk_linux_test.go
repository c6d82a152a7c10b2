package jobs

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"perennial/command"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

// TestFullDisk runs nights into ever larger stores until one is large enough: those
// before fail in one step after the other, say what to do once files are read, and a
// larger disk later finds nothing half published.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	cfg, asOf := youngShop(t)
	failed := map[string]bool{}
	for size := 20; ; size += 40 {
		disk := t.TempDir()
		if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, fmt.Sprintf("size=%dk", size)); err != nil {
			t.Skipf("needs a small file system to fill: mount tmpfs: %v", err)
		}
		t.Cleanup(func() {
			if err := syscall.Unmount(disk, 0); err != nil {
				t.Error(err)
			}
		})
		cfg.Store = filepath.Join(disk, "store")
		_, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: asOf}, testEnv())
		if err == nil {
			break
		}
		wantDiskFull(t, cfg.Store, err)
		step, _, _ := strings.Cut(err.Error(), ":")
		if step != "extract" && !strings.Contains(err.Error(), "(free some space") {
			t.Errorf("error %q does not say what to do", err)
		}
		failed[step] = true
	}
	for _, step := range []string{"extract", "train", "score", "act"} {
		if !failed[step] {
			t.Errorf("no disk was full in %s, only in %v", step, sortedKeys(failed))
		}
	}
}

func wantDiskFull(t *testing.T, location string, err error) {
	t.Helper()
	if code := command.ExitCode(err); code != command.ExitIO {
		t.Fatalf("exit code %d for %v, want %d", code, err, command.ExitIO)
	}
	if !strings.Contains(strings.ToLower(err.Error()), "no space left") {
		t.Errorf("error %q does not say that the disk is full", err)
	}
	st, err := store.ReadFolder(location)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if _, err := publish.Head(t.Context(), st); err == nil {
		t.Error("a commit was published onto a full disk")
	}
}
