package golearn

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const modelText = "solver_type L2R_LR\nnr_class 2\nlabel 1 0\nnr_feature 3\nbias -1\nw\n0.5 \n-2.25 \n0 \n"

func TestParseWeights(t *testing.T) {
	got, err := parseWeights(strings.NewReader(modelText), 2)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]float64{0.5, -2.25}, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseWeightsTurnsTowardsOne(t *testing.T) {
	got, err := parseWeights(strings.NewReader(strings.Replace(modelText, "label 1 0", "label 0 1", 1)), 2)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]float64{-0.5, 2.25}, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseWeightsRejects(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":            "",
		"no labels":          strings.Replace(modelText, "label 1 0\n", "", 1),
		"one label":          strings.Replace(modelText, "label 1 0", "label 1", 1),
		"too few weights":    strings.Replace(modelText, "-2.25 \n0 \n", "", 1),
		"not a number":       strings.Replace(modelText, "-2.25", "nan", 1),
		"an infinite number": strings.Replace(modelText, "-2.25", "1e999", 1),
		"another program":    "PASS\n",
	} {
		if got, err := parseWeights(strings.NewReader(text), 2); err == nil {
			t.Errorf("%s gave weights %v", name, got)
		}
	}
}

func FuzzParseWeights(f *testing.F) {
	f.Add(modelText)
	f.Fuzz(func(t *testing.T, text string) {
		w, err := parseWeights(strings.NewReader(text), 2)
		if err == nil && len(w) != 2 {
			t.Fatalf("%d weights for 2 columns", len(w))
		}
	})
}
