package jobs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"perennial/command"
	"perennial/pipeline/store"
)

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
	if notThere(err) {
		return nil, &command.Error{Code: command.ExitInput, Err: fmt.Errorf("store %s does not exist (run the first night: perennial nightly)", location)}
	}
	if err != nil {
		return nil, storeError(err)
	}
	return st, nil
}

// notThere reports whether there is no store yet.
func notThere(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, store.ErrNotExist)
}

// storeError gives the failures of opening a store their exit codes.
func storeError(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return &command.Error{Code: command.ExitIO, Err: err}
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
