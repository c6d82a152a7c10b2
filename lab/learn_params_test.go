package lab

import (
	"strings"
	"testing"

	"perennial/command"
)

func TestParams(t *testing.T) {
	shares, err := shareParams([]string{"logistic"}, []string{"lambda=2.5", "logistic.max_iterations=40", "shape=linear"})
	if err != nil {
		t.Fatal(err)
	}
	p := shares[0]
	if lambda := p.positive("lambda"); lambda != 2.5 {
		t.Errorf("lambda is %v, want 2.5", lambda)
	}
	if n := p.count("max_iterations"); n != 40 {
		t.Errorf("max_iterations is %d, want 40", n)
	}
	if shape := p.choice("shape", []string{"skewed", "linear"}); shape != "linear" {
		t.Errorf("shape is %q, want linear", shape)
	}
	if seed := p.seed("seed"); seed != 0 {
		t.Errorf("a seed that is not given is %d, want 0", seed)
	}
	if err := p.check(); err != nil {
		t.Error(err)
	}
}

func TestWrongParams(t *testing.T) {
	tests := []struct {
		name     string
		learners string
		params   string
		want     string
	}{
		{"no value", "logistic", "lambda", `no value (write key=value)`},
		{"unknown", "logistic", "C=1", "logistic.C: unknown (logistic has lambda, shape, max_iterations)"},
		{"of the floor", "base_rate", "c=1", "base_rate has no parameters"},
		{"not a number", "logistic", "lambda=x", "--param logistic.lambda=x: not a number above 0"},
		{"zero", "logistic", "lambda=0", "not a number above 0"},
		{"NaN", "golearn_liblinear", "c=NaN", "not a number above 0"},
		{"infinite", "golearn_liblinear", "tolerance=inf", "not a number above 0"},
		{"half a tree", "golearn_forest", "trees=0.5", "not a whole number from 1 on"},
		{"no tree", "golearn_forest", "trees=0", "not a whole number from 1 on"},
		{"negative seed", "golearn_forest", "seed=-1", "not a whole number from 0 on"},
		{"no such shape", "logistic", "shape=round", "not one of skewed, logarithmic, linear"},
		{"given twice", "logistic", "lambda=1 logistic.lambda=2", "lambda is given twice"},
		{"whose", "golearn_forest golearn_liblinear", "seed=1", "several learners run (write golearn_forest.seed=1"},
		{"of nobody", "logistic", "golearn_forest.trees=1", "golearn_forest is not among the learners"},
		{"first of two mistakes", "golearn_forest", "trees=x min_split=y", "golearn_forest.trees=x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := chooseLearners(strings.Fields(tt.learners), strings.Fields(tt.params))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %v, want … %s …", err, tt.want)
			}
			if code := command.ExitCode(err); code != command.ExitUsage {
				t.Errorf("exit code %d, want %d", code, command.ExitUsage)
			}
		})
	}
}

// FuzzParams wants a usage error or a learner that got what was written.
func FuzzParams(f *testing.F) {
	for _, param := range []string{"lambda=1", "logistic.lambda=1e300", "shape=linear", "=", "a.b.c=d=e", "max_iterations=99999999999999999999"} {
		f.Add(param)
	}
	f.Fuzz(func(t *testing.T, param string) {
		learners, err := chooseLearners([]string{"logistic"}, []string{param})
		switch key, _, ok := strings.Cut(strings.TrimPrefix(param, "logistic."), "="); {
		case err != nil && command.ExitCode(err) != command.ExitUsage:
			t.Errorf("%q: exit code %d: %v", param, command.ExitCode(err), err)
		case err == nil && (!ok || key != "lambda" && key != "shape" && key != "max_iterations"):
			t.Errorf("%q is taken", param)
		case err == nil && len(learners) != 2:
			t.Errorf("%q: %d learners, want logistic and the floor", param, len(learners))
		}
	})
}
