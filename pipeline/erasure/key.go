package erasure

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"perennial/pipeline/store"
)

// Variable is the environment variable that may hold the key.
const Variable = "PERENNIAL_ERASURE_KEY"

// keyKey is where the key lies that was made for want of another. Whoever can read
// it can find out whether a customer whom he can name was erased; a key in the
// environment keeps even that from him, but when it is lost the list is, too.
const keyKey = "erasures/key"

// Secret is the key of the list, at least leastSecret bytes. "" stands for the one
// in the store. It is never printed.
type Secret string

const leastSecret = 16

// String hides the key.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "***"
}

// MarshalText hides the key from logs and JSON.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// orStored returns the key, that of the store if there is no other.
func (s Secret) orStored(ctx context.Context, st store.Store) ([]byte, error) {
	if s != "" {
		if len(s) < leastSecret {
			return nil, fmt.Errorf("erasure: %s has %d bytes (use at least %d, as from: openssl rand -hex 32)", Variable, len(s), leastSecret)
		}
		return []byte(s), nil
	}
	text, err := st.Read(ctx, keyKey)
	if err != nil {
		return nil, fmt.Errorf("erasure: key: %w", err)
	}
	key, err := hex.DecodeString(string(text))
	if err == nil && len(key) < leastSecret {
		err = fmt.Errorf("%d bytes", len(key))
	}
	if err != nil {
		return nil, fmt.Errorf("erasure: %w: %s is no key: %w (bring it back from a backup)", ErrUnreadable, keyKey, err)
	}
	return key, nil
}

// orMade returns the key and makes one in the store if there is none.
func (s Secret) orMade(ctx context.Context, st store.Store) ([]byte, error) {
	key, err := s.orStored(ctx, st)
	if !errors.Is(err, store.ErrNotExist) {
		return key, err
	}
	made := make([]byte, sha256.Size) // longer adds no strength
	rand.Read(made)                   // never fails
	create := st.Create
	if private, ok := st.(privateStore); ok {
		create = private.CreatePrivate
	}
	text := hex.AppendEncode(nil, made)
	if err := create(ctx, keyKey, text); err != nil && !errors.Is(err, store.ErrExists) {
		// The answer may be lost, or another may have been first: reading tells.
		if found, stillNone := s.orStored(ctx, st); stillNone == nil {
			return found, nil
		}
		return nil, fmt.Errorf("erasure: key: %w", err)
	}
	return s.orStored(ctx, st)
}

// derived returns the key for one purpose: who is given that of the customers
// cannot seal entries.
func derived(key []byte, purpose string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(purpose))
	return mac.Sum(nil)
}

// privateStore can keep an object from everybody but its owner.
type privateStore interface {
	CreatePrivate(ctx context.Context, key string, body []byte) error
}
