package lab

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"perennial/command"
	"perennial/pipeline/table"
)

// TestShapSumsToTheMargin adds up the rows of the file, for every learner that
// can say what moves it.
func TestShapSumsToTheMargin(t *testing.T) {
	for _, learner := range []string{"logistic", "boosting"} {
		t.Run(learner, func(t *testing.T) {
			opts := crossedFiles(t)
			folder := t.TempDir()
			opts.Learners, opts.Predictions, opts.Shap = []string{learner}, filepath.Join(folder, "p.csv"), filepath.Join(folder, "shap.csv")
			learnJSONOf(t, opts)
			rows, predictions := readRecords(t, opts.Shap), readRecords(t, opts.Predictions)
			if n := len(rows[0]); rows[0][n-1] != "base" || len(rows) != len(predictions) {
				t.Fatalf("header %q, %d lines: want base at the end and %d lines", rows[0], len(rows), len(predictions))
			}
			for i := 1; i < len(rows); i++ {
				var margin float64
				for _, cell := range rows[i] {
					margin += number(t, cell)
				}
				p := number(t, predictions[i][len(predictions[i])-1])
				if want := math.Log(p / (1 - p)); math.Abs(margin-want) > 1e-9 {
					t.Fatalf("row %d: contributions sum to %v, the margin is %v", i, margin, want)
				}
			}
		})
	}
}

func number(t *testing.T, cell string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestShapParquet holds the Parquet file to the CSV file, up to the precision of
// a table.
func TestShapParquet(t *testing.T) {
	opts := crossedFiles(t)
	folder := t.TempDir()
	opts.Learners, opts.Shap = []string{"boosting"}, filepath.Join(folder, "shap.csv")
	learnJSONOf(t, opts)
	want := readRecords(t, opts.Shap)
	opts.Shap = filepath.Join(folder, "shap.parquet")
	learnJSONOf(t, opts)
	text, err := os.ReadFile(opts.Shap)
	if err != nil {
		t.Fatal(err)
	}
	got, err := table.ReadParquet(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Names(), want[0]) || got.Rows() != len(want)-1 {
		t.Fatalf("%d rows of %q, want %d of %q", got.Rows(), got.Names(), len(want)-1, want[0])
	}
	for j, c := range got.Columns {
		for i, v := range c.Numbers {
			if float32(number(t, want[i+1][j])) != v {
				t.Fatalf("column %s, row %d: %v in Parquet, %s in CSV", c.Name, i, v, want[i+1][j])
			}
		}
	}
}

// TestShapOfTheBestThatExplains runs a forest, which cannot say why.
func TestShapOfTheBestThatExplains(t *testing.T) {
	opts := crossedFiles(t)
	opts.Shap = filepath.Join(t.TempDir(), "shap.csv")
	opts.Learners = []string{"golearn_forest"}
	if err := Learn(t.Context(), opts, testEnv(), &bytes.Buffer{}); command.ExitCode(err) != command.ExitUsage || !strings.Contains(err.Error(), "add logistic or boosting") {
		t.Errorf("error %v, want one of usage that names learners which explain", err)
	}
	opts.Learners, opts.Params = []string{"golearn_forest", "logistic"}, []string{"golearn_forest.trees=10"}
	result := learnJSONOf(t, opts)
	if result.Best != "golearn_forest" {
		t.Fatalf("best is %s: the table should favour the forest", result.Best)
	}
	wantNote(t, result.Notes, "contributions are those of logistic: golearn_forest has none")
}

// TestImportance wants the columns that made the table ahead of noise, and each
// measure where it is defined.
func TestImportance(t *testing.T) {
	opts := crossedFiles(t)
	opts.Learners, opts.Params = []string{"boosting", "logistic", "golearn_forest"}, []string{"golearn_forest.trees=2", "golearn_forest.max_rows=200"}
	opts.Importance = filepath.Join(t.TempDir(), "importance.csv")
	result := learnJSONOf(t, opts)
	records := readRecords(t, opts.Importance)
	if len(records) != 10 || len(result.Importance) != 9 {
		t.Fatalf("%d lines and %d importances, want 3 columns of 3 learners", len(records), len(result.Importance))
	}
	for _, i := range result.Importance {
		trees, says := i.Learner == "boosting", i.Learner != "golearn_forest"
		if (i.Gain != nil) != trees || (i.Split != nil) != trees || (i.MeanAbsSHAP != nil) != says || i.Permutation == nil {
			t.Errorf("%s of %s: %+v has the wrong measures", i.Column, i.Learner, i)
		}
		if trees && (*i.Gain <= 0 || *i.Split < 1 || *i.MeanAbsSHAP <= 0 || *i.Permutation <= 0.001) {
			t.Errorf("boosting relies on every column, but %s has gain %g, %g splits, contributions of %g and permutation %g",
				i.Column, *i.Gain, *i.Split, *i.MeanAbsSHAP, *i.Permutation)
		}
	}
	if last := result.Importance[2]; last.Learner != "boosting" || last.Column != "home town" {
		t.Errorf("the least of boosting is %s of %s, want home town", last.Column, last.Learner)
	}
	opts.Importance = toTerminal
	var out bytes.Buffer
	if err := Learn(t.Context(), opts, testEnv(), &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "log loss when shuffled\nboosting  ") {
		t.Errorf("printed without importances:\n%s", out.String())
	}
}

// TestLearningCurve wants growing parts that end with the whole, and rows that
// do not depend on the learner.
func TestLearningCurve(t *testing.T) {
	opts := crossedFiles(t)
	opts.Learners, opts.Curve = []string{"boosting", "logistic", "base_rate"}, true
	result := learnJSONOf(t, opts)
	curve := result.LearningCurve
	if len(curve) != 8 {
		t.Fatalf("%d points, want 4 of each learner and none of the base rate", len(curve))
	}
	for k, part := range []float64{8, 4, 2, 1} {
		if got := float64(curve[k].TrainRows); math.Abs(got-2000/part) > 0.15*2000/part || curve[4+k].TrainRows != curve[k].TrainRows {
			t.Errorf("a part in %g has %d and %d rows of 2000", part, curve[k].TrainRows, curve[4+k].TrainRows)
		}
	}
	if curve[3].TrainRows != 2000 || *curve[3].LogLoss != *result.Learners[0].LogLoss {
		t.Errorf("the curve ends with %d rows and log loss %v, the whole has %v", curve[3].TrainRows, *curve[3].LogLoss, *result.Learners[0].LogLoss)
	}
	if *curve[0].LogLoss < *curve[3].LogLoss+0.01 {
		t.Errorf("boosting has log loss %v on an eighth and %v on all: want it to learn", *curve[0].LogLoss, *curve[3].LogLoss)
	}
	opts.Train = writeRecords(t, "train.csv", readRecords(t, opts.Train)[:9])
	if err := Learn(t.Context(), opts, testEnv(), &bytes.Buffer{}); command.ExitCode(err) != command.ExitData || !strings.Contains(err.Error(), "take a larger table") {
		t.Errorf("8 rows: error %v, want one that asks for more", err)
	}
}
