package lab

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/command"
)

// TestSaveAndModel saves a boosted model and judges its file: to the bit the
// same predictions, with a column whose name has a space and texts that training
// never saw.
func TestSaveAndModel(t *testing.T) {
	opts := crossedFiles(t)
	records := readRecords(t, opts.Test)
	records[5][2] = "nowhere"
	opts.Test = writeRecords(t, "test.csv", records)
	folder := t.TempDir()
	opts.Learners, opts.Save, opts.Predictions = []string{"boosting"}, filepath.Join(folder, "model.txt"), filepath.Join(folder, "first.csv")
	saved := learnJSONOf(t, opts)

	read := LearnOptions{Train: opts.Train, Test: opts.Test, Label: "y", Model: opts.Save, Predictions: filepath.Join(folder, "second.csv")}
	judged := learnJSONOf(t, read)
	if judged.Best != fromFile || len(judged.Learners) != 2 {
		t.Fatalf("best is %s of %d, want the model beside the base rate", judged.Best, len(judged.Learners))
	}
	if diff := cmp.Diff(readRecords(t, opts.Predictions), readRecords(t, read.Predictions)); diff != "" {
		t.Errorf("predictions (-saved +read):\n%s", diff)
	}
	if diff := cmp.Diff(saved.Learners[0].LogLoss, judged.Learners[0].LogLoss); diff != "" {
		t.Errorf("log loss (-saved +read):\n%s", diff)
	}
	read.Learners, read.Save, read.Predictions = []string{"logistic"}, filepath.Join(folder, "again.txt"), ""
	if best := learnJSONOf(t, read).Best; best != fromFile {
		t.Errorf("best is %s, want the model beside logistic", best)
	}
	again, err := os.ReadFile(read.Save)
	if err != nil {
		t.Fatal(err)
	}
	if first, err := os.ReadFile(opts.Save); err != nil || !bytes.Equal(first, again) {
		t.Errorf("the model saved again differs from its file (%v)", err)
	}
}

func TestModelErrors(t *testing.T) {
	good := crossedFiles(t)
	good.Learners, good.Save = []string{"boosting"}, filepath.Join(t.TempDir(), "model.txt")
	learnJSONOf(t, good)
	text, err := os.ReadFile(good.Save)
	if err != nil {
		t.Fatal(err)
	}
	good.Learners, good.Save = nil, ""
	edited := func(old, replacement string) string {
		changed := strings.Replace(string(text), old, replacement, 1)
		if changed == string(text) {
			t.Fatalf("the file has no %q", old)
		}
		return textFile(t, "model.txt", changed)
	}
	tests := []struct {
		name string
		file string
		code int
		want string
	}{
		{"no file", filepath.Join(t.TempDir(), "none.txt"), command.ExitInput, "--save writes one"},
		{"another file", good.Train, command.ExitUsage, "is also --train"},
		{"no model", textFile(t, "model.txt", "{}"), command.ExitData, "not a LightGBM model text"},
		{"another objective", edited("objective=binary sigmoid:1", "objective=poisson"), command.ExitData, "gives no probability"},
		{"numbered columns", edited("feature_names=a b", "feature_names=Column_0 Column_1"), command.ExitData, `no column "Column_0", "Column_1"`},
		{"no categories", edited("pandas_categorical:", "pandas:"), command.ExitData, "the categories of 0 columns, but 1"},
		{"categories of numbers", edited(`pandas_categorical:[["town 0"`, `pandas_categorical:[[0`), command.ExitData, "only texts may be categories"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			opts := good
			opts.Model = tt.file
			if tt.name == "another file" {
				opts.Model, opts.Predictions = tt.file, tt.file
			}
			err := Learn(t.Context(), opts, testEnv(), &bytes.Buffer{})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %v, want … %s …", err, tt.want)
			}
			if code := command.ExitCode(err); code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
		})
	}
}

// TestSaveRefusesNamesThatCollide has two columns that LightGBM cannot tell
// apart.
func TestSaveRefusesNamesThatCollide(t *testing.T) {
	opts := crossedFiles(t)
	for _, path := range []*string{&opts.Train, &opts.Test} {
		records := readRecords(t, *path)
		for i, row := range records {
			records[i] = append(slices.Clone(row), row[1])
		}
		records[0][4] = "home_town"
		*path = writeRecords(t, filepath.Base(*path), records)
	}
	opts.Learners, opts.Save = []string{"boosting"}, filepath.Join(t.TempDir(), "model.txt")
	err := Learn(t.Context(), opts, testEnv(), &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), `columns "home town" and "home_town" have one name`) {
		t.Errorf("error %v, want one that names both columns", err)
	}
}

// TestLightGBMAgrees holds a file of LightGBM's own, with categories of pandas
// and a column whose name has a space, to its predictions.
func TestLightGBMAgrees(t *testing.T) {
	table := filepath.Join("testdata", "dataframe.csv")
	opts := LearnOptions{
		Train: table, Test: table, Label: "ordered", Model: filepath.Join("testdata", "dataframe.txt"), Predictions: filepath.Join(t.TempDir(), "p.csv"),
	}
	learnJSONOf(t, opts)
	for i, row := range readRecords(t, opts.Predictions)[1:] {
		if got, want := number(t, row[5]), number(t, row[4]); math.Abs(got-want) > 1e-7 {
			t.Errorf("row %d: probability %v, LightGBM says %v", i+1, got, want)
		}
	}
}

func TestParamsNeedALearner(t *testing.T) {
	opts := crossedFiles(t)
	opts.Model, opts.Params = "model.txt", []string{"trees=3"}
	if err := Learn(t.Context(), opts, testEnv(), &bytes.Buffer{}); command.ExitCode(err) != command.ExitUsage || !strings.Contains(err.Error(), "no learner runs") {
		t.Errorf("error %v, want one of usage", err)
	}
}
