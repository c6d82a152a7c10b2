package golearn

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func smallForest() *Forest {
	return &Forest{
		imputer: imputer{columns: []string{"recency_days", "orders"}, median: []float32{31, 2}, flagged: []int32{0}},
		trees:   []tree{{{Feature: 0, Left: 1, Right: 2, Threshold: 84.5}, {Feature: leaf, Probability: 0.125}, {Feature: leaf, Probability: 1}}},
	}
}

const smallForestFile = `{"format":"perennial golearn forest 1","columns":["recency_days","orders"],"median":[31,2],"missing_flags":["recency_days"],"trees":1}
{"feature":[0,-1,-1],"threshold":[84.5,0,0],"left":[1,0,0],"right":[2,0,0],"probability":[0,0.125,1]}
`

func smallLiblinear() *Liblinear {
	return &Liblinear{
		imputer:   imputer{columns: []string{"recency_days"}, median: []float32{31}, flagged: []int32{0}},
		scaling:   []scaling{{Mean: 3.5, Scale: 0.25}, {}},
		weights:   []float64{1.5, 0},
		intercept: -2,
	}
}

const smallLiblinearFile = `{
 "format": "perennial golearn liblinear 1",
 "columns": [
  "recency_days"
 ],
 "median": [
  31
 ],
 "missing_flags": [
  "recency_days"
 ],
 "intercept": -2,
 "features": [
  {
   "name": "recency_days",
   "mean": 3.5,
   "scale": 0.25,
   "weight": 1.5
  },
  {
   "name": "recency_days is missing",
   "mean": 0,
   "scale": 0,
   "weight": 0
  }
 ]
}
`

func TestFilesAreReadable(t *testing.T) {
	var forest, liblinear bytes.Buffer
	if err := smallForest().Write(&forest); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(smallForestFile, forest.String()); diff != "" {
		t.Error(diff)
	}
	if err := smallLiblinear().Write(&liblinear); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(smallLiblinearFile, liblinear.String()); diff != "" {
		t.Error(diff)
	}
}

func TestFilesAreReadBack(t *testing.T) {
	forest, err := ReadForest(strings.NewReader(smallForestFile))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(smallForest(), forest, cmp.AllowUnexported(Forest{}, imputer{})); diff != "" {
		t.Error(diff)
	}
	liblinear, err := ReadLiblinear(strings.NewReader(smallLiblinearFile))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(smallLiblinear(), liblinear, cmp.AllowUnexported(Liblinear{}, imputer{})); diff != "" {
		t.Error(diff)
	}
}

func TestReadRejectsAlteredFiles(t *testing.T) {
	for _, edit := range []struct{ name, old, new string }{
		{"another version", "forest 1", "forest 2"},
		{"another learner", "forest 1", "liblinear 1"},
		{"no trees", `"trees":1`, `"trees":0`},
		{"a tree too many", `"trees":1`, `"trees":2`},
		{"a list too short", `[84.5,0,0]`, `[84.5,0]`},
		{"a feature that is not there", `[0,-1,-1]`, `[3,-1,-1]`},
		{"a circle", `"left":[1,`, `"left":[0,`},
		{"a flag of no column", `["recency_days"],"trees"`, `["spend"],"trees"`},
		{"an end that is none", `0.125,1]}`, `0.125,1]}{`},
	} {
		file := strings.Replace(smallForestFile, edit.old, edit.new, 1)
		if file == smallForestFile {
			t.Fatalf("%s: nothing was replaced", edit.name)
		}
		if _, err := ReadForest(strings.NewReader(file)); err == nil {
			t.Errorf("ReadForest accepted %s", edit.name)
		}
	}
	for _, edit := range []struct{ name, old, new string }{
		{"another version", "liblinear 1", "liblinear 2"},
		{"another feature", `"recency_days is missing"`, `"orders"`},
		{"a median too many", "  31\n", "  31, 2\n"},
		{"more after the model", "]\n}\n", "]\n} 1\n"},
	} {
		file := strings.Replace(smallLiblinearFile, edit.old, edit.new, 1)
		if file == smallLiblinearFile {
			t.Fatalf("%s: nothing was replaced", edit.name)
		}
		if _, err := ReadLiblinear(strings.NewReader(file)); err == nil {
			t.Errorf("ReadLiblinear accepted %s", edit.name)
		}
	}
}

// FuzzReadForest predicts with whatever was accepted: every walk must end.
func FuzzReadForest(f *testing.F) {
	f.Add(smallForestFile)
	f.Fuzz(func(t *testing.T, file string) {
		m, err := ReadForest(strings.NewReader(file))
		if err != nil {
			return
		}
		columns := m.imputer.columns
		x := make([][]float32, len(columns))
		for j := range x {
			x[j] = []float32{0, nan32, 1e30}
		}
		p := make([]float64, 3)
		if err := m.Predict(p, columns, x); err != nil {
			t.Fatal(err)
		}
		for _, v := range p {
			if !(v >= 0 && v <= 1) {
				t.Fatalf("probability %v", v)
			}
		}
	})
}

func FuzzReadLiblinear(f *testing.F) {
	f.Add(smallLiblinearFile)
	f.Fuzz(func(t *testing.T, file string) {
		m, err := ReadLiblinear(strings.NewReader(file))
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := m.Write(&b); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadLiblinear(&b); err != nil {
			t.Fatalf("a model that was read cannot be read again: %v", err)
		}
	})
}
