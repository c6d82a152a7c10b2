package erasure

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// entry is one order to erase, as it is kept.
type entry struct {
	N         uint64    `json:"n"` // from 1
	Customers []Digest  `json:"customers"`
	By        string    `json:"by"`
	Reason    string    `json:"reason"`
	At        time.Time `json:"at"`
	// Seal is the HMAC of the entry without it: who has no key can neither change
	// an entry unnoticed nor read the list with another key and find nobody on it.
	Seal string `json:"seal,omitempty"`
}

func entryKey(n uint64) string { return fmt.Sprintf("erasures/%020d.json", n) }

// encode seals an entry.
func (e entry) encode(key []byte) ([]byte, error) {
	e.Seal = ""
	body, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, derived(key, "entries"))
	mac.Write(body)
	e.Seal = hex.EncodeToString(mac.Sum(nil))
	body, err = json.MarshalIndent(e, "", "  ")
	return append(body, '\n'), err
}

// decode reads an entry and checks its seal: sealed again, it must be the same
// bytes.
func decode(key, body []byte) (entry, error) {
	var e entry
	if err := json.Unmarshal(body, &e); err != nil {
		return e, err
	}
	again, err := e.encode(key)
	if err == nil && !bytes.Equal(again, body) {
		err = errors.New("its seal does not match")
	}
	return e, err
}

// MarshalText writes a digest in hexadecimal.
func (d Digest) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, d[:]), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Digest) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(d)) {
		return fmt.Errorf("a digest of %d characters", len(text))
	}
	_, err := hex.Decode(d[:], text)
	return err
}
