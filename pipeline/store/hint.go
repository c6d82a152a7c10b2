package store

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// withHint adds what to do to an error of the file system that a person can mend.
func withHint(err error) error {
	hint := ""
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		hint = "free or add disk space, then run again: nothing half-written is visible"
	case errors.Is(err, syscall.EROFS):
		hint = "the disk is mounted read-only: remount it, or set store: to another folder"
	case errors.Is(err, fs.ErrPermission):
		hint = "give this user access to the store's folder, or set store: to another one"
	case errors.Is(err, syscall.ENOTDIR):
		hint = "a file stands where a folder is needed: move it, or set store: to another folder"
	case errors.Is(err, syscall.EIO):
		hint = "the disk failed: check it before running again"
	case errors.Is(err, fs.ErrNotExist):
		hint = "check store: in the configuration, or run a night first"
	default:
		return err
	}
	return fmt.Errorf("%w (%s)", err, hint)
}
