package jobs

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"perennial/pipeline/history"
)

// TestATornExtractIsNeverUsed: a power cut has torn a file of the latest extract,
// which is not made durable. The night of that day run again, and the next one, read
// the sources instead of it, and find what a full refresh finds.
func TestATornExtractIsNeverUsed(t *testing.T) {
	cfg, end := youngShop(t)
	read := func(cfg Config, opts NightlyOptions) (extract map[string][]byte, log string) {
		t.Helper()
		var lines bytes.Buffer
		env := testEnv()
		env.Log = slog.New(slog.NewTextHandler(&lines, nil))
		if _, err := RunStep(t.Context(), cfg, StepExtract, opts, env); err != nil {
			t.Fatal(err)
		}
		return extractOf(t, cfg, opts.AsOf), lines.String()
	}
	want, _ := read(cfg, NightlyOptions{AsOf: end - 1})
	refreshed := cfg
	refreshed.Store = filepath.Join(t.TempDir(), "refreshed")
	next, _ := read(refreshed, NightlyOptions{AsOf: end, FullRefresh: true})
	tear := func() {
		t.Helper()
		const name = "orders/bucket-00001.parquet"
		if err := os.WriteFile(filepath.Join(extractDir(t, cfg, end-1), name), flipped(want[name]), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	tear()
	again, log := read(cfg, NightlyOptions{AsOf: end - 1})
	if sameFiles(t, want, again); !strings.Contains(log, "the extract that is there is of no use") {
		t.Errorf("the night goes on with the torn extract:\n%s", log)
	}
	tear()
	built, log := read(cfg, NightlyOptions{AsOf: end})
	if sameFiles(t, next, built); !strings.Contains(log, `table=orders way="all files" why="the earlier extract is damaged"`) {
		t.Errorf("the next night builds on the torn extract:\n%s", log)
	}
}

// flipped returns a copy in which one bit in the middle is another.
func flipped(body []byte) []byte {
	body = bytes.Clone(body)
	body[len(body)/3] ^= 4
	return body
}

// extractDir returns the folder of the extract of a day.
func extractDir(t *testing.T, cfg Config, day history.Day) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(cfg.Store, "history", day.String()+"-*"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	return found[0]
}

// extractOf returns the files of the extract of a day that do not tell how they were
// read.
func extractOf(t *testing.T, cfg Config, day history.Day) map[string][]byte {
	t.Helper()
	dir := extractDir(t, cfg, day)
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".parquet" || strings.Contains(path, "memory") {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err == nil {
			files[name], err = os.ReadFile(path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	return files
}
