package store

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Memory is a Keeper in memory, for tests and for nights that leave nothing. Its
// clock is the number of writes so far, in seconds since 1970.
type Memory struct {
	mu      sync.Mutex
	objects map[string]remembered
	writes  int64
}

type remembered struct {
	body  []byte
	write int64 // its number
}

// NewMemory returns an empty store.
func NewMemory() *Memory { return &Memory{objects: map[string]remembered{}} }

// Create implements Store.
func (m *Memory) Create(ctx context.Context, key string, body []byte) error {
	if err := ready(ctx, "create", key); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, exists := m.objects[key]; exists {
		return fmt.Errorf("store: create %s: %w", key, ErrExists)
	}
	m.put(key, body)
	return nil
}

// Read implements Store.
func (m *Memory) Read(ctx context.Context, key string) ([]byte, error) {
	body, _, err := m.ReadTagged(ctx, key)
	return body, err
}

// ReadRange implements Store.
func (m *Memory) ReadRange(ctx context.Context, key string, offset, length int64) ([]byte, error) {
	body, err := m.Read(ctx, key)
	if err != nil {
		return nil, err
	}
	if err := checkRange(key, offset, length, int64(len(body))); err != nil {
		return nil, err
	}
	return body[offset:min(offset+length, int64(len(body)))], nil
}

// Replace implements Store.
func (m *Memory) Replace(ctx context.Context, key string, body []byte) error {
	if err := ready(ctx, "replace", key); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(key, body)
	return nil
}

// List implements Keeper.
func (m *Memory) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		m.mu.Lock()
		objects := maps.Clone(m.objects)
		m.mu.Unlock()
		for _, key := range slices.Sorted(maps.Keys(objects)) {
			if !strings.HasPrefix(key, prefix) {
				continue
			}
			if err := ctx.Err(); err != nil {
				yield(Object{}, fmt.Errorf("store: list %s: %w", prefix, err))
				return
			}
			object := objects[key]
			if !yield(Object{key, int64(len(object.body)), time.Unix(object.write, 0).UTC()}, nil) {
				return
			}
		}
	}
}

// Delete implements Keeper.
func (m *Memory) Delete(ctx context.Context, key string) error {
	if err := ready(ctx, "delete", key); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.objects, key)
	return nil
}

// ReadTagged implements Keeper.
func (m *Memory) ReadTagged(ctx context.Context, key string) ([]byte, Tag, error) {
	if err := ready(ctx, "read", key); err != nil {
		return nil, Absent, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	object, exists := m.objects[key]
	if !exists {
		return nil, Absent, fmt.Errorf("store: read %s: %w", key, ErrNotExist)
	}
	return bytes.Clone(object.body), object.tag(), nil
}

// ReplaceIf implements Keeper.
func (m *Memory) ReplaceIf(ctx context.Context, key string, tag Tag, body []byte) (Tag, error) {
	if err := ready(ctx, "replace", key); err != nil {
		return Absent, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.objects[key].tag() != tag {
		return Absent, fmt.Errorf("store: replace %s: %w", key, ErrChanged)
	}
	return m.put(key, body), nil
}

// DeleteIf implements Keeper.
func (m *Memory) DeleteIf(ctx context.Context, key string, tag Tag) error {
	if err := ready(ctx, "delete", key); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.objects[key].tag() != tag {
		return fmt.Errorf("store: delete %s: %w", key, ErrChanged)
	}
	delete(m.objects, key)
	return nil
}

// put writes an object. The caller holds the lock.
func (m *Memory) put(key string, body []byte) Tag {
	m.writes++
	object := remembered{bytes.Clone(body), m.writes}
	m.objects[key] = object
	return object.tag()
}

func (r remembered) tag() Tag {
	if r.write == 0 {
		return Absent
	}
	return Tag(strconv.FormatInt(r.write, 10))
}

// checkRange returns an error unless length bytes from offset on can be asked of
// an object of size bytes.
func checkRange(key string, offset, length, size int64) error {
	if offset < 0 || length < 0 || offset > size {
		return fmt.Errorf("store: read %s: %d bytes from %d on are not within its %d", key, length, offset, size)
	}
	return nil
}

// ready returns why the operation cannot begin: a bad key or a context that
// has ended.
func ready(ctx context.Context, operation, key string) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("store: %s %s: %w", operation, key, err)
	}
	return nil
}
