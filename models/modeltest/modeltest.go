// Package modeltest is the battery that every learner of a probability must pass.
//
// Describe the learner by a Subject and call Run from the learner's own test.
// Checks lists what is demanded.
package modeltest

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// Model is a fitted learner of P(y = 1).
type Model interface {
	// Predict writes the probability of row i to dst[i]. x[j][i] is column
	// columns[j] of row i, NaN where missing.
	Predict(dst []float64, columns []string, x [][]float32) error
	// Write saves the model.
	Write(w io.Writer) error
}

// Explainer is a Model that can say what moved a probability. The battery
// checks the contributions of every model that has these methods.
type Explainer interface {
	Model
	// Explain writes to dst[j][i] what column j of the fit adds to the
	// log-odds of row i.
	Explain(dst [][]float64, columns []string, x [][]float32) error
	// Base returns the log-odds that the contributions are added to.
	Base() float64
}

// Subject is a learner under test.
type Subject struct {
	// Fit learns from labels y (0 or 1) and weights (nil means ones).
	Fit func(ctx context.Context, columns []string, x [][]float32, y, weights []float64) (Model, error)
	// Read reads what Model.Write wrote.
	Read func(r io.Reader) (Model, error)

	// RowOrder allows probabilities to move when the training rows are
	// shuffled. Zero value: not by one bit.
	RowOrder Tolerance
	// Weights allows probabilities to differ between a row of weight 2 and
	// the row given twice. Zero value: not by one bit.
	Weights Tolerance
	// AUCFloor is what the learner must reach on an easy signal, where the
	// true probabilities reach 0.88. Default 0.82, range (0.5, 0.88).
	AUCFloor float64
	// Skip names checks that the learner cannot pass, with the reason, which
	// the test output shows.
	Skip map[string]string
}

// Tolerance is a stated weakness of a learner.
type Tolerance struct {
	Difference float64 // largest change of a probability
	Because    string  // required when Difference is not 0
}

const defaultAUCFloor = 0.82

// check is one demand of the battery.
type check struct {
	name string
	run  func(r reporter, s Subject)
}

// reporter is the part of *testing.T that checks use, so that the battery's own
// tests can watch it fail.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

func battery() []check {
	return []check{
		{"refit gives the same bits", checkRefit},
		{"number of processors does not matter", checkProcessors},
		{"row order does not matter", checkRowOrder},
		{"weight 2 is the row twice", checkWeights},
		{"missing column is an error that names it", checkMissingColumn},
		{"column order and extra columns do not matter", checkColumnOrder},
		{"saved and read model predicts the same bits", checkSaveAndRead},
		{"truncated file is an error", checkTruncatedFile},
		{"contributions add up", checkContributions},
		{"any cell gives a probability", checkAnyCell},
		{"unusable input is an error", checkUnusableInput},
		{"cancelled context ends the fit", checkCancelled},
		{"constant and missing columns are harmless", checkUselessColumns},
		{"easy signal is learnt", checkEasySignal},
		{"inputs are left alone", checkInputsLeftAlone},
		{"model can be shared", checkShared},
	}
}

// Checks returns the names of the checks in the order in which Run runs them.
func Checks() []string {
	var names []string
	for _, c := range battery() {
		names = append(names, c.name)
	}
	return names
}

// Run runs every check of the battery as a subtest of t.
func Run(t *testing.T, s Subject) {
	t.Helper()
	if err := s.validate(); err != nil {
		t.Fatal(err)
	}
	for _, c := range battery() {
		t.Run(c.name, func(t *testing.T) {
			if reason, skip := s.Skip[c.name]; skip {
				t.Skip(reason)
			}
			c.run(t, s)
		})
	}
}

func (s Subject) validate() error {
	known := Checks()
	for name, reason := range s.Skip {
		if !slices.Contains(known, name) {
			return fmt.Errorf("modeltest: no check is named %q (there are: %s)", name, strings.Join(known, "; "))
		}
		if reason == "" {
			return fmt.Errorf("modeltest: check %q is skipped without a reason", name)
		}
	}
	for _, tolerance := range []Tolerance{s.RowOrder, s.Weights} {
		if tolerance.Difference != 0 && tolerance.Because == "" {
			return fmt.Errorf("modeltest: a tolerance of %g is given without a reason", tolerance.Difference)
		}
	}
	return nil
}
