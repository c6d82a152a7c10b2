package gbdt

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestImportancesOfNodes(t *testing.T) {
	m := smallModel()
	wantGain := []Importance{
		{"recency_days", 120.25}, {"returns", 33}, {"orders", 7}, {"country", float64(float32(0.1))},
		{"device", 0}, {"noise", 0}, {"spend", 0},
	}
	if diff := cmp.Diff(wantGain, m.GainImportance()); diff != "" {
		t.Errorf("gain (-want +got):\n%s", diff)
	}
	wantSplits := []Importance{
		{"country", 1}, {"orders", 1}, {"recency_days", 1}, {"returns", 1}, {"device", 0}, {"noise", 0}, {"spend", 0},
	}
	if diff := cmp.Diff(wantSplits, m.SplitImportance()); diff != "" {
		t.Errorf("splits (-want +got):\n%s", diff)
	}
}

func TestContributionImportanceIsTheMean(t *testing.T) {
	m := readModel(t, "binary")
	columns, x := readCells(t)
	contributions := explain(t, m, columns, x)
	got, err := m.ContributionImportance(columns, x)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(columns) {
		t.Fatalf("%d importances for %d columns", len(got), len(columns))
	}
	for k, importance := range got {
		if k > 0 && importance.Value > got[k-1].Value {
			t.Errorf("%v comes after %v", importance, got[k-1])
		}
		for j, name := range columns {
			if name != importance.Column {
				continue
			}
			sum := 0.0
			for _, v := range contributions[j] {
				sum += math.Abs(v)
			}
			if want := sum / float64(len(x[0])); importance.Value != want {
				t.Errorf("%s: %v, want %v", name, importance.Value, want)
			}
		}
	}
	if _, err := m.ContributionImportance(columns, make([][]float32, len(columns))); err == nil {
		t.Error("no rows: no error")
	}
}
