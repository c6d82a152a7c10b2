// Package storetest is the battery that every store.Store passes. Call Run from
// a test of the store, or RunKeeper for a store.Keeper.
package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"perennial/pipeline/store"
)

// Run checks the store that open returns, which must be empty; open is called
// once for each check.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	t.Helper()
	for _, check := range []struct {
		name string
		run  func(t *testing.T, st store.Store)
	}{
		{"a created object is read back", createThenRead},
		{"an object is never created twice", createTwice},
		{"one of many creators wins", racingCreators},
		{"a replaced object is whole at any time", replaceWhileReading},
		{"an object is read in ranges", readRanges},
		{"an absent object does not exist", readAbsent},
		{"the store keeps its own copy", ownCopy},
		{"a key that could leave the store is refused", badKeys},
		{"an ended context ends the operation", endedContext},
	} {
		t.Run(check.name, func(t *testing.T) { check.run(t, open(t)) })
	}
}

func createThenRead(t *testing.T, st store.Store) {
	ctx := t.Context()
	bodies := map[string][]byte{
		"CURRENT.json":             []byte("{}"),
		"sets/a/part-00000.bin":    bytes.Repeat([]byte{0, 1, 254, 255}, 1<<18),
		"sets/a/part-00001.bin":    {},
		"sets/a-b_c.d/part-0":      []byte("x"),
		"commits/0000000000000001": []byte("\n"),
	}
	for key, body := range bodies {
		if err := st.Create(ctx, key, body); err != nil {
			t.Errorf("Create(%s): %v", key, err)
		}
	}
	for key, body := range bodies {
		wantBody(t, st, key, body)
	}
}

func createTwice(t *testing.T, st store.Store) {
	ctx := t.Context()
	if err := st.Create(ctx, "commits/1", []byte("first")); err != nil {
		t.Fatal(err)
	}
	if err := st.Create(ctx, "commits/1", []byte("second")); !errors.Is(err, store.ErrExists) {
		t.Errorf("second Create: %v, want ErrExists", err)
	}
	wantBody(t, st, "commits/1", []byte("first"))
}

func racingCreators(t *testing.T, st store.Store) {
	const rounds, creators = 25, 8
	for round := range rounds {
		key := fmt.Sprintf("commits/%d", round)
		results := make([]error, creators)
		var group sync.WaitGroup
		for i := range creators {
			group.Go(func() { results[i] = st.Create(t.Context(), key, fmt.Appendf(nil, "creator %d", i)) })
		}
		group.Wait()
		winner := -1
		for i, err := range results {
			switch {
			case err == nil && winner >= 0:
				t.Fatalf("round %d: creators %d and %d both won", round, winner, i)
			case err == nil:
				winner = i
			case !errors.Is(err, store.ErrExists):
				t.Fatalf("round %d: creator %d: %v, want ErrExists", round, i, err)
			}
		}
		if winner < 0 {
			t.Fatalf("round %d: nobody won", round)
		}
		wantBody(t, st, key, fmt.Appendf(nil, "creator %d", winner))
	}
}

func replaceWhileReading(t *testing.T, st store.Store) {
	const replacements = 50
	body := func(i int) []byte { return bytes.Repeat([]byte{byte(i)}, 10_000+i) }
	if err := st.Replace(t.Context(), "hint", body(0)); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	group.Go(func() {
		for i := range replacements {
			if err := st.Replace(t.Context(), "hint", body(i+1)); err != nil {
				t.Errorf("Replace: %v", err)
			}
		}
	})
	for range replacements {
		got, err := st.Read(t.Context(), "hint")
		if err != nil {
			t.Error(err)
			break
		}
		if len(got) < 10_000 || !bytes.Equal(got, body(int(got[0]))) {
			t.Errorf("read %d bytes that no Replace wrote", len(got))
		}
	}
	group.Wait()
	wantBody(t, st, "hint", body(replacements))
}

