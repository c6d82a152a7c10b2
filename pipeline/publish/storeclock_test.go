package publish

import (
	"context"
	"errors"
	"testing"

	"perennial/pipeline/store"
)

// sleepy deletes what is written for the first few times, as another
// collection does after days of sleep.
type sleepy struct {
	store.Keeper
	times int
}

func (c *sleepy) Replace(ctx context.Context, key string, body []byte) error {
	err := c.Keeper.Replace(ctx, key, body)
	if c.times--; c.times >= 0 {
		err = errors.Join(err, c.Keeper.Delete(ctx, key))
	}
	return err
}

func TestTheTimeIsAskedAgain(t *testing.T) {
	for _, test := range []struct {
		times int
		want  error
	}{{0, nil}, {1, nil}, {clockTries - 1, nil}, {clockTries, store.ErrNotExist}} {
		st := newClocked(store.NewMemory())
		now, err := StoreTime(t.Context(), &sleepy{st, test.times})
		if !errors.Is(err, test.want) || (err == nil) == now.IsZero() {
			t.Errorf("collected %d times: %v, %v, want %v", test.times, now, err, test.want)
		}
		if left := listed(t, st, ""); len(left) > 0 {
			t.Errorf("collected %d times: left %q", test.times, left)
		}
	}
}
