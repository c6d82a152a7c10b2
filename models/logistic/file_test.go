package logistic

import (
	"bytes"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func written(t testing.TB, m *Model) string {
	t.Helper()
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestReadRefuses(t *testing.T) {
	columns, x, y := table(100, 3, 1)
	valid := written(t, mustFit(t, Config{}, columns, x, y, nil))
	tests := []struct{ name, pattern, replacement, message string }{
		{"another format", "perennial logistic", "perennial gbdt", "format"},
		{"another version", `"version": 1`, `"version": 2`, "fit the model again"},
		{"an unknown status", `"converged"`, `"perhaps"`, "status"},
		{"a repeated column", `"c1"`, `"c0"`, "two columns"},
		{"an unknown field", `"lambda"`, `"gamma"`, "unknown field"},
		{"a negative deviation", `"sd": [^,]+`, `"sd": -1`, "deviation"},
		{"an inverted range", `"low": [^,]+`, `"low": 1e9`, "above"},
		{"an overflow", `"intercept": [^,]+`, `"intercept": 1e999`, "cannot unmarshal"},
		{"coefficients out of this world", `"coefficient": [^,]+`, `"coefficient": 1e308`, "undefined"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found := regexp.MustCompile(tt.pattern).FindStringIndex(valid)
			if found == nil {
				t.Fatalf("%q is not in the file", tt.pattern)
			}
			altered := valid[:found[0]] + tt.replacement + valid[found[1]:]
			_, err := Read(strings.NewReader(altered))
			if err == nil || !strings.Contains(err.Error(), tt.message) {
				t.Errorf("error is %v, want one about %q", err, tt.message)
			}
		})
	}
	if _, err := Read(strings.NewReader(valid + "{}")); err == nil {
		t.Error("accepted something after the model")
	}
}

func TestReadKeepsEverything(t *testing.T) {
	columns, x, y := table(100, 3, 1)
	m := mustFit(t, Config{Lambda: 3, MaxIterations: 1}, columns, x, y, nil)
	read, err := Read(strings.NewReader(written(t, m)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m.Coefficients(), read.Coefficients()); diff != "" {
		t.Error(diff)
	}
	if read.Status() != Limit || read.Iterations() != m.Iterations() || read.lambda != 3 {
		t.Errorf("read %s after %d iterations, lambda %g", read.Status(), read.Iterations(), read.lambda)
	}
	if diff := cmp.Diff(columns, read.Columns()); diff != "" {
		t.Error(diff)
	}
}

// FuzzRead demands of every file that is accepted that it gives probabilities
// and survives another round.
func FuzzRead(f *testing.F) {
	columns, x, y := table(100, 3, 1)
	m := mustFit(f, Config{}, columns, x, y, nil)
	f.Add([]byte(written(f, m)))
	f.Add([]byte(`{"format":"perennial logistic","version":1,"status":"limit","lambda":1,"columns":[{"name":"a","low":1,"high":2,"value":{"mean":1,"sd":1e-300,"coefficient":3}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		cells := []float32{nan, 0, 1, -1, math.MaxFloat32, -math.MaxFloat32, float32(math.Inf(1))}
		x := make([][]float32, len(m.Columns()))
		for j := range x {
			x[j] = cells
		}
		p := make([]float64, len(cells))
		if err := m.Predict(p, m.Columns(), x); err != nil {
			t.Fatal(err)
		}
		for i := range p {
			if !(p[i] >= 0 && p[i] <= 1) {
				t.Errorf("a cell of %v has probability %v", cells[i], p[i])
			}
		}
		text := written(t, m)
		again, err := Read(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(text, written(t, again)); diff != "" {
			t.Error(diff)
		}
	})
}
