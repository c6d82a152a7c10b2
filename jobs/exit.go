package jobs

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"syscall"
)

// Exit codes, after sysexits.
const (
	ExitDone    = 0  // done, or already published
	ExitBug     = 1  // should not happen
	ExitUsage   = 2  // the command line is wrong
	ExitData    = 65 // the input is bad
	ExitInput   = 66 // the input is missing or stale
	ExitGate    = 69 // a gate held the publish back
	ExitIO      = 74 // reading or writing failed
	ExitTry     = 75 // another run is at work: try later
	ExitConfig  = 78 // the configuration is wrong
	exitStopped = 130
)

// CodedError gives an error an exit code without changing its text.
type CodedError struct {
	Code int
	Err  error
}

// Error returns the text of the error within.
func (e *CodedError) Error() string { return e.Err.Error() }

// Unwrap returns the error within.
func (e *CodedError) Unwrap() error { return e.Err }

// during says which step of a night err comes from, and what a person can do
// about a full disk. nil stays nil.
func during(step string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("%s: %w (free some space where the store is and run the night again; nothing was published)", step, err)
	}
	return fmt.Errorf("%s: %w", step, err)
}

func configError(err error) error { return &CodedError{ExitConfig, err} }

// shortHash identifies bytes in a name that people read.
func shortHash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}
