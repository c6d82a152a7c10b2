// Package command holds what all commands share: what they take from outside,
// how they show how far they are, and the exit codes with which they end.
package command

import (
	"log/slog"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Env is what a command takes from outside: everything else is its input.
type Env struct {
	Clock    func() time.Time
	Nonce    func() uint64 // keeps the ids of runs apart
	Log      *slog.Logger
	Progress Progress
	Version  string // of the program; a part of what makes nights equal
}

// PeakRSS returns the largest resident memory of the process so far in bytes, 0 if
// the system does not tell.
func PeakRSS() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return usage.Maxrss // in bytes there, in KiB elsewhere
	}
	return usage.Maxrss * 1024
}

// Quoted returns names for a message: each in quotes, separated by commas.
func Quoted(names []string) string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = strconv.Quote(name)
	}
	return strings.Join(texts, ", ")
}
