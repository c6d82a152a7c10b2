package store

import (
	"context"
	"iter"
	"strings"
)

// Within returns the part of k below prefix as a Keeper of its own, for a series
// beside the nightly one, such as backfill/2026-05-01; "" is all of it. Errors name
// the whole key.
func Within(k Keeper, prefix string) Keeper {
	if prefix == "" {
		return k
	}
	return within{k, strings.TrimSuffix(prefix, "/") + "/"}
}

type within struct {
	all    Keeper
	prefix string // ends with a slash
}

// whole returns the key in the store that this one is part of. A key that would
// lead out of the prefix is refused there as well.
func (w within) whole(key string) string { return w.prefix + key }

func (w within) Create(ctx context.Context, key string, body []byte) error {
	return w.all.Create(ctx, w.whole(key), body)
}

func (w within) Read(ctx context.Context, key string) ([]byte, error) {
	return w.all.Read(ctx, w.whole(key))
}

func (w within) ReadRange(ctx context.Context, key string, offset, length int64) ([]byte, error) {
	return w.all.ReadRange(ctx, w.whole(key), offset, length)
}

func (w within) Replace(ctx context.Context, key string, body []byte) error {
	return w.all.Replace(ctx, w.whole(key), body)
}

func (w within) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		for object, err := range w.all.List(ctx, w.whole(prefix)) {
			object.Key = strings.TrimPrefix(object.Key, w.prefix)
			if !yield(object, err) {
				return
			}
		}
	}
}

func (w within) Delete(ctx context.Context, key string) error {
	return w.all.Delete(ctx, w.whole(key))
}

func (w within) ReadTagged(ctx context.Context, key string) ([]byte, Tag, error) {
	return w.all.ReadTagged(ctx, w.whole(key))
}

func (w within) ReplaceIf(ctx context.Context, key string, tag Tag, body []byte) (Tag, error) {
	return w.all.ReplaceIf(ctx, w.whole(key), tag, body)
}

func (w within) DeleteIf(ctx context.Context, key string, tag Tag) error {
	return w.all.DeleteIf(ctx, w.whole(key), tag)
}
