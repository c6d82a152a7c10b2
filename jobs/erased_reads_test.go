package jobs

import (
	"bytes"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"perennial/command"
	"perennial/pipeline/erasure"
	"perennial/pipeline/publish"
)

// TestNobodyIsShownWhoIsOnTheList: she has been put on the list, and the erasure was
// killed before it removed anything. Older scores and changes are written without
// her, but for the tombstone, and the commands that read the exports leave her out.
func TestNobodyIsShownWhoIsOnTheList(t *testing.T) {
	cfg, end := wholeShop(t)
	for _, day := range []NightlyOptions{{AsOf: end - 1}, {AsOf: end}} {
		if _, err := Nightly(t.Context(), cfg, day, envOf(day.AsOf)); err != nil {
			t.Fatal(err)
		}
	}
	st := openFolder(t, cfg.Store)
	var id string
	for set, err := range publish.Changes(t.Context(), st, 1) {
		if err != nil {
			t.Fatal(err)
		}
		for row, err := range set.Rows(t.Context()) {
			if err != nil || id == "" && row.Op != publish.Upsert {
				t.Fatal(row, err)
			}
			id = row.CustomerID
		}
	}
	read := map[string]func(io.Writer) error{
		"a commit": func(out io.Writer) error {
			return Scores(t.Context(), cfg, ScoresOptions{Commit: 1, Format: "csv"}, out)
		},
		"a day": func(out io.Writer) error {
			return Scores(t.Context(), cfg, ScoresOptions{AsOf: end - 1, Format: "json"}, out)
		},
		"changes": func(out io.Writer) error {
			_, err := Changes(t.Context(), cfg, 1, "csv", out)
			return err
		},
	}
	lines := map[string]int{}
	for name, write := range read {
		lines[name] = mentions(t, write, id, true)
	}
	order := erasure.Order{By: "Ada", Reason: "asked for it", At: testEnv().Clock()}
	list, _, err := erasure.Append(t.Context(), st, "", order, id)
	if err != nil {
		t.Fatal(err)
	}
	for name, write := range read {
		if n := mentions(t, write, id, false); n != lines[name]-1 {
			t.Errorf("%s: %d lines, of %d with her", name, n, lines[name])
		}
	}
	if err := publishWithout(t.Context(), st, "", list, EraseOptions{By: "Ada", Reason: "asked for it"}, envOf(end+1), io.Discard); err != nil {
		t.Fatal(err)
	}
	mentions(t, read["changes"], ",delete,"+id, true)

	for name, run := range map[string]func(command.Env) error{
		"check": func(env command.Env) error { return Check(t.Context(), cfg, end, env, io.Discard) },
		"evaluate": func(env command.Env) error {
			return Evaluate(t.Context(), cfg, EvaluateOptions{AsOf: end}, env, io.Discard)
		},
	} {
		var log bytes.Buffer
		env := envOf(end)
		env.Log = slog.New(slog.NewTextHandler(&log, nil))
		if err := run(env); err != nil && command.ExitCode(err) != command.ExitUsage { // no day has a future yet
			t.Errorf("%s: %v", name, err)
		}
		if !strings.Contains(log.String(), "table=customers") || strings.Count(log.String(), "erased=0") == strings.Count(log.String(), "erased=") {
			t.Errorf("%s reads her rows:\n%s", name, &log)
		}
	}
}

// TestAListThatCannotBeRead stops commands that would show somebody who is on it.
func TestAListThatCannotBeRead(t *testing.T) {
	cfg, end := youngShop(t)
	writeFiles(t, cfg.Store, map[string]string{"erasures/00000000000000000001.json": "torn"})
	if err := Check(t.Context(), cfg, end, testEnv(), io.Discard); command.ExitCode(err) != command.ExitConfig {
		t.Errorf("check: %v", err)
	}
	if err := Evaluate(t.Context(), cfg, EvaluateOptions{}, testEnv(), io.Discard); command.ExitCode(err) != command.ExitConfig {
		t.Errorf("evaluate: %v", err)
	}
	if _, err := Changes(t.Context(), cfg, 1, "csv", io.Discard); command.ExitCode(err) != command.ExitConfig {
		t.Errorf("changes: %v", err)
	}
}

// mentions returns the number of lines that are written, and checks whether one of
// them holds the text.
func mentions(t *testing.T, write func(io.Writer) error, text string, want bool) (lines int) {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out); err != nil {
		t.Fatal(err)
	}
	if got := strings.Contains(out.String(), text); got != want {
		t.Errorf("%q is there: %v, want %v", text, got, want)
	}
	return strings.Count(out.String(), "\n")
}

// writeFiles writes files below dir.
func writeFiles(t *testing.T, dir string, texts map[string]string) {
	t.Helper()
	for name, text := range texts {
		if err := writeFile(filepath.Join(dir, name), []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
}
