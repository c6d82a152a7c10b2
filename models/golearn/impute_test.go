package golearn

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var nan32 = float32(math.NaN())

func TestImputer(t *testing.T) {
	infinite := float32(math.Inf(1))
	columns := []string{"whole", "gappy", "absent"}
	x := [][]float32{{1, 5, 3, infinite}, {nan32, 2, nan32, 4}, {nan32, nan32, nan32, nan32}}
	p := fitImputer(columns, x, []int32{0, 1, 2, 3})
	want := [][]float32{
		{1, 5, 3, math.MaxFloat32},
		{4, 2, 4, 4},
		{0, 0, 0, 0},
		{1, 0, 1, 0}, // gappy is missing
		{1, 1, 1, 1}, // absent is missing
	}
	got := make([][]float32, p.width())
	for f := range got {
		for i := range x[0] {
			got[f] = append(got[f], p.value(x, f, i))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := p.name(3); got != "gappy is missing" {
		t.Errorf("feature 3 is called %q", got)
	}
}

// TestImputerLooksAtTrainingRowsOnly: other rows may be the future.
func TestImputerLooksAtTrainingRowsOnly(t *testing.T) {
	x := [][]float32{{1, 2, 3, nan32, 1000}}
	p := fitImputer([]string{"a"}, x, []int32{0, 1, 2})
	if p.median[0] != 2 || len(p.flagged) != 0 {
		t.Errorf("median %v and %d flags, want 2 and none", p.median[0], len(p.flagged))
	}
	if got := p.value(x, 0, 3); got != 2 {
		t.Errorf("a value that was never missing in training is %v when missing, want the median 2", got)
	}
}

func TestImputationFile(t *testing.T) {
	p := imputer{columns: []string{"a", "b", "c"}, median: []float32{1, 2, 3}, flagged: []int32{0, 2}}
	file := p.file()
	read, err := file.imputer()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, read, cmp.AllowUnexported(imputer{})); diff != "" {
		t.Error(diff)
	}
	for name, bad := range map[string]imputation{
		"no columns":         {},
		"a median too few":   {Columns: []string{"a", "b"}, Median: []float32{1}},
		"a repeated column":  {Columns: []string{"a", "a"}, Median: []float32{1, 2}},
		"an unknown flag":    {Columns: []string{"a"}, Median: []float32{1}, Flagged: []string{"b"}},
		"flags out of order": {Columns: []string{"a", "b"}, Median: []float32{1, 2}, Flagged: []string{"b", "a"}},
	} {
		if _, err := bad.imputer(); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
