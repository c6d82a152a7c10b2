package jobs

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"perennial/command"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

// TestNightsAfterDamage damages what the newest commit consists of. A night mends the
// hint and goes past rows that it cannot read; a record that it cannot read stops it,
// and what the error says to do lets the next one run.
func TestNightsAfterDamage(t *testing.T) {
	cfg, end := youngShop(t)
	night := func(day history.Day, force bool) (*Summary, error) {
		return Nightly(t.Context(), cfg, NightlyOptions{AsOf: day, Force: force}, envOf(day))
	}
	published := func(summary *Summary, err error) *publish.Commit {
		t.Helper()
		if err != nil || summary.Outcome != "published" {
			t.Fatal(summary, err)
		}
		reader, err := publish.Head(t.Context(), openFolder(t, cfg.Store))
		if err != nil || reader.Commit.N != summary.Commit {
			t.Fatal(reader, err)
		}
		if err := Verify(t.Context(), cfg.Store, VerifyOptions{}, &bytes.Buffer{}); err != nil {
			t.Error(err)
		}
		return reader.Commit
	}
	damage := func(key string) {
		t.Helper()
		damageFile(t, filepath.Join(cfg.Store, key))
	}
	first := published(night(end-4, false))
	writeFiles(t, cfg.Store, map[string]string{"CURRENT.json": "torn"})
	damage(first.Parts[0].Key)
	summary, err := night(end-3, false)
	if c := published(summary, err); c.Delta != nil || c.NoDelta == "" || !strings.Contains(strings.Join(summary.Notes, " "), "Commit 1 is damaged") {
		t.Errorf("past damaged rows: %+v, %q", c, summary.Notes)
	}
	published(night(end-2, false))

	damage("commits/00000000000000000003.json")
	if _, err = night(end-1, false); command.ExitCode(err) != command.ExitIO || !strings.Contains(err.Error(), "perennial repair)") {
		t.Fatalf("behind a damaged record: %v", err)
	}
	var out bytes.Buffer
	if err := Collect(t.Context(), cfg, CollectOptions{}, envOf(end), &out); command.ExitCode(err) != command.ExitIO || !strings.Contains(err.Error(), "nothing is deleted") {
		t.Errorf("gc: %v", err)
	}
	if err := Repair(t.Context(), cfg, 0, &out); err == nil || !strings.Contains(err.Error(), "perennial rollback --to 2") {
		t.Fatalf("repair: %v\n%s", err, &out)
	}
	if err := Rollback(t.Context(), cfg, RollbackOptions{To: 2, Reason: "damage", By: "Ada"}, envOf(end), &out); err != nil {
		t.Fatal(err)
	}
	if c := published(night(end-1, false)); c.N != 5 || c.Delta == nil {
		t.Errorf("after the rollback: %+v", c)
	}
	damage("commits/00000000000000000005.json")
	if c := published(night(end, true)); c.N != 6 || c.NoDelta == "" {
		t.Errorf("forced: %+v", c)
	}
}

// TestPastDaysAfterDamage damages the scores of one backfilled day of two. Verify and
// repair name the day, and what repair says to do publishes it again, and no other.
func TestPastDaysAfterDamage(t *testing.T) {
	cfg, end := youngShop(t)
	opts := BackfillOptions{From: end - 2, To: end - 1}
	var out bytes.Buffer
	if err := Backfill(t.Context(), cfg, opts, envOf(end), &out); err != nil {
		t.Fatal(err, &out)
	}
	day := seriesOf(opts.To)
	if err := errors.Join(Verify(t.Context(), cfg.Store, VerifyOptions{All: true}, &out), Repair(t.Context(), cfg, 3, &out)); err != nil {
		t.Fatal(err, &out)
	}
	reader, err := publish.Head(t.Context(), store.Within(openFolder(t, cfg.Store), day))
	if err != nil {
		t.Fatal(err)
	}
	damageFile(t, filepath.Join(cfg.Store, day, reader.Commit.Parts[0].Key))
	writeFiles(t, cfg.Store, map[string]string{day + "/CURRENT.json": "torn"})

	err = Verify(t.Context(), cfg.Store, VerifyOptions{All: true}, &out)
	if command.ExitCode(err) != command.ExitIO || !strings.Contains(err.Error(), day+": commit 1 is damaged") {
		t.Errorf("verify: %v", err)
	}
	out.Reset()
	err = Repair(t.Context(), cfg, 3, &out)
	if command.ExitCode(err) != command.ExitIO || !strings.Contains(err.Error(), fmt.Sprintf("backfill --from %s --to %s --reprocess all", opts.To, opts.To)) {
		t.Errorf("repair: %v", err)
	}
	if want := day + "/CURRENT.json: absent or unreadable, mended\n" + day + ": commit 1: damaged"; !strings.Contains(out.String(), want) {
		t.Errorf("repair does not print %q:\n%s", want, &out)
	}

	out.Reset()
	opts.Reprocess = ReprocessAll
	if err := Backfill(t.Context(), cfg, opts, envOf(end+1), &out); err != nil {
		t.Fatal(err, &out)
	}
	for _, want := range []string{
		fmt.Sprintf("%s: already published as commit 1", opts.From),
		fmt.Sprintf("%s: published as commit 2", opts.To),
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("backfill does not print %q:\n%s", want, &out)
		}
	}
	if err := Repair(t.Context(), cfg, 3, &out); err != nil {
		t.Error(err)
	}
}

// damageFile changes a byte of a file.
func damageFile(t *testing.T, name string) {
	t.Helper()
	body, err := os.ReadFile(name)
	if err == nil {
		err = os.Chmod(name, 0o600)
	}
	if err == nil {
		err = os.WriteFile(name, flipped(body), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
