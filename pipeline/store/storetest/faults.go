package storetest

import (
	"context"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"net/http"
	"os"
	"sync"
	"syscall"

	"perennial/pipeline/store"
)

// Fault is how an operation of a store goes wrong.
type Fault int

// The faults. Nothing was done, unless it is said.
const (
	None Fault = iota
	EIO
	ENOSPC
	ShortWrite
	TooManyRequests // HTTP 429, after the store's own tries
	Unavailable     // HTTP 503
	RequestTimeout  // HTTP 408
	ResetBefore     // the connection is reset
	ResetAfter      // the operation took effect, then the connection is reset
	EOFAfter        // the operation took effect, then the connection is closed
	OwnWrite        // the write took effect, and is answered as if another's were there
	Timeout         // the operation took effect, the answer did not come in time
	faults
)

// Kinds returns every fault there is.
func Kinds() []Fault {
	var kinds []Fault
	for f := None + 1; f < faults; f++ {
		kinds = append(kinds, f)
	}
	return kinds
}

func (f Fault) String() string {
	return [...]string{
		"none", "EIO", "ENOSPC", "short write", "429", "503", "408", "reset before", "reset after", "EOF after", "412 on own write", "timeout",
	}[f]
}

// took reports whether the operation took effect all the same.
func (f Fault) took() bool { return f == None || f >= ResetAfter }

// Err returns the error of the fault, nil for a lost condition.
func (f Fault) Err() error { return f.err(nil) }

// err is what the caller gets; lost is the answer to a lost condition.
func (f Fault) err(lost error) error {
	switch f {
	case EIO:
		return syscall.EIO
	case ENOSPC:
		return syscall.ENOSPC
	case ShortWrite:
		return io.ErrShortWrite
	case TooManyRequests:
		return &store.StatusError{Code: http.StatusTooManyRequests, Message: "rate limit"}
	case Unavailable:
		return &store.StatusError{Code: http.StatusServiceUnavailable, Message: "backend error"}
	case RequestTimeout:
		return &store.StatusError{Code: http.StatusRequestTimeout, Message: "request timed out"}
	case ResetBefore, ResetAfter:
		return syscall.ECONNRESET
	case EOFAfter:
		return io.EOF
	case OwnWrite:
		return lost
	case Timeout:
		return os.ErrDeadlineExceeded
	}
	return nil
}

// Once has the n-th operation fail.
func Once(f Fault, n int) func(int) Fault {
	return func(i int) Fault {
		if i == n {
			return f
		}
		return None
	}
}

// Sticky has the n-th operation fail and all that follow.
func Sticky(f Fault, n int) func(int) Fault {
	return func(i int) Fault {
		if i >= n {
			return f
		}
		return None
	}
}

// Random has each operation fail with a probability, as the seed has it.
func Random(seed uint64, probability float64) func(int) Fault {
	return func(i int) Fault {
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		if random.Float64() >= probability {
			return None
		}
		return None + 1 + Fault(random.IntN(int(faults-1)))
	}
}

// Faulty is a Keeper whose operations go wrong by plan.
type Faulty struct {
	keeper store.Keeper
	plan   func(n int) Fault

	mu         sync.Mutex
	operations int
}

// Faults returns k with the faults of a plan, which is asked with the number of
// each operation, from 1.
func Faults(k store.Keeper, plan func(n int) Fault) *Faulty { return &Faulty{keeper: k, plan: plan} }

// Operations returns how many operations were asked for.
func (f *Faulty) Operations() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.operations
}

// do runs an operation, or does not, and has it answered as planned. One at a
// time, so that the same plan has the same effect.
func (f *Faulty) do(operation, key string, lost error, run func() error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.operations++
	fault := f.plan(f.operations)
	if fault.took() {
		if err := run(); err != nil {
			return err
		}
	}
	if err := fault.err(lost); err != nil {
		return fmt.Errorf("%s %s: %w", operation, key, err)
	}
	return nil
}

// Create implements store.Store.
func (f *Faulty) Create(ctx context.Context, key string, body []byte) error {
	return f.do("create", key, store.ErrExists, func() error { return f.keeper.Create(ctx, key, body) })
}

// Replace implements store.Store.
func (f *Faulty) Replace(ctx context.Context, key string, body []byte) error {
	return f.do("replace", key, nil, func() error { return f.keeper.Replace(ctx, key, body) })
}

// Read implements store.Store.
func (f *Faulty) Read(ctx context.Context, key string) (body []byte, err error) {
	err = f.do("read", key, nil, func() error { body, err = f.keeper.Read(ctx, key); return err })
	return unless(err, body), err
}

// ReadRange implements store.Store.
func (f *Faulty) ReadRange(ctx context.Context, key string, offset, length int64) (body []byte, err error) {
	err = f.do("read", key, nil, func() error { body, err = f.keeper.ReadRange(ctx, key, offset, length); return err })
	return unless(err, body), err
}

// List implements store.Keeper: it is one operation.
func (f *Faulty) List(ctx context.Context, prefix string) iter.Seq2[store.Object, error] {
	return func(yield func(store.Object, error) bool) {
		if err := f.do("list", prefix, nil, func() error { return nil }); err != nil {
			yield(store.Object{}, err)
			return
		}
		f.keeper.List(ctx, prefix)(yield)
	}
}

// Delete implements store.Keeper.
func (f *Faulty) Delete(ctx context.Context, key string) error {
	return f.do("delete", key, nil, func() error { return f.keeper.Delete(ctx, key) })
}

// ReadTagged implements store.Keeper.
func (f *Faulty) ReadTagged(ctx context.Context, key string) (body []byte, tag store.Tag, err error) {
	err = f.do("read", key, nil, func() error { body, tag, err = f.keeper.ReadTagged(ctx, key); return err })
	return unless(err, body), unless(err, tag), err
}

// ReplaceIf implements store.Keeper.
func (f *Faulty) ReplaceIf(ctx context.Context, key string, tag store.Tag, body []byte) (written store.Tag, err error) {
	err = f.do("replace", key, store.ErrChanged, func() error { written, err = f.keeper.ReplaceIf(ctx, key, tag, body); return err })
	return unless(err, written), err
}

// DeleteIf implements store.Keeper.
func (f *Faulty) DeleteIf(ctx context.Context, key string, tag store.Tag) error {
	return f.do("delete", key, store.ErrChanged, func() error { return f.keeper.DeleteIf(ctx, key, tag) })
}

// unless returns the value, or nothing beside an error.
func unless[T any](err error, value T) T {
	var nothing T
	if err != nil {
		return nothing
	}
	return value
}
