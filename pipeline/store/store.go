// Package store keeps objects under keys, in a folder, in a bucket of Google
// Cloud Storage or in memory, with the one primitive that publishing rests on:
// create an object only if it is absent.
//
// Call Open with the store of the configuration. An object made by Create is
// complete or not there, survives a power cut once Create has returned, and is
// never overwritten. storetest is the battery that every Store passes.
package store

import (
	"context"
	"errors"
)

// Store holds objects of bytes under keys. All methods may be called from many
// goroutines and processes at once.
type Store interface {
	// Create writes the object if key has none. Of many creators of a key one
	// wins; the others get ErrExists. Any other error leaves open whether the
	// object was written: Read tells.
	Create(ctx context.Context, key string, body []byte) error

	// Read returns the whole object, or ErrNotExist. The caller owns the bytes.
	Read(ctx context.Context, key string) ([]byte, error)

	// ReadRange returns length bytes of the object from offset on, fewer only at
	// its end, or ErrNotExist. An offset behind the end is an error.
	ReadRange(ctx context.Context, key string, offset, length int64) ([]byte, error)

	// Replace writes the object whether or not key has one. A reader sees the
	// old bytes or the new. It is for hints: the last of two writers wins.
	Replace(ctx context.Context, key string, body []byte) error
}

// The answers a caller acts on; test with errors.Is.
var (
	ErrExists   = errors.New("object exists")
	ErrNotExist = errors.New("object does not exist")
	ErrReadOnly = errors.New("store was opened for reading")
)
