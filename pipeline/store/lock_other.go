//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package store

import (
	"errors"
	"fmt"
	"os"
)

// tryLock refuses: without flock a replacement under a condition is not safe
// among processes.
func tryLock(*os.File) (held bool, err error) {
	return false, fmt.Errorf("lock of files: %w on this system (run on Linux or macOS, or set store: to gs://bucket/prefix)", errors.ErrUnsupported)
}
