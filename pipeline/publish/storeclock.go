package publish

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"perennial/pipeline/store"
)

// clockPrefix holds objects that are written to be dated, then deleted.
const clockPrefix = "clock/"

// StoreTime returns the time by the store's clock, the only one that tells the
// age of objects: it writes an object and looks when that was.
func StoreTime(ctx context.Context, keeper store.Keeper) (now time.Time, err error) {
	for range clockTries {
		if now, err = tellTime(ctx, keeper); !errors.Is(err, store.ErrNotExist) {
			break
		}
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("publish: tell the store's time: %w", err)
	}
	return now, nil
}

// clockTries is how often the time is asked: the object of a process that slept
// for days before it looked has been collected as an orphan.
const clockTries = 5

func tellTime(ctx context.Context, keeper store.Keeper) (now time.Time, err error) {
	key := clockPrefix + strings.ToLower(rand.Text())
	if err := keeper.Replace(ctx, key, []byte("now\n")); err != nil {
		return time.Time{}, err
	}
	now, err = modified(ctx, keeper, key)
	return now, errors.Join(err, keeper.Delete(ctx, key))
}

// modified returns when the object was written, by the store's clock.
func modified(ctx context.Context, keeper store.Keeper, key string) (time.Time, error) {
	for object, err := range keeper.List(ctx, key) {
		if err != nil {
			return time.Time{}, err
		}
		if object.Key == key {
			return object.Modified, nil
		}
	}
	return time.Time{}, fmt.Errorf("%s: %w", key, store.ErrNotExist)
}
