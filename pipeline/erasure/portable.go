package erasure

import (
	"maps"
	"slices"
)

// Portable is a list as another process of a run can be given it: it answers
// Erased, and cannot read or write entries.
type Portable struct {
	Key       []byte   `json:"key"` // of the digests alone
	Customers []Digest `json:"customers"`
	Hash      string   `json:"hash"`
}

// Portable returns what makes the list elsewhere, nil for nobody.
func (l *List) Portable() *Portable {
	if l == nil {
		return nil
	}
	return &Portable{Key: l.key, Customers: slices.Collect(maps.Keys(l.customers)), Hash: l.hash}
}

// List returns the list that was made portable.
func (p *Portable) List() *List {
	if p == nil {
		return nil
	}
	l := emptyList(p.Key)
	l.hash = p.Hash
	for _, c := range p.Customers {
		l.customers[c] = struct{}{}
	}
	return l
}
