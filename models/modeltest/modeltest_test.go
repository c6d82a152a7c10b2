package modeltest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
)

func TestHonestLearnerPasses(t *testing.T) { Run(t, honest()) }

// recorder is a reporter that remembers whether a check failed.
type recorder struct{ failed bool }

func (r *recorder) Helper()               {}
func (r *recorder) Errorf(string, ...any) { r.failed = true }
func (r *recorder) Fatalf(string, ...any) { r.failed = true; runtime.Goexit() }

// failures returns the names of the checks that s does not pass.
func failures(s Subject) []string {
	var names []string
	for _, c := range battery() {
		r := &recorder{}
		done := make(chan struct{})
		go func() {
			defer close(done)
			c.run(r, s)
		}()
		<-done
		if r.failed {
			names = append(names, c.name)
		}
	}
	return names
}

type (
	fitFunc     = func(context.Context, []string, [][]float32, []float64, []float64) (Model, error)
	predictFunc = func(m *bayes, dst []float64, columns []string, x [][]float32) error
)

// altered is a bayes that predicts in another way.
type altered struct {
	*bayes
	predict predictFunc
}

func (m altered) Predict(dst []float64, columns []string, x [][]float32) error {
	return m.predict(m.bayes, dst, columns, x)
}

// predicting returns the honest learner with another Predict, also after Read.
func predicting(predict predictFunc) Subject {
	s := honest()
	s.Fit = func(ctx context.Context, columns []string, x [][]float32, y, weights []float64) (Model, error) {
		m, err := fitBayes(ctx, columns, x, y, weights)
		if err != nil {
			return nil, err
		}
		return altered{m.(*bayes), predict}, nil
	}
	s.Read = func(r io.Reader) (Model, error) {
		m, err := readBayes(r)
		if err != nil {
			return nil, err
		}
		return altered{m.(*bayes), predict}, nil
	}
	return s
}

// fitting returns the honest learner with another Fit.
func fitting(fit fitFunc) Subject {
	s := honest()
	s.Fit = fit
	return s
}

// shifting returns the honest learner with its prior moved after the fit.
func shifting(shift func(x [][]float32, y []float64) float64) Subject {
	return fitting(func(ctx context.Context, columns []string, x [][]float32, y, weights []float64) (Model, error) {
		m, err := fitBayes(ctx, columns, x, y, weights)
		if err == nil {
			m.(*bayes).Prior += shift(x, y)
		}
		return m, err
	})
}

func reading(read func(io.Reader) (Model, error)) Subject {
	s := honest()
	s.Read = read
	return s
}

// TestBrokenLearnersFail breaks the honest learner in one way at a time and
// demands that the check made for it notices.
func TestBrokenLearnersFail(t *testing.T) {
	var calls atomic.Int64
	tests := []struct {
		name   string
		broken Subject
		fails  string
	}{
		{"counts its fits", shifting(func([][]float32, []float64) float64 { return float64(calls.Add(1)) * 1e-15 }), "refit gives the same bits"},
		{"asks for processors", shifting(func([][]float32, []float64) float64 { return float64(runtime.GOMAXPROCS(0)) * 1e-9 }), "number of processors does not matter"},
		{"prefers the first row", shifting(func(_ [][]float32, y []float64) float64 { return y[0]*1e-6 + y[1]*2e-6 + y[2]*4e-6 }), "row order does not matter"},
		{"ignores weights", fitting(func(ctx context.Context, columns []string, x [][]float32, y, weights []float64) (Model, error) {
			if err := validate(columns, x, y, weights); err != nil {
				return nil, err
			}
			return fitBayes(ctx, columns, x, y, nil)
		}), "weight 2 is the row twice"},
		{"fills a missing column", predicting(fillColumn), "missing column is an error that names it"},
		{"keeps the column's name to itself", predicting(hideName), "missing column is an error that names it"},
		{"takes columns by place", predicting(byPlace), "column order and extra columns do not matter"},
		{"rounds on saving", reading(rounded), "saved and read model predicts the same bits"},
		{"reads anything", reading(func(r io.Reader) (Model, error) {
			if m, err := readBayes(r); err == nil {
				return m, nil
			}
			return &bayes{}, nil
		}), "truncated file is an error"},
		{"explains another model", predicting(func(m *bayes, dst []float64, columns []string, x [][]float32) error {
			err := m.Predict(dst, columns, x)
			for i := range dst {
				dst[i] = 0.1 + 0.8*dst[i]
			}
			return err
		}), "contributions add up"},
		{"passes NaN on", predicting(func(m *bayes, dst []float64, columns []string, x [][]float32) error {
			err := m.Predict(dst, columns, x)
			for i := range dst {
				dst[i] += 0 * float64(x[0][i])
			}
			return err
		}), "any cell gives a probability"},
		{"fits nothing at all", fitting(func(ctx context.Context, columns []string, x [][]float32, y, weights []float64) (Model, error) {
			if m, err := fitBayes(ctx, columns, x, y, weights); err == nil {
				return m, nil
			}
			return &bayes{}, ctx.Err()
		}), "unusable input is an error"},
		{"never stops", fitting(func(_ context.Context, columns []string, x [][]float32, y, weights []float64) (Model, error) {
			return fitBayes(context.Background(), columns, x, y, weights)
		}), "cancelled context ends the fit"},
		{"inflates", shifting(func([][]float32, []float64) float64 { return 1 }), "constant and missing columns are harmless"},
		{"guesses", predicting(func(m *bayes, dst []float64, columns []string, x [][]float32) error {
			if err := m.Predict(dst, columns, x); err != nil {
				return err
			}
			fill(dst, 1/(1+math.Exp(-m.Prior)))
			return nil
		}), "easy signal is learnt"},
		{"sorts in place", fitting(func(ctx context.Context, columns []string, x [][]float32, y, weights []float64) (Model, error) {
			m, err := fitBayes(ctx, columns, x, y, weights)
			if err == nil {
				slices.Sort(x[0])
			}
			return m, err
		}), "inputs are left alone"},
		{"keeps a scratch pad", predicting(scratchPad()), "model can be shared"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := failures(tt.broken); !slices.Contains(got, tt.fails) {
				t.Errorf("the check %q passed; failed: %q", tt.fails, got)
			}
		})
	}
}

