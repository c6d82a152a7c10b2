package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"perennial/command"
	"perennial/pipeline/erasure"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

// tracesOf returns the objects outside of the list that hold an id: as a cell of
// Parquet, or mentioned in any other bytes.
func tracesOf(t testing.TB, st store.Keeper, ids ...string) []string {
	t.Helper()
	var found []string
	for object, err := range st.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		body, err := st.Read(t.Context(), object.Key)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			if strings.HasPrefix(object.Key, "erasures/") {
				continue
			}
			if path.Ext(object.Key) == ".parquet" && cellIs(t, body, id) || erasure.Mentions([]byte(html.UnescapeString(string(body))), id) {
				found = append(found, object.Key)
			}
		}
	}
	return slices.Compact(found)
}

// cellIs reads every value of every column of a Parquet file.
func cellIs(t testing.TB, body []byte, id string) (found bool) {
	t.Helper()
	file, err := parquet.OpenFile(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range file.RowGroups() {
		rows := group.Rows()
		buffer := make([]parquet.Row, 64)
		for err == nil {
			var n int
			n, err = rows.ReadRows(buffer)
			for _, row := range buffer[:n] {
				for _, v := range row {
					found = found || v.Kind() == parquet.ByteArray && string(v.ByteArray()) == id
				}
			}
		}
		if !errors.Is(err, io.EOF) || rows.Close() != nil {
			t.Fatal(err)
		}
		err = nil
	}
	return found
}

func openFolder(t testing.TB, location string) store.Keeper {
	t.Helper()
	st, err := store.Open(location)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// digestOf returns how the list writes a customer.
func digestOf(t testing.TB, st store.Store) string {
	t.Helper()
	body, err := st.Read(t.Context(), "erasures/00000000000000000001.json")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(body), "\"customers\": [\n    \"")
	digest, _, found := strings.Cut(rest, "\"")
	if !found || len(digest) != 32 {
		t.Fatalf("no digest in %s", body)
	}
	return digest
}

// othersThan returns the rows of other customers.
func othersThan(rows []publish.Score, id string) []publish.Score {
	return slices.DeleteFunc(slices.Clone(rows), func(s publish.Score) bool { return s.CustomerID == id })
}

func mustErase(t *testing.T, cfg Config, env command.Env, ids ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := Erase(t.Context(), cfg, EraseOptions{Customers: ids, By: "Ada", Reason: "asked for it"}, env, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// nightsOf publishes two nights and a past day, and returns a customer whom a report
// shows.
func nightsOf(t *testing.T, cfg Config, end history.Day, env command.Env) string {
	t.Helper()
	var shown string
	for _, day := range []history.Day{end - 2, end - 1} {
		summary, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: day}, env)
		if err != nil {
			t.Fatal(err)
		}
		shown = summary.Samples[0].CustomerID
	}
	if out, err := backfill(t, cfg, BackfillOptions{From: end - 9, To: end - 9}, env); err != nil {
		t.Fatal(err, out)
	}
	return shown
}

// TestAnErasedCustomerIsNowhere erases a customer whom many objects hold, and
// reads every object of the store: after the tombstones have had their time neither
// her id nor its hash is anywhere but on the list, and no night brings her back.
func TestAnErasedCustomerIsNowhere(t *testing.T) {
	cfg, end := youngShop(t)
	env := testEnv()
	id := nightsOf(t, cfg, end, env)
	before := published(t, cfg.Store)
	st := openFolder(t, cfg.Store)
	if traces := tracesOf(t, st, id); len(traces) < 10 {
		t.Fatalf("the search has no teeth: %s is in %q", id, traces)
	}

	out := mustErase(t, cfg, env, id)
	for _, key := range tracesOf(t, st, id, digestOf(t, st)) {
		if !strings.Contains(key, "deltas/") {
			t.Errorf("%s still holds her\n%s", key, out)
		}
	}
	if diff := cmp.Diff(othersThan(before, id), published(t, cfg.Store)); diff != "" || len(before) == len(published(t, cfg.Store)) {
		t.Errorf("the scores of others changed, -want +got:\n%s", diff)
	}
	wantErasedEverywhere(t, cfg, id)

	summary, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: end - 1}, env)
	if err != nil || summary.Outcome != "published" || summary.Extract.Source("orders").Erased == 0 {
		t.Errorf("the night after: %+v, %v", summary, err)
	}
	clock := env.Clock().Add(tombstonesKept)
	env.Clock = func() time.Time { return clock }
	if err := Collect(t.Context(), cfg, CollectOptions{}, env, io.Discard); err != nil {
		t.Fatal(err)
	}
	if traces := tracesOf(t, st, id, digestOf(t, st)); len(traces) > 0 {
		t.Errorf("after the tombstones' time she is in %q", traces)
	}
	wantErasedEverywhere(t, cfg, id)
}

