package store

import (
	"bytes"
	"context"
	"fmt"
	"sync"
)

// Memory is a Store in memory, for tests and for nights that leave nothing.
type Memory struct {
	mu      sync.Mutex
	objects map[string][]byte
}

// NewMemory returns an empty store.
func NewMemory() *Memory { return &Memory{objects: map[string][]byte{}} }

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
	m.objects[key] = bytes.Clone(body)
	return nil
}

// Read implements Store.
func (m *Memory) Read(ctx context.Context, key string) ([]byte, error) {
	if err := ready(ctx, "read", key); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	body, exists := m.objects[key]
	if !exists {
		return nil, fmt.Errorf("store: read %s: %w", key, ErrNotExist)
	}
	return bytes.Clone(body), nil
}

// Replace implements Store.
func (m *Memory) Replace(ctx context.Context, key string, body []byte) error {
	if err := ready(ctx, "replace", key); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.objects[key] = bytes.Clone(body)
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
