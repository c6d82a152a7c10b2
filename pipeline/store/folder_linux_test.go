package store

import (
	"errors"
	"strings"
	"syscall"
	"testing"
)

func TestAFullDiskIsReported(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("needs a small file system to fill: mount tmpfs: %v", err)
	}
	defer func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	}()
	f, err := OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for operation, write := range writers(f) {
		if err := write("a/part"); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "disk space") {
			t.Errorf("%s: %v, want ENOSPC and what to do", operation, err)
		}
	}
	if got := files(t, dir); len(got) > 0 {
		t.Errorf("left %v behind", got)
	}
}
