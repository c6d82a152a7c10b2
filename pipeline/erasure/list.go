// Package erasure keeps the list of customers who must not be known any more.
//
// The list only grows: erasures/<20 digits>.json, each object created if absent.
// It holds keyed hashes instead of customers, so the list itself tells nobody who
// was erased. Call Load once for a run and ask List.Erased at every step; call
// Append to erase.
package erasure

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"sync"

	"perennial/pipeline/store"
)

// Digest is the HMAC-SHA-256 of a customer's id, cut to 128 bits.
type Digest [16]byte

// List is who had been erased when it was loaded. It is safe to share; nil is the
// list of nobody.
type List struct {
	entries   uint64
	hash      string
	customers map[Digest]struct{}
	key       []byte    // of the digests
	macs      sync.Pool // of hash.Hash with the key: cheaper to reset than to make
}

// ErrUnreadable: the list is damaged, or was written with another key. Nobody can
// say who is erased, so nothing must be published.
var ErrUnreadable = errors.New("the list of erased customers cannot be read")

// Load reads the whole list. secret is the key, "" for the one in the store; a list
// of nobody needs none. Errors are ErrUnreadable or the store's.
func Load(ctx context.Context, st store.Store, secret Secret) (*List, error) {
	bodies, err := readBodies(ctx, st)
	if err != nil || len(bodies) == 0 {
		return nil, err
	}
	key, err := secret.orStored(ctx, st)
	if errors.Is(err, store.ErrNotExist) {
		return nil, fmt.Errorf("erasure: %w: %s is missing (set %s to the key, or bring the object back from a backup)", ErrUnreadable, keyKey, Variable)
	}
	if err != nil {
		return nil, err
	}
	return newList(key, bodies)
}

// readBodies returns the objects of the list, which have no gaps.
func readBodies(ctx context.Context, st store.Store) ([][]byte, error) {
	var bodies [][]byte
	for n := uint64(1); ; n++ {
		body, err := st.Read(ctx, entryKey(n))
		if errors.Is(err, store.ErrNotExist) {
			return bodies, nil
		}
		if err != nil {
			return nil, fmt.Errorf("erasure: %w", err)
		}
		bodies = append(bodies, body)
	}
}

// newList checks every entry of a list.
func newList(key []byte, bodies [][]byte) (*List, error) {
	l := emptyList(derived(key, "customers"))
	all := sha256.New()
	for i, body := range bodies {
		n := uint64(i) + 1
		e, err := decode(key, body)
		if err == nil && e.N != n {
			err = fmt.Errorf("it holds entry %d", e.N)
		}
		if err != nil {
			return nil, fmt.Errorf("erasure: %w: %s: %w (check %s, or bring the object back from a backup)", ErrUnreadable, entryKey(n), err, Variable)
		}
		for _, c := range e.Customers {
			l.customers[c] = struct{}{}
		}
		all.Write(body)
	}
	l.entries, l.hash = uint64(len(bodies)), hex.EncodeToString(all.Sum(nil))
	return l, nil
}

// emptyList returns a list of nobody whose digests are made with key.
func emptyList(key []byte) *List {
	return &List{
		customers: map[Digest]struct{}{},
		key:       key,
		macs:      sync.Pool{New: func() any { return hmac.New(sha256.New, key) }},
	}
}

// Erased reports whether the customer is on the list: her whole id, capitals and
// all bytes as they are.
func (l *List) Erased(customerID string) bool {
	if l.Len() == 0 {
		return false
	}
	_, found := l.customers[l.digest(customerID)]
	return found
}

// Hash identifies the list: two lists of one hash erase the same customers. It is
// "" for nobody.
func (l *List) Hash() string {
	if l == nil {
		return ""
	}
	return l.hash
}

// Len returns the number of erased customers.
func (l *List) Len() int {
	if l == nil {
		return 0
	}
	return len(l.customers)
}

func (l *List) digest(customerID string) (d Digest) {
	mac := l.macs.Get().(hash.Hash)
	defer l.macs.Put(mac)
	mac.Reset()
	_, _ = mac.Write([]byte(customerID)) // a hash.Hash never fails
	copy(d[:], mac.Sum(nil))
	return d
}
