package lab

import (
	"bytes"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"perennial/command"
	"perennial/models/gbdt"
)

// TestBoostingReadsItsParameters gives every parameter a value that shows in the
// model.
func TestBoostingReadsItsParameters(t *testing.T) {
	tests := []struct {
		name   string
		params []string
		holds  func(m *gbdt.Model) bool
	}{
		{"trees", []string{"trees=7"}, func(m *gbdt.Model) bool { return len(m.Trees) == 7 }},
		{"leaves", []string{"leaves=2", "min_data=5"}, func(m *gbdt.Model) bool { return mostLeaves(m) == 2 }},
		{"max_depth", []string{"max_depth=2", "min_data=5"}, func(m *gbdt.Model) bool { return mostLeaves(m) > 2 && mostLeaves(m) <= 4 }},
		{"min_data", []string{"min_data=20", "trees=5"}, func(m *gbdt.Model) bool { return mostLeaves(m) > 8 }},
		{"learning_rate", []string{"learning_rate=0.3"}, func(m *gbdt.Model) bool { return m.Trees[1].Shrinkage == 0.3 }},
		{"monotone", []string{"monotone=recency_days:1+orders:-1"}, func(m *gbdt.Model) bool {
			return m.Monotone[slices.Index(m.Columns, "recency_days")] == 1 && m.Monotone[slices.Index(m.Columns, "orders")] == -1
		}},
		{"texts are categories", nil, func(m *gbdt.Model) bool { return m.Ranges[slices.Index(m.Columns, "plan")] == "0:1:2" }},
		{"categorical", []string{"categorical=orders"}, func(m *gbdt.Model) bool { return strings.Contains(m.Ranges[slices.Index(m.Columns, "orders")], ":2:3") }},
		{"early_stopping", []string{"trees=400", "learning_rate=0.5", "min_data=5", "early_stopping=5"}, func(m *gbdt.Model) bool { return len(m.Trees) < 100 }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			opts := labFiles(t)
			opts.Learners, opts.Params, opts.Save = []string{"boosting"}, tt.params, filepath.Join(t.TempDir(), "model.txt")
			learnJSONOf(t, opts)
			if m := readLabModel(t, opts.Save); !tt.holds(m) {
				t.Errorf("%v does not show: %d trees of up to %d leaves, shrinkage %g, ranges %q, monotone %v",
					tt.params, len(m.Trees), mostLeaves(m), m.Trees[0].Shrinkage, m.Ranges, m.Monotone)
			}
		})
	}
}

