package extract

import (
	"io/fs"
	"syscall"
)

// fileIdentity tells a file from one that took its name: inode, and when the
// inode changed last, in nanoseconds.
func fileIdentity(info fs.FileInfo) (inode uint64, changed int64) {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return stat.Ino, stat.Ctim.Nano()
	}
	return 0, 0
}
