package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"syscall"

	"perennial/models/registry"
	"perennial/pipeline/extract"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

// Exit codes, after sysexits.
const (
	ExitDone    = 0   // done, or already published
	ExitBug     = 1   // should not happen
	ExitUsage   = 2   // the command line is wrong
	ExitData    = 65  // the input is bad
	ExitInput   = 66  // the input is missing or stale
	ExitGate    = 69  // a gate held the publish back
	ExitIO      = 74  // reading or writing failed
	ExitTry     = 75  // another run is at work: try later
	ExitConfig  = 78  // the configuration is wrong
	ExitStopped = 130 // a signal ended it: 128 and the number of SIGINT
)

// Error gives an error an exit code without changing its text.
type Error struct {
	Code int
	Err  error
}

// Error returns the text of the error within.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the error within.
func (e *Error) Unwrap() error { return e.Err }

// Usage is an error of the command line.
func Usage(format string, args ...any) error {
	return &Error{ExitUsage, fmt.Errorf(format, args...)}
}

// Data is an error of what a file holds.
func Data(format string, args ...any) error {
	return &Error{ExitData, fmt.Errorf(format, args...)}
}

// Input gives a failure of extraction its exit code. nil stays nil.
func Input(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, extract.ErrConfig):
		return &Error{ExitConfig, err}
	case errors.Is(err, extract.ErrMissing):
		return &Error{ExitInput, err}
	case errors.Is(err, extract.ErrBadData):
		return &Error{ExitData, err}
	case errors.Is(err, context.Canceled):
		return err
	}
	return &Error{ExitIO, err}
}

// ExitCode returns the exit code that err asks for.
func ExitCode(err error) int {
	var coded *Error
	var gate *publish.GateError
	switch {
	case err == nil:
		return ExitDone
	case errors.Is(err, context.Canceled):
		return ExitStopped
	case errors.As(err, &gate):
		return ExitGate
	case errors.As(err, &coded):
		return coded.Code
	}
	for _, known := range answers {
		if errors.Is(err, known.err) {
			return known.code
		}
	}
	if failed(err) {
		return ExitIO
	}
	return ExitBug
}

// answers are what publishing and saved models tell their callers.
var answers = []struct {
	err  error
	code int
}{
	{publish.ErrContended, ExitTry}, {publish.ErrLeased, ExitTry}, {publish.ErrLeaseLost, ExitTry},
	{publish.ErrSuperseded, ExitGate}, {publish.ErrRolledBack, ExitGate}, {publish.ErrErased, ExitGate},
	{publish.ErrReadAll, ExitInput}, {publish.ErrExpired, ExitInput}, {publish.ErrNoCommit, ExitInput},
	{publish.ErrCorrupt, ExitIO}, {registry.ErrDamaged, ExitIO}, {registry.ErrLost, ExitIO}, {store.ErrExists, ExitIO}, {store.ErrNotExist, ExitIO}, {store.ErrChanged, ExitIO}, {store.ErrReadOnly, ExitIO},
}

// failed reports whether a disk, the network or a bucket has failed.
func failed(err error) bool {
	var path *fs.PathError
	var errno syscall.Errno
	var network *url.Error
	var refused *store.StatusError
	return errors.As(err, &path) || errors.As(err, &errno) || errors.As(err, &network) || errors.As(err, &refused)
}
