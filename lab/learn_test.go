package lab

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perennial/command"
	"perennial/models/gbdt"
	"perennial/models/golearn"
	"perennial/models/logistic"
)

// TestLearnPrints shows a whole output. The learner finds what the table was
// made with; the id, the constant and the column that training lacks are named.
func TestLearnPrints(t *testing.T) {
	opts := labFiles(t)
	var out bytes.Buffer
	if err := Learn(t.Context(), opts, tickingEnv(), &out); err != nil {
		t.Fatal(err)
	}
	const want = `
600 training rows, 200 test rows, 6 features of 3 columns
positive is churned = yes: 37.2% of the training rows, 31.0% of the test rows

learner    AUC     PR-AUC  log loss  Brier   ECE     calibration slope  lift at 10%  train s  predict s
logistic   0.8493  0.7170  0.4487    0.1438  0.1371  1.27               2.42         0.25     0.25
base_rate  0.5000  0.3100  0.6275    0.2177  0.0617  -                  1.00         0.25     0.25

lowest log loss: logistic
warning: 17 of 200 test rows equal a training row in every feature: if they are the same customers, the figures are too good (keep equal rows in one table)
note: column "customer" is left out: 600 different texts in 600 rows look like an id
note: column "country" is left out: every cell is the same
note: ignored, because the training table does not have it: column "comment"
`
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split("\n"+out.String(), "\n")); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

func TestLearnPrintsJSON(t *testing.T) {
	opts := labFiles(t)
	opts.JSON = true
	var out bytes.Buffer
	if err := Learn(t.Context(), opts, tickingEnv(), &out); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Learners []map[string]any
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%v in %s", err, out.Bytes())
	}
	names := []string{"logistic", "base_rate"}
	if len(got.Learners) != len(names) {
		t.Fatalf("%d learners, want %d", len(got.Learners), len(names))
	}
	for i, learner := range got.Learners {
		if learner["learner"] != names[i] {
			t.Errorf("learner %d is %v, want %s", i, learner["learner"], names[i])
		}
		for _, figure := range []string{"auc", "logloss", "brier", "ece", "train_seconds", "predict_seconds", "peak_rss_bytes"} {
			if v, ok := learner[figure].(float64); !ok || v < 0 {
				t.Errorf("%s: %s is %v, want a number", names[i], figure, learner[figure])
			}
		}
	}
	if v := got.Learners[1]["calibration_slope"]; v != nil {
		t.Errorf("base rate: calibration slope %v, want null: it is not defined", v)
	}
}

// TestLearnPredictions reads the file of predictions back: the test rows as they
// were, then the probability.
func TestLearnPredictions(t *testing.T) {
	opts := labFiles(t)
	opts.Predictions = filepath.Join(t.TempDir(), "predictions.csv")
	result := learnJSONOf(t, opts)
	rows, predictions := readRecords(t, opts.Test), readRecords(t, opts.Predictions)
	if len(predictions) != len(rows) {
		t.Fatalf("%d lines, want %d", len(predictions), len(rows))
	}
	last := len(rows[0])
	var loss float64
	for i, row := range predictions {
		if diff := cmp.Diff(rows[i], row[:last]); diff != "" {
			t.Fatalf("line %d (-test +predictions):\n%s", i+1, diff)
		}
		if i == 0 {
			if diff := cmp.Diff([]string{"probability"}, row[last:]); diff != "" {
				t.Fatalf("header (-want +got):\n%s", diff)
			}
			continue
		}
		p, err := strconv.ParseFloat(row[last], 64)
		if err != nil {
			t.Fatal(err)
		}
		if row[slices.Index(rows[0], "churned")] == "no" {
			p = 1 - p
		}
		loss -= math.Log(p) / float64(len(rows)-1)
	}
	if reported := *result.Learners[0].LogLoss; math.Abs(loss-reported) > 1e-12 {
		t.Errorf("log loss of the file is %v, reported %v", loss, reported)
	}
}

// TestLearnSeveral runs learners of every kind and wants a column for each, the
// best one's twice.
func TestLearnSeveral(t *testing.T) {
	opts := labFiles(t)
	opts.Learners = []string{"base_rate", "golearn_forest", "golearn_liblinear", "logistic"}
	opts.Params = []string{"golearn_forest.trees=3", "golearn_forest.seed=7", "golearn_liblinear.c=0.5", "logistic.shape=linear"}
	opts.Predictions = filepath.Join(t.TempDir(), "predictions.csv")
	result := learnJSONOf(t, opts)
	lowest := math.Inf(1)
	best := ""
	for _, learner := range result.Learners {
		if *learner.LogLoss < lowest {
			lowest, best = *learner.LogLoss, learner.Learner
		}
	}
	if result.Best != best {
		t.Errorf("best is %s, but %s has the lowest log loss", result.Best, best)
	}
	records := readRecords(t, opts.Predictions)
	from := len(records[0]) - 5
	want := []string{"probability_base_rate", "probability_golearn_forest", "probability_golearn_liblinear", "probability_logistic", "probability"}
	if diff := cmp.Diff(want, records[0][from:]); diff != "" {
		t.Fatalf("header (-want +got):\n%s", diff)
	}
	column := slices.Index(records[0], "probability_"+best)
	for i, row := range records {
		if i > 0 && row[column] != row[from+4] {
			t.Fatalf("line %d: probability is %s, that of %s %s", i+1, row[from+4], best, row[column])
		}
	}
}

