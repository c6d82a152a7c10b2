package jobs

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"syscall"

	"perennial/command"
)

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

func configError(err error) error { return &command.Error{Code: command.ExitConfig, Err: err} }

// shortHash identifies bytes in a name that people read.
func shortHash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}
