package jobs

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"perennial/command"
	"perennial/pipeline/store"
)

// openStore opens the store of a night.
func openStore(location string) (*store.Folder, error) {
	if strings.Contains(location, "://") {
		return nil, configError(fmt.Errorf("store %s: only folders are supported", location))
	}
	folder, err := store.OpenFolder(location)
	if err != nil {
		return nil, &command.Error{Code: command.ExitIO, Err: err}
	}
	return folder, nil
}

// openToRead opens the store of a command that only reads.
func openToRead(location string) (*store.Folder, error) {
	folder, err := store.ReadFolder(location)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, store.ErrNotExist) {
		return nil, &command.Error{Code: command.ExitInput, Err: fmt.Errorf("store %s does not exist (run the first night: perennial nightly)", location)}
	}
	return folder, err
}
