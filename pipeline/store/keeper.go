package store

import (
	"context"
	"errors"
	"iter"
	"time"
)

// Keeper is a Store that can be kept in order besides: garbage collection lists
// and deletes, a lease is taken, renewed and given back under a condition.
// Publishing and reading scores need none of it.
type Keeper interface {
	Store

	// List yields the objects whose key begins with prefix, in the order of keys.
	// It is for housekeeping: what is true is found by reading, never by listing.
	List(ctx context.Context, prefix string) iter.Seq2[Object, error]

	// Delete removes the object. An absent one is no error.
	Delete(ctx context.Context, key string) error

	// ReadTagged returns the whole object with the tag of this content of it, or
	// ErrNotExist.
	ReadTagged(ctx context.Context, key string) ([]byte, Tag, error)

	// ReplaceIf writes the object if it still has tag, Absent for one that must
	// not exist, and returns the new tag. Otherwise it is ErrChanged. As with
	// Create, any other error leaves open whether the object was written.
	ReplaceIf(ctx context.Context, key string, tag Tag, body []byte) (Tag, error)

	// DeleteIf removes the object if it still has tag; otherwise it is ErrChanged.
	DeleteIf(ctx context.Context, key string, tag Tag) error
}

// Object is what a listing tells of an object.
type Object struct {
	Key      string
	Size     int64     // bytes
	Modified time.Time // when it was written, by the store's clock
}

// Tag tells one content of an object from any other it has had or will have.
type Tag string

// Absent is the tag of an object that does not exist.
const Absent Tag = ""

// ErrChanged: the object no longer has the tag that the caller saw.
var ErrChanged = errors.New("object has changed")
