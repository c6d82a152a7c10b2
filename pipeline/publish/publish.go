// Package publish turns staged parts of scores into one atomic commit and reads
// commits back, whole and verified.
//
// A night calls Set.WritePart for every hash bucket, then Set.Commit, which
// verifies the staged bytes, holds them to the gates and creates the record
// commits/<n>.json if absent: the one moment at which a set becomes visible.
// Whoever reads scores calls Head or At. No reader lists a folder, and none
// sees half a set.
package publish

import "errors"

// The answers a caller acts on; test with errors.Is.
var (
	// ErrNoCommit: the store holds no commit, or not the one asked for.
	ErrNoCommit = errors.New("no such commit")

	// ErrCorrupt: an object is not what was written. Nothing of it is returned.
	ErrCorrupt = errors.New("corrupt")

	// ErrExpired: the parts of an old commit have been collected.
	ErrExpired = errors.New("expired")

	// ErrAlreadyPublished: a commit carries the same idempotency key.
	ErrAlreadyPublished = errors.New("already published")

	// ErrSuperseded: a commit of a later day is already there.
	ErrSuperseded = errors.New("superseded by a later day")

	// ErrContended: other writers kept committing first.
	ErrContended = errors.New("other writers keep committing first")

	// ErrNoCustomer: the commit has no row of the customer.
	ErrNoCustomer = errors.New("no such customer")
)
