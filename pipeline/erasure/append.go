package erasure

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"perennial/pipeline/store"
)

// Order says on whose word customers are erased. It is kept in clear.
type Order struct {
	By     string
	Reason string
	At     time.Time
}

// check returns an error unless the order says who and why, without naming whom it
// is to make forgotten.
func (o Order) check(customerIDs []string) error {
	if strings.TrimSpace(o.By) == "" || strings.TrimSpace(o.Reason) == "" {
		return fmt.Errorf("%w: it needs a name and a reason", ErrOrder)
	}
	for _, id := range customerIDs {
		if id == "" || strings.TrimSpace(id) != id {
			return fmt.Errorf("%w: %q is no customer's id (ids are as in the orders, without spaces around them)", ErrOrder, id)
		}
		if Mentions([]byte(o.By), id) || Mentions([]byte(o.Reason), id) {
			return fmt.Errorf("%w: name or reason names the customer, and they are kept (leave the id out)", ErrOrder)
		}
	}
	return nil
}

// ErrOrder: the order cannot be kept as it is.
var ErrOrder = errors.New("erasure order")

// mostRaces is how many other appenders may come first.
const mostRaces = 32

// Append puts customers on the list and returns it, with the number of those who
// were not on it. Who is on the list already makes no second entry, so it can be
// called again after any failure. The entry is durable once Append has returned.
func Append(ctx context.Context, st store.Store, secret Secret, order Order, customerIDs ...string) (list *List, added int, err error) {
	if err := order.check(customerIDs); err != nil {
		return nil, 0, err
	}
	key, err := secret.orMade(ctx, st)
	if err != nil {
		return nil, 0, err
	}
	for range mostRaces {
		bodies, err := readBodies(ctx, st)
		if err != nil {
			return nil, added, err
		}
		if list, err = newList(key, bodies); err != nil {
			return nil, added, err
		}
		missing := list.missing(customerIDs)
		if len(missing) == 0 {
			return list, added, nil
		}
		e := entry{N: list.entries + 1, Customers: missing, By: order.By, Reason: order.Reason, At: order.At.UTC()}
		ours, err := e.append(ctx, st, key)
		if err != nil {
			return nil, 0, err
		}
		if ours {
			added = len(missing)
		}
	}
	return nil, added, errors.New("erasure: others keep adding to the list first (run again)")
}

// append creates the entry. It returns false if another has its number.
func (e entry) append(ctx context.Context, st store.Store, key []byte) (ours bool, err error) {
	body, err := e.encode(key)
	if err != nil {
		return false, err
	}
	failed := st.Create(ctx, entryKey(e.N), body)
	if failed == nil {
		return true, nil
	}
	found, err := st.Read(ctx, entryKey(e.N)) // "exists", or the lost answer to our own success
	if err != nil {
		return false, fmt.Errorf("erasure: entry %d: %w (run again: it is written once)", e.N, failed)
	}
	return bytes.Equal(found, body), nil
}

// missing returns the digests that the list has not, each once, in their order.
func (l *List) missing(customerIDs []string) []Digest {
	var missing []Digest
	for _, id := range customerIDs {
		d := l.digest(id)
		if _, found := l.customers[d]; !found && !slices.Contains(missing, d) {
			missing = append(missing, d)
		}
	}
	return missing
}
