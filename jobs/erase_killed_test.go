package jobs

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

// dying is a store whose process is killed after some writes.
type dying struct {
	store.Keeper
	left int
}

var errKilled = errors.New("killed")

func (d *dying) write(operation func() error) error {
	if d.left == 0 {
		return errKilled
	}
	d.left--
	return operation()
}

func (d *dying) Create(ctx context.Context, key string, body []byte) error {
	return d.write(func() error { return d.Keeper.Create(ctx, key, body) })
}

func (d *dying) Replace(ctx context.Context, key string, body []byte) error {
	return d.write(func() error { return d.Keeper.Replace(ctx, key, body) })
}

func (d *dying) Delete(ctx context.Context, key string) error {
	return d.write(func() error { return d.Keeper.Delete(ctx, key) })
}

// copied returns the objects of a store in memory.
func copied(t testing.TB, from store.Keeper) *store.Memory {
	t.Helper()
	to := store.NewMemory()
	for object, err := range from.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		body, err := from.Read(t.Context(), object.Key)
		if err == nil {
			err = to.Create(t.Context(), object.Key, body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// TestAnErasureIsKilledAnywhere kills it after every write and runs it again: she
// is gone, the newest scores are whole, and she was erased once.
func TestAnErasureIsKilledAnywhere(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many whole nights (run without -short)")
	}
	cfg, end := wholeShop(t)
	env := testEnv()
	id := nightsOf(t, cfg, end, env)
	all := openFolder(t, cfg.Store)
	opts := EraseOptions{Customers: []string{id}, By: "Ada", Reason: "asked for it"}
	for writes := 0; ; writes++ {
		st := copied(t, all)
		d := &dying{st, writes}
		failed := eraseIn(t.Context(), d, cfg, opts, env, io.Discard)
		if err := eraseIn(t.Context(), st, cfg, opts, env, io.Discard); err != nil {
			t.Fatalf("killed after %d writes (%v), then: %v", writes, failed, err)
		}
		for _, key := range tracesOf(t, st, id) {
			if !strings.Contains(key, "deltas/") {
				t.Errorf("killed after %d writes: %s holds her", writes, key)
			}
		}
		report, err := publish.Verify(t.Context(), st, 0)
		if err != nil || !report.OK() || report.N != 3 {
			t.Errorf("killed after %d writes: %+v, %v", writes, report, err)
		}
		if failed == nil {
			if writes < 20 {
				t.Errorf("an erasure of %d writes", writes)
			}
			break
		}
	}
}