// wantErasedEverywhere asks every command for her.
func wantErasedEverywhere(t *testing.T, cfg Config, id string) {
	t.Helper()
	if err := Explain(t.Context(), cfg, id, io.Discard); command.ExitCode(err) != command.ExitInput || !strings.Contains(err.Error(), "erased") {
		t.Errorf("explain: %v", err)
	}
	var out bytes.Buffer
	if err := Scores(t.Context(), cfg, ScoresOptions{Commit: 1, Format: "csv"}, &out); !errors.Is(err, publish.ErrExpired) && strings.Contains(out.String(), id) {
		t.Errorf("the scores of commit 1: %v", err)
	}
	out.Reset()
	if err := Scores(t.Context(), cfg, ScoresOptions{Format: "csv"}, &out); err != nil || erasure.Mentions(out.Bytes(), id) {
		t.Errorf("the newest scores hold her, or: %v", err)
	}
	if err := Verify(t.Context(), cfg.Store, VerifyOptions{}, io.Discard); err != nil {
		t.Errorf("verify: %v", err)
	}
}

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
	if testing.Short() {
		t.Skip("many whole nights (run without -short)")
	}
	cfg, end := youngShop(t)
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

// TestANightThatAnErasureOvertakes erases a customer while a night is under way:
// it says run again, and leaves nothing of her.
func TestANightThatAnErasureOvertakes(t *testing.T) {
	for _, tt := range []struct {
		nights int
		late   bool // it comes when the night is about to create its commit
	}{{0, false}, {1, false}, {0, true}, {1, true}} {
		t.Run(fmt.Sprintf("%+v", tt), func(t *testing.T) {
			cfg, end := youngShop(t)
			env := testEnv()
			if tt.nights > 0 {
				if _, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: end - 1}, env); err != nil {
					t.Fatal(err)
				}
			}
			st, err := openStore(cfg.Store)
			if err != nil {
				t.Fatal(err)
			}
			n, err := begin(t.Context(), cfg, NightlyOptions{AsOf: end}, env, st, "")
			if err != nil {
				t.Fatal(err)
			}
			for _, step := range []func(context.Context) error{n.extract, n.train, n.score, n.act} {
				if err := step(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			id := n.summary.Samples[0].CustomerID
			if tt.late {
				n.store = &overtaken{n.store, func() { mustErase(t, cfg, env, id) }}
			} else {
				mustErase(t, cfg, env, id)
			}
			err = n.publish(t.Context())
			if !errors.Is(err, errListGrown) || command.ExitCode(err) != command.ExitTry {
				t.Errorf("the night ended with %v", err)
			}
			if err := n.end(t.Context(), err); err != nil {
				t.Error(err)
			}
			if tt.nights == 0 && tt.late {
				wantErasedEverywhere(t, cfg, id)
			}
			for _, key := range tracesOf(t, openFolder(t, cfg.Store), id) {
				if !strings.Contains(key, "deltas/") {
					t.Errorf("%s holds her", key)
				}
			}
			if summary, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: end}, env); err != nil || summary.Outcome != "published" {
				t.Errorf("the night again: %+v, %v", summary, err)
			}
		})
	}
}

// overtaken has something happen before a commit record is created.
type overtaken struct {
	store.Keeper
	happens func()
}

func (o *overtaken) Create(ctx context.Context, key string, body []byte) error {
	if happens := o.happens; happens != nil && strings.HasPrefix(key, "commits/") {
		o.happens = nil
		happens()
	}
	return o.Keeper.Create(ctx, key, body)
}

// TestErasingSomebodyUnknown puts her on the list all the same.
func TestErasingSomebodyUnknown(t *testing.T) {
	cfg, _ := youngShop(t)
	out := mustErase(t, cfg, testEnv(), "nobody")
	if !strings.Contains(out, "nothing is published yet") || !strings.Contains(out, "which has 1") {
		t.Errorf("said: %s", out)
	}
	info, err := os.Stat(filepath.Join(cfg.Store, "erasures", "key"))
	if err != nil || info.Mode().Perm() != 0o400 {
		t.Errorf("the key: %v, %v", info, err)
	}
	cfg.erasureKey = "another key than the one that was used"
	if _, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: 20000}, testEnv()); command.ExitCode(err) != command.ExitConfig {
		t.Errorf("a night with another key: %v", err)
	}
}
