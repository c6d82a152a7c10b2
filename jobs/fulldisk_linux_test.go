package jobs

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"perennial/command"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
	"perennial/simulate"
)

// TestFullDisk runs a night into a store that is too small for it: the night
// fails, says what to do, and a larger disk later finds nothing half published.
func TestFullDisk(t *testing.T) {
	cfg := simulated(t, simulate.Config{Customers: 600, Days: 400, Seed: 2})
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=400k"); err != nil {
		t.Skipf("needs a small file system to fill: mount tmpfs: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	cfg.Store = filepath.Join(disk, "store")
	_, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: simulate.Config{Days: 400}.End()}, testEnv())
	if code := command.ExitCode(err); code != command.ExitIO {
		t.Fatalf("exit code %d for %v, want %d", code, err, command.ExitIO)
	}
	if !strings.Contains(err.Error(), "no space left") {
		t.Errorf("error %q does not say that the disk is full", err)
	}
	st, err := store.ReadFolder(cfg.Store)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if _, err := publish.Head(t.Context(), st); err == nil {
		t.Error("a commit was published onto a full disk")
	}
}