func readRanges(t *testing.T, st store.Store) {
	ctx := t.Context()
	body := []byte("0123456789")
	if err := st.Create(ctx, "a/part", body); err != nil {
		t.Fatal(err)
	}
	if err := st.Create(ctx, "a/empty", nil); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		key            string
		offset, length int64
		want           string
	}{
		{"a/part", 0, 10, "0123456789"}, {"a/part", 0, 1, "0"}, {"a/part", 3, 4, "3456"}, {"a/part", 8, 100, "89"},
		{"a/part", 10, 5, ""}, {"a/part", 4, 0, ""}, {"a/empty", 0, 9, ""},
	} {
		got, err := st.ReadRange(ctx, tc.key, tc.offset, tc.length)
		if string(got) != tc.want || err != nil {
			t.Errorf("ReadRange(%s, %d, %d) = %q, %v, want %q", tc.key, tc.offset, tc.length, got, err, tc.want)
		}
	}
	for _, bad := range [][2]int64{{-1, 1}, {0, -1}, {11, 1}} {
		if got, err := st.ReadRange(ctx, "a/part", bad[0], bad[1]); err == nil {
			t.Errorf("ReadRange(a/part, %d, %d) = %q, want an error", bad[0], bad[1], got)
		}
	}
	if got, err := st.ReadRange(ctx, "a/absent", 0, 1); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("ReadRange of an absent object = %q, %v, want ErrNotExist", got, err)
	}
}

func readAbsent(t *testing.T, st store.Store) {
	if body, err := st.Read(t.Context(), "sets/a/part"); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("Read = %q, %v, want ErrNotExist", body, err)
	}
	if err := st.Create(t.Context(), "sets/a/part", nil); err != nil {
		t.Errorf("Create after a failed Read: %v", err)
	}
}

func ownCopy(t *testing.T, st store.Store) {
	body := []byte("scores")
	if err := st.Create(t.Context(), "a", body); err != nil {
		t.Fatal(err)
	}
	body[0] = 'X'
	read, err := st.Read(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	read[1] = 'X'
	wantBody(t, st, "a", []byte("scores"))
}

func badKeys(t *testing.T, st store.Store) {
	ctx := t.Context()
	for _, key := range []string{
		"", "/", "/etc/passwd", "..", "../a", "a/../../b", "a//b", "a/", "a/./b", ".staging/a",
		"a b", "a\x00b", `a\b`, "naïve", "c:/a", "a\nb", string(bytes.Repeat([]byte("a"), 10_000)),
	} {
		if err := st.Create(ctx, key, nil); err == nil {
			t.Errorf("Create(%.40q) accepted", key)
		}
		if err := st.Replace(ctx, key, nil); err == nil {
			t.Errorf("Replace(%.40q) accepted", key)
		}
		if _, err := st.Read(ctx, key); err == nil || errors.Is(err, store.ErrNotExist) {
			t.Errorf("Read(%.40q): %v, want it refused", key, err)
		}
	}
}

func endedContext(t *testing.T, st store.Store) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := st.Create(ended, "a", []byte("late")); !errors.Is(err, context.Canceled) {
		t.Errorf("Create: %v, want context.Canceled", err)
	}
	if err := st.Replace(ended, "a", []byte("late")); !errors.Is(err, context.Canceled) {
		t.Errorf("Replace: %v, want context.Canceled", err)
	}
	if _, err := st.Read(ended, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("Read: %v, want context.Canceled", err)
	}
	if _, err := st.Read(t.Context(), "a"); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("Read after cancelled writes: %v, want ErrNotExist", err)
	}
}

func wantBody(t *testing.T, st store.Store, key string, want []byte) {
	t.Helper()
	got, err := st.Read(t.Context(), key)
	if err != nil {
		t.Errorf("Read(%s): %v", key, err)
	} else if !bytes.Equal(got, want) {
		t.Errorf("Read(%s) = %d bytes %.40q, want %d bytes %.40q", key, len(got), got, len(want), want)
	}
}