func readLabModel(t *testing.T, path string) *gbdt.Model {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := gbdt.Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func mostLeaves(m *gbdt.Model) int {
	most := 0
	for k := range m.Trees {
		most = max(most, m.Trees[k].Leaves())
	}
	return most
}

// TestDrawnTreesDiffer changes what is drawn, and nothing else.
func TestDrawnTreesDiffer(t *testing.T) {
	opts := labFiles(t)
	opts.Learners = []string{"boosting"}
	losses := map[float64][]string{}
	for _, params := range []string{"seed=0", "seed=1", "feature_fraction=0.4", "bagging_fraction=0.5", "bagging_fraction=0.5 bagging_freq=10", "lambda_l1=3", "lambda_l2=0", "bins=8", "min_gain=3"} {
		opts.Params = strings.Fields(params + " min_data=10")
		loss := *learnJSONOf(t, opts).Learners[0].LogLoss
		losses[loss] = append(losses[loss], params)
		if again := *learnJSONOf(t, opts).Learners[0].LogLoss; again != loss {
			t.Errorf("%s: log loss %v, and %v the second time", params, loss, again)
		}
	}
	for loss, params := range losses {
		if len(params) > 1 {
			t.Errorf("%q give the same log loss of %v", params, loss)
		}
	}
}

func TestWrongBoostingParams(t *testing.T) {
	tests := []struct {
		param string
		code  int
		want  string
	}{
		{"trees=0", command.ExitUsage, "--param boosting.trees=0: not a whole number from 1 on"},
		{"leaves=1", command.ExitUsage, "leaves is 1 (choose from 2 to 65535)"},
		{"bins=256", command.ExitUsage, "bins is 256 (choose from 3 to 255)"},
		{"learning_rate=2", command.ExitUsage, "not a number above 0, at most 1"},
		{"feature_fraction=0", command.ExitUsage, "not a number above 0, at most 1"},
		{"lambda_l2=-1", command.ExitUsage, "not a number from 0 on"},
		{"objective=poisson", command.ExitUsage, "not binary, because the label of the bench has two values"},
		{"monotone=orders", command.ExitUsage, "not column:1 or column:-1"},
		{"monotone=orders:2", command.ExitUsage, "not column:1 or column:-1"},
		{"monotone=:1", command.ExitUsage, "not column:1 or column:-1"},
		{"monotone=order:1", command.ExitUsage, `no column "order" is learnt from (there are recency_days, orders, plan)`},
		{"monotone=plan:1", command.ExitUsage, `column "plan" holds texts`},
		{"categorical=orders+", command.ExitUsage, "not names with + between them"},
		{"categorical=country", command.ExitUsage, `no column "country" is learnt from`},
		{"held_back=0.3", command.ExitUsage, "it is for early_stopping"},
		{"early_stopping=5 held_back=1", command.ExitUsage, "below 1"},
		{"lambda=1", command.ExitUsage, "boosting.lambda: unknown (boosting has trees, leaves, "},
	}
	for _, tt := range tests {
		t.Run(tt.param, func(t *testing.T) {
			opts := labFiles(t)
			opts.Learners, opts.Params = []string{"boosting"}, strings.Fields(tt.param)
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

// TestEarlyStoppingNeedsTime has a table that is sorted by its label.
func TestEarlyStoppingNeedsTime(t *testing.T) {
	opts := labFiles(t)
	records := readRecords(t, opts.Train)
	slices.SortStableFunc(records[1:], func(a, b []string) int { return strings.Compare(a[5], b[5]) })
	opts.Train = writeRecords(t, "train.csv", records)
	opts.Learners, opts.Params = []string{"boosting"}, []string{"early_stopping=10"}
	err := Learn(t.Context(), opts, testEnv(), &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "sort the table by time") || command.ExitCode(err) != command.ExitData {
		t.Errorf("error %v, want one of the table that says how to sort it", err)
	}
}

// TestBoostingOnTheBench has an interaction, a category of many levels and gaps,
// which trees learn and a straight line does not.
func TestBoostingOnTheBench(t *testing.T) {
	opts := crossedFiles(t)
	opts.Learners = []string{"logistic", "boosting"}
	result := learnJSONOf(t, opts)
	if line, trees := *result.Learners[0].LogLoss, *result.Learners[1].LogLoss; trees > line-0.05 || result.Best != "boosting" {
		t.Errorf("log loss of boosting %.4f, of logistic %.4f, best %s: want boosting by 0.05", trees, line, result.Best)
	}
}

// crossedFiles writes tables in which the sign of a × b decides, and in which a
// town of 40 moves the odds.
func crossedFiles(t testing.TB) LearnOptions {
	random := rand.New(rand.NewPCG(3, 4))
	parts := [2][][]string{}
	for k, rows := range []int{2000, 800} {
		parts[k] = [][]string{{"a", "b", "home town", "y"}}
		for range rows {
			a, b, town := random.NormFloat64(), random.NormFloat64(), random.IntN(40)
			logOdds := 0.8*float64(town%3-1) + 2*math.Copysign(1, a*b)
			y := "0"
			if random.Float64() < 1/(1+math.Exp(-logOdds)) {
				y = "1"
			}
			cell := strconv.FormatFloat(a, 'f', 3, 64)
			if town == 7 {
				cell = ""
			}
			parts[k] = append(parts[k], []string{cell, strconv.FormatFloat(b, 'f', 3, 64), "town " + strconv.Itoa(town), y})
		}
	}
	return LearnOptions{Train: writeRecords(t, "train.csv", parts[0]), Test: writeRecords(t, "test.csv", parts[1]), Label: "y"}
}
