package publish

import (
	"context"
	"iter"
	"sync"
	"testing"
	"time"

	"perennial/pipeline/store"
)

// clocked is a Keeper whose clock the test turns.
type clocked struct {
	store.Keeper
	mu      sync.Mutex
	now     time.Time
	written map[string]time.Time
}

func newClocked(k store.Keeper) *clocked {
	return &clocked{Keeper: k, now: time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC), written: map[string]time.Time{}}
}

func (c *clocked) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *clocked) write(key string, err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.written[key] = c.now
	}
	return err
}

func (c *clocked) Create(ctx context.Context, key string, body []byte) error {
	return c.write(key, c.Keeper.Create(ctx, key, body))
}

func (c *clocked) Replace(ctx context.Context, key string, body []byte) error {
	return c.write(key, c.Keeper.Replace(ctx, key, body))
}

func (c *clocked) ReplaceIf(ctx context.Context, key string, tag store.Tag, body []byte) (store.Tag, error) {
	tag, err := c.Keeper.ReplaceIf(ctx, key, tag, body)
	return tag, c.write(key, err)
}

func (c *clocked) List(ctx context.Context, prefix string) iter.Seq2[store.Object, error] {
	return func(yield func(store.Object, error) bool) {
		for object, err := range c.Keeper.List(ctx, prefix) {
			c.mu.Lock()
			object.Modified = c.written[object.Key]
			c.mu.Unlock()
			if !yield(object, err) {
				return
			}
		}
	}
}

// copied returns a copy of the store and its clock.
func (c *clocked) copied(t testing.TB) *clocked {
	t.Helper()
	other := newClocked(store.NewMemory())
	other.now = c.now
	for _, key := range listed(t, c, "") {
		body, err := c.Read(t.Context(), key)
		if err == nil {
			err = other.Keeper.Create(t.Context(), key, body)
		}
		if err != nil {
			t.Fatal(err)
		}
		other.written[key] = c.written[key]
	}
	return other
}
