package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"syscall"
	"time"

	"perennial/pipeline/extract"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

// Env is what a job takes from the outside: everything else is its input.
type Env struct {
	Clock    func() time.Time
	Nonce    func() uint64 // keeps the ids of runs apart
	Log      *slog.Logger
	Progress Progress
	Version  string // of the program; a part of what makes nights equal
}

// openStore opens the store of a night.
func openStore(location string) (store.Keeper, error) {
	st, err := store.Open(location)
	if err != nil {
		return nil, storeError(err)
	}
	return st, nil
}

// openToRead opens the store of a command that only reads.
func openToRead(location string) (store.Keeper, error) {
	st, err := store.OpenToRead(location)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, store.ErrNotExist) {
		return nil, &CodedError{ExitInput, fmt.Errorf("store %s does not exist (run the first night: perennial nightly)", location)}
	}
	if err != nil {
		return nil, storeError(err)
	}
	return st, nil
}

// storeError gives the failures of opening a store their exit codes.
func storeError(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return &CodedError{ExitIO, err}
	}
	return configError(err)
}

// closeStore gives back what a store holds open.
func closeStore(st store.Keeper) error {
	if closer, ok := st.(io.Closer); ok {
		return closer.Close()
	}
	return nil
}

// inputError gives the failures of extraction their exit codes.
func inputError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, extract.ErrConfig):
		return &CodedError{ExitConfig, err}
	case errors.Is(err, extract.ErrMissing):
		return &CodedError{ExitInput, err}
	case errors.Is(err, extract.ErrBadData):
		return &CodedError{ExitData, err}
	case errors.Is(err, context.Canceled):
		return err
	}
	return &CodedError{ExitIO, err}
}

// ExitCode returns the exit code that err asks for.
func ExitCode(err error) int {
	var coded *CodedError
	var gate *publish.GateError
	var path *fs.PathError
	var errno syscall.Errno
	switch {
	case err == nil:
		return ExitDone
	case errors.Is(err, context.Canceled):
		return exitStopped
	case errors.As(err, &gate):
		return ExitGate
	case errors.As(err, &coded):
		return coded.Code
	case errors.Is(err, publish.ErrContended):
		return ExitTry
	case errors.Is(err, publish.ErrCorrupt), errors.As(err, &path), errors.As(err, &errno):
		return ExitIO
	}
	return ExitBug
}