func fillColumn(m *bayes, dst []float64, columns []string, x [][]float32) error {
	for _, name := range m.Columns {
		if !slices.Contains(columns, name) {
			columns = append(slices.Clone(columns), name)
			x = append(slices.Clone(x), make([]float32, len(dst)))
		}
	}
	return m.Predict(dst, columns, x)
}

func hideName(m *bayes, dst []float64, columns []string, x [][]float32) error {
	if m.Predict(dst, columns, x) != nil {
		return errors.New("a column is missing")
	}
	return nil
}

func byPlace(m *bayes, dst []float64, columns []string, x [][]float32) error {
	for _, name := range m.Columns {
		if !slices.Contains(columns, name) {
			return fmt.Errorf("no column %s", name)
		}
	}
	return m.Predict(dst, m.Columns, x[:len(m.Columns)])
}

func rounded(r io.Reader) (Model, error) {
	m, err := readBayes(r)
	if err != nil {
		return nil, err
	}
	b := m.(*bayes)
	b.Prior = float64(float32(b.Prior))
	return b, nil
}

// scratchPad predicts rows by way of a slice that all calls share; a call that
// finds another at work leaves its rows at 0, where a real one would race.
func scratchPad() predictFunc {
	var busy atomic.Int32
	return func(m *bayes, dst []float64, columns []string, x [][]float32) error {
		defer busy.Add(-1)
		if busy.Add(1) > 1 {
			return nil
		}
		for range 20 { // long enough for the others to arrive
			if err := m.Predict(dst, columns, x); err != nil {
				return err
			}
			runtime.Gosched()
		}
		return nil
	}
}

func TestSubjectIsValidated(t *testing.T) {
	tests := []struct {
		name    string
		subject Subject
	}{
		{"unknown check", Subject{Skip: map[string]string{"no such check": "why not"}}},
		{"skip without a reason", Subject{Skip: map[string]string{Checks()[0]: ""}}},
		{"tolerance without a reason", Subject{RowOrder: Tolerance{Difference: 1e-9}}},
		{"weight tolerance without a reason", Subject{Weights: Tolerance{Difference: 1e-9}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.subject.validate() == nil {
				t.Error("accepted")
			}
		})
	}
	if err := honest().validate(); err != nil {
		t.Error(err)
	}
}

// TestToleranceIsKept lets a difference pass that the subject has declared, and
// no larger one.
func TestToleranceIsKept(t *testing.T) {
	const name = "row order does not matter"
	s := shifting(func(_ [][]float32, y []float64) float64 { return y[0]*1e-6 + y[1]*2e-6 + y[2]*4e-6 })
	s.RowOrder = Tolerance{Difference: 1e-5, Because: "sums follow the rows"}
	if got := failures(s); slices.Contains(got, name) {
		t.Errorf("a declared difference failed: %q", got)
	}
	s.RowOrder.Difference = 1e-9
	if got := failures(s); !slices.Contains(got, name) {
		t.Errorf("a difference larger than declared passed")
	}
}

func TestSampleIsRepeatable(t *testing.T) {
	var a, b bytes.Buffer
	for _, out := range []*bytes.Buffer{&a, &b} {
		s := draw(100, 5)
		fmt.Fprint(out, s.columns, s.x, s.y)
	}
	if a.String() != b.String() {
		t.Error("the same seed drew another table")
	}
}

// Example lists what a learner has to pass.
func Example() {
	for _, name := range Checks()[:5] {
		fmt.Println(name)
	}
	// Output:
	// refit gives the same bits
	// number of processors does not matter
	// row order does not matter
	// weight 2 is the row twice
	// missing column is an error that names it
}
