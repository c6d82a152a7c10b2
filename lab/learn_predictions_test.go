package lab

import (
	"bytes"
	"path/filepath"
	"slices"
	"testing"

	"perennial/command"
)

// TestPredictionsSayWhatIsRounded has ids that a float32 cannot hold.
func TestPredictionsSayWhatIsRounded(t *testing.T) {
	opts := labFiles(t)
	records := readRecords(t, opts.Test)
	for i, row := range records {
		records[i] = append(row, "8800000000123")
	}
	records[0][len(records[0])-1] = "account"
	opts.Test = writeRecords(t, "test.csv", records)
	if notes := learnJSONOf(t, opts).Notes; slices.ContainsFunc(notes, func(note string) bool { return note[:16] == `column "account"` }) {
		t.Errorf("notes %q: nothing is rounded without a file of predictions", notes)
	}
	opts.Predictions = filepath.Join(t.TempDir(), "predictions.csv")
	wantNote(t, learnJSONOf(t, opts).Notes, `column "account" has numbers beyond 16777216`)
}

func TestOutputThatCannotBeWritten(t *testing.T) {
	folder := t.TempDir()
	for name, edit := range map[string]func(*LearnOptions){
		"predictions": func(o *LearnOptions) { o.Predictions = folder },
		"save":        func(o *LearnOptions) { o.Save = folder },
	} {
		opts := labFiles(t)
		edit(&opts)
		var out bytes.Buffer
		err := Learn(t.Context(), opts, testEnv(), &out)
		if code := command.ExitCode(err); code != command.ExitIO {
			t.Errorf("%s: exit code %d, want %d: %v", name, code, command.ExitIO, err)
		}
		if out.Len() > 0 {
			t.Errorf("%s: printed %q beside an error", name, out.String())
		}
	}
}
