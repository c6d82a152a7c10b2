package jobs

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perennial/command"
	"perennial/pipeline/erasure"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
)

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
	t.Parallel()
	cfg, end := wholeShop(t)
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
