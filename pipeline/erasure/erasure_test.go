package erasure

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"perennial/pipeline/store"
)

const testSecret Secret = "0123456789abcdef0123456789abcdef"

var order = Order{By: "Ada", Reason: "asked for it by letter", At: time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)}

func erase(t testing.TB, st store.Store, secret Secret, ids ...string) (*List, int) {
	t.Helper()
	l, added, err := Append(t.Context(), st, secret, order, ids...)
	if err != nil {
		t.Fatal(err)
	}
	return l, added
}

// TestErasedByWholeID holds the list to ids as they are: every byte counts.
func TestErasedByWholeID(t *testing.T) {
	ids := []string{"c1", "ada@example.org", "O'Hara; DROP TABLE", "naïve", "\xff\x00odd", "a\nb", `q"uote`, "*", "%"}
	st := store.NewMemory()
	erase(t, st, "", ids...)
	l, err := Load(t.Context(), st, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if !l.Erased(id) {
			t.Errorf("%q is not erased", id)
		}
		for _, other := range []string{id + "0", id[:len(id)-1], " " + id, strings.ToUpper(id) + "!", ""} {
			if l.Erased(other) {
				t.Errorf("%q is erased with %q", other, id)
			}
		}
	}
	if l.Erased("C1") || l.Erased("c10") || l.Erased("Ada@example.org") {
		t.Error("capitals or a longer id are the same customer")
	}
	if l.Len() != len(ids) {
		t.Errorf("%d customers, want %d", l.Len(), len(ids))
	}
}

func TestNobodyIsErased(t *testing.T) {
	l, err := Load(t.Context(), store.NewMemory(), "")
	if err != nil || l.Erased("c1") || l.Len() != 0 || l.Hash() != "" {
		t.Errorf("%v, %v: %d customers, hash %q", l, err, l.Len(), l.Hash())
	}
}

// TestListNamesNobody looks for ids, and for hashes that need no key, in all that
// is written.
func TestListNamesNobody(t *testing.T) {
	st := store.NewMemory()
	erase(t, st, testSecret, "customer-4711", "ada@example.org")
	for object, err := range st.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		body, err := st.Read(t.Context(), object.Key)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(body, []byte("4711")) || bytes.Contains(body, []byte("example")) {
			t.Errorf("%s names a customer: %s", object.Key, body)
		}
		if object.Key == keyKey {
			t.Error("a key was made though one is given")
		}
	}
}

func TestSameCustomerIsOneEntry(t *testing.T) {
	st := store.NewMemory()
	first, added := erase(t, st, "", "a", "b", "a")
	if added != 2 {
		t.Errorf("%d added, want 2", added)
	}
	again, added := erase(t, st, "", "b", "a")
	if added != 0 || again.Hash() != first.Hash() {
		t.Errorf("%d added again, hash %s then %s", added, first.Hash(), again.Hash())
	}
	more, added := erase(t, st, "", "b", "c")
	if added != 1 || more.Hash() == first.Hash() || more.Len() != 3 || !more.Erased("a") {
		t.Errorf("%d added, %d customers", added, more.Len())
	}
}