// TestLearnModel reads the file of each learner with the learner's own package.
func TestLearnModel(t *testing.T) {
	tests := []struct {
		learner string
		read    func(*os.File) error
	}{
		{"logistic", func(f *os.File) error { _, err := logistic.Read(f); return err }},
		{"boosting", func(f *os.File) error { _, err := gbdt.Read(f); return err }},
		{"golearn_forest", func(f *os.File) error { _, err := golearn.ReadForest(f); return err }},
		{"golearn_liblinear", func(f *os.File) error { _, err := golearn.ReadLiblinear(f); return err }},
		{"base_rate", func(f *os.File) error { return json.NewDecoder(f).Decode(&struct{ Share float64 }{}) }},
	}
	for _, tt := range tests {
		t.Run(tt.learner, func(t *testing.T) {
			opts := labFiles(t)
			opts.Learners = []string{tt.learner}
			opts.Save = filepath.Join(t.TempDir(), "model")
			learnJSONOf(t, opts)
			file, err := os.Open(opts.Save)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			if err := tt.read(file); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestLearnIgnoresColumnOrder turns the columns of the test table round.
func TestLearnIgnoresColumnOrder(t *testing.T) {
	opts := labFiles(t)
	before := learnJSONOf(t, opts)
	records := readRecords(t, opts.Test)
	for _, row := range records {
		slices.Reverse(row)
	}
	opts.Test = writeRecords(t, "test.csv", records)
	after := learnJSONOf(t, opts)
	if diff := cmp.Diff(before.Learners[0].LogLoss, after.Learners[0].LogLoss); diff != "" {
		t.Errorf("log loss (-before +after):\n%s", diff)
	}
}

func TestLearnErrors(t *testing.T) {
	good := labFiles(t)
	change := func(edit func(records [][]string) [][]string) string {
		return writeRecords(t, "test.csv", edit(readRecords(t, good.Test)))
	}
	tests := []struct {
		name string
		edit func(*LearnOptions)
		code int
		want string
	}{
		{"no label", func(o *LearnOptions) { o.Label = "" }, command.ExitUsage, "--label is missing"},
		{"unknown label", func(o *LearnOptions) { o.Label = "churn" }, command.ExitUsage, `no column "churn" (there are customer, `},
		{"unknown learner", func(o *LearnOptions) { o.Learners = []string{"gbtd"} }, command.ExitUsage, `"gbtd": unknown (choose from logistic, boosting, golearn_forest, golearn_liblinear, base_rate)`},
		{"learner twice", func(o *LearnOptions) { o.Learners = []string{"logistic", "logistic"} }, command.ExitUsage, "named twice"},
		{"unknown parameter", func(o *LearnOptions) { o.Params = []string{"trees=3"} }, command.ExitUsage, "logistic.trees: unknown (logistic has lambda, shape, max_iterations)"},
		{"unknown positive", func(o *LearnOptions) { o.Positive = "maybe" }, command.ExitUsage, `no row has it in "churned" (the values are "no", "yes")`},
		{"output is input", func(o *LearnOptions) { o.Predictions = o.Test }, command.ExitUsage, "is also --test"},
		{"outputs are one file", func(o *LearnOptions) { o.Predictions, o.Save = "out", "./out" }, command.ExitUsage, "is also --predictions"},
		{"no folder", func(o *LearnOptions) { o.Save = filepath.Join(t.TempDir(), "no", "model") }, command.ExitUsage, "make the folder first"},
		{"no file", func(o *LearnOptions) { o.Train = filepath.Join(t.TempDir(), "no.csv") }, command.ExitInput, "no.csv"},
		{"no rows", func(o *LearnOptions) {
			o.Test = change(func(records [][]string) [][]string { return records[:1] })
		}, command.ExitData, "no rows"},
		{"label of many values", func(o *LearnOptions) { o.Label = "plan" }, command.ExitData, "more than two values"},
		{"label of one value", func(o *LearnOptions) { o.Label = "country" }, command.ExitData, "both outcomes are needed"},
		{"unknown outcome", func(o *LearnOptions) {
			o.Test = change(func(records [][]string) [][]string { records[3][5] = "maybe"; return records })
		}, command.ExitData, `row 3 is "maybe", neither "no" nor "yes"`},
		{"no outcome", func(o *LearnOptions) {
			o.Test = change(func(records [][]string) [][]string { records[4][5] = ""; return records })
		}, command.ExitData, "row 4 is empty"},
		{"missing column", func(o *LearnOptions) {
			o.Test = change(func(records [][]string) [][]string { records[0][1] = "days"; return records })
		}, command.ExitData, `column "recency_days" of the training table is missing`},
		{"text among numbers", func(o *LearnOptions) {
			o.Test = change(func(records [][]string) [][]string { records[7][1] = "ten"; return records })
		}, command.ExitData, `column "recency_days": row 7 is "ten", not a number`},
		{"probability is there", func(o *LearnOptions) {
			o.Predictions = filepath.Join(t.TempDir(), "p.csv")
			o.Test = change(func(records [][]string) [][]string { records[0][6] = "probability"; return records })
		}, command.ExitData, `there is a column "probability" already`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			opts := good
			tt.edit(&opts)
			var out bytes.Buffer
			err := Learn(t.Context(), opts, testEnv(), &out)
			if err == nil || !strings.HasPrefix(err.Error(), "lab learn: ") || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %v, want lab learn: … %s", err, tt.want)
			}
			if code := command.ExitCode(err); code != tt.code {
				t.Errorf("exit code %d, want %d: %v", code, tt.code, err)
			}
			if out.Len() > 0 {
				t.Errorf("printed %q beside an error", out.String())
			}
		})
	}
}

func TestLearnStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Learn(ctx, labFiles(t), testEnv(), &bytes.Buffer{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}

// TestLearnWarns gives learners noise to learn from, and a test table that says
// nothing.
func TestLearnWarns(t *testing.T) {
	noise := func(name string, rows int, seed uint64) string {
		random := rand.New(rand.NewPCG(seed, 0))
		records := [][]string{{"x", "y"}}
		for range rows {
			records = append(records, []string{strconv.FormatFloat(random.Float64(), 'f', 4, 64), strconv.Itoa(random.IntN(2))})
		}
		return writeRecords(t, name, records)
	}
	opts := LearnOptions{Train: noise("train.csv", 30, 1), Test: noise("test.csv", 2000, 2), Label: "y"}
	wantNote(t, learnJSONOf(t, opts).Warnings, "no learner beats the base rate")

	opts.Test = writeRecords(t, "test.csv", [][]string{{"x", "y"}, {"0.5", "1"}})
	result := learnJSONOf(t, opts)
	wantNote(t, result.Warnings, "same outcome")
	if auc := result.Learners[0].AUC; auc != nil {
		t.Errorf("AUC of one outcome is %v, want null", *auc)
	}
}

// labFiles writes a training table of 600 customers and a test table of 200, in
// which recency and plan say who churns.
func labFiles(t testing.TB) LearnOptions {
	random := rand.New(rand.NewPCG(1, 2))
	header := []string{"customer", "recency_days", "orders", "plan", "country", "churned"}
	train, test := [][]string{header}, [][]string{append(slices.Clone(header), "comment")}
	for i := range 800 {
		row := labRow(random, i)
		if i < 600 {
			train = append(train, row)
			continue
		}
		test = append(test, append(row, "none"))
	}
	return LearnOptions{Train: writeRecords(t, "train.csv", train), Test: writeRecords(t, "test.csv", test), Label: "churned"}
}

func labRow(random *rand.Rand, i int) []string {
	recency, orders := random.IntN(200), 1+random.IntN(9)
	plan := []string{"free", "monthly", "yearly", ""}[random.IntN(4)]
	logOdds := float64(recency)/40 - 3
	if plan == "yearly" {
		logOdds -= 2
	}
	churned := "no"
	if random.Float64() < 1/(1+math.Exp(-logOdds)) {
		churned = "yes"
	}
	return []string{"C" + strconv.Itoa(10_000+i), strconv.Itoa(recency), strconv.Itoa(orders), plan, "GB", churned}
}

// tickingEnv has a clock that moves on by a quarter of a second at every look.
func tickingEnv() command.Env {
	env := testEnv()
	clock := env.Clock()
	env.Clock = func() time.Time { clock = clock.Add(250 * time.Millisecond); return clock }
	return env
}

// learnJSONOf runs Learn and returns what it prints as JSON.
func learnJSONOf(t testing.TB, opts LearnOptions) learnJSON {
	t.Helper()
	opts.JSON = true
	var out bytes.Buffer
	if err := Learn(t.Context(), opts, testEnv(), &out); err != nil {
		t.Fatal(err)
	}
	var result learnJSON
	if err := json.Unmarshal(out.Bytes(), &result); err != nil {
		t.Fatalf("%v in %s", err, out.Bytes())
	}
	return result
}

func writeRecords(t testing.TB, name string, records [][]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(records); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func readRecords(t testing.TB, path string) [][]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records
}