// TestUnreadable damages the list in every way that would make it forget.
func TestUnreadable(t *testing.T) {
	fresh := func() *store.Memory {
		st := store.NewMemory()
		erase(t, st, "", "a")
		erase(t, st, "", "b")
		return st
	}
	replace := func(st *store.Memory, key string, body []byte) {
		if err := st.Replace(t.Context(), key, body); err != nil {
			t.Fatal(err)
		}
	}
	read := func(st *store.Memory, key string) []byte {
		body, err := st.Read(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	want := func(t *testing.T, st *store.Memory, secret Secret) {
		t.Helper()
		if l, err := Load(t.Context(), st, secret); !errors.Is(err, ErrUnreadable) {
			t.Errorf("loaded %d customers, error %v", l.Len(), err)
		}
		if _, _, err := Append(t.Context(), st, secret, order, "c"); err == nil {
			t.Error("appended to a list that cannot be read")
		}
	}
	t.Run("another key", func(t *testing.T) { want(t, fresh(), testSecret) })
	t.Run("no key", func(t *testing.T) {
		st := fresh()
		if err := st.Delete(t.Context(), keyKey); err != nil {
			t.Fatal(err)
		}
		want(t, st, "")
	})
	t.Run("entries swapped", func(t *testing.T) {
		st := fresh()
		replace(st, entryKey(1), read(st, entryKey(2)))
		want(t, st, "")
	})
	t.Run("any byte", func(t *testing.T) {
		body := read(fresh(), entryKey(1))
		for i := range body {
			st := fresh()
			damaged := bytes.Clone(read(st, entryKey(1)))
			damaged[i] ^= 1
			replace(st, entryKey(1), damaged)
			if _, err := Load(t.Context(), st, ""); !errors.Is(err, ErrUnreadable) {
				t.Fatalf("byte %d flipped: error %v", i, err)
			}
		}
	})
	t.Run("cut short", func(t *testing.T) {
		st := fresh()
		replace(st, entryKey(2), read(st, entryKey(2))[:40])
		want(t, st, "")
	})
}

func TestOrderIsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		order Order
		id    string
	}{
		"nobody's word":      {Order{Reason: "asked"}, "c1"},
		"without reason":     {Order{By: "Ada", Reason: " "}, "c1"},
		"reason names her":   {Order{By: "Ada", Reason: "c1 asked"}, "c1"},
		"empty id":           {order, ""},
		"id with a space":    {order, " c1"},
		"with a line ending": {order, "c1\n"},
	} {
		st := store.NewMemory()
		if _, _, err := Append(t.Context(), st, "", tt.order, tt.id); !errors.Is(err, ErrOrder) {
			t.Errorf("%s: error %v", name, err)
		}
		if l, err := Load(t.Context(), st, ""); err != nil || l.Len() != 0 {
			t.Errorf("%s: %d customers, %v", name, l.Len(), err)
		}
	}
	if _, _, err := Append(t.Context(), store.NewMemory(), "short", order, "c1"); err == nil {
		t.Error("a key of five bytes is taken")
	}
}

// TestManyAppendersAtOnce has every order written once.
func TestManyAppendersAtOnce(t *testing.T) {
	st := store.NewMemory()
	var group sync.WaitGroup
	for k := range 8 {
		group.Go(func() {
			if _, added, err := Append(t.Context(), st, "", order, fmt.Sprint("c", k), "everybody's"); err != nil || added < 1 {
				t.Errorf("%d added, %v", added, err)
			}
		})
	}
	group.Wait()
	if l, err := Load(t.Context(), st, ""); err != nil || l.Len() != 9 {
		t.Errorf("%d customers, %v", l.Len(), err)
	}
}

// failing answers the k-th operation with an error, before or after applying it.
type failing struct {
	*store.Memory
	at, count int
	applied   bool
}

var errInjected = errors.New("injected fault")

func (f *failing) do(operation func() error) error {
	f.count++
	if f.count != f.at {
		return operation()
	}
	if f.applied {
		_ = operation() // its answer is lost
	}
	return errInjected
}

func (f *failing) Create(ctx context.Context, key string, body []byte) error {
	return f.do(func() error { return f.Memory.Create(ctx, key, body) })
}

func (f *failing) Read(ctx context.Context, key string) (body []byte, err error) {
	err = f.do(func() error { body, err = f.Memory.Read(ctx, key); return err })
	return body, err
}

// TestAppendAgainAfterAnyFailure fails every operation once: after a second try
// the customer is on the list, in one entry.
func TestAppendAgainAfterAnyFailure(t *testing.T) {
	for _, applied := range []bool{false, true} {
		for at := 1; ; at++ {
			memory := store.NewMemory()
			f := &failing{memory, at, 0, applied}
			_, _, failed := Append(t.Context(), f, "", order, "c1")
			l, _ := erase(t, memory, "", "c1")
			if !l.Erased("c1") || l.entries != 1 {
				t.Errorf("operation %d failed, applied %v: %d entries", at, applied, l.entries)
			}
			if f.count < at {
				if failed != nil {
					t.Error(failed)
				}
				if at < 4 {
					t.Errorf("only %d operations were tried", at-1)
				}
				break
			}
		}
	}
}

func TestSecretIsNeverPrinted(t *testing.T) {
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("key", "secret", testSecret)
	text, err := json.Marshal(struct{ S Secret }{testSecret})
	if err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{log.String(), string(text), fmt.Sprint(testSecret), fmt.Sprintf("%v %s", struct{ S Secret }{testSecret}, testSecret)} {
		if strings.Contains(out, string(testSecret)) {
			t.Errorf("printed: %s", out)
		}
	}
}

func BenchmarkErased(b *testing.B) {
	st := store.NewMemory()
	l, _ := erase(b, st, testSecret, "c0000001")
	b.ReportAllocs()
	for b.Loop() {
		l.Erased("c0000002")
	}
}
