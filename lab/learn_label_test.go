package lab

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/pipeline/table"
)

func TestFitLabel(t *testing.T) {
	numbers := func(v ...float32) table.Column { return table.Column{Name: "y", Numbers: v} }
	texts := func(v ...string) table.Column { return table.Column{Name: "y", Texts: v} }
	tests := []struct {
		name               string
		column             table.Column
		choose             string
		negative, positive string
	}{
		{"0 and 1", numbers(1, 0, 1), "", "0", "1"},
		{"1 and 2", numbers(1, 2), "", "1", "2"},
		{"minus one and one", numbers(1, -1), "", "-1", "1"},
		{"numbers are not sorted as texts", numbers(10, 9), "", "9", "10"},
		{"fractions", numbers(0.1, 0), "", "0", "0.1"},
		{"yes and no", texts("No", "Yes"), "", "No", "Yes"},
		{"true and false", texts("true", "false"), "", "false", "true"},
		{"yes and something later", texts("yes", "zero"), "", "zero", "yes"},
		{"no and something earlier", texts("no", "left"), "", "no", "left"},
		{"space around", texts(" yes", "no "), "", "no", "yes"},
		{"digits as texts", texts("1", "0"), "", "0", "1"},
		{"the later of two texts", texts("stayed", "churned"), "", "churned", "stayed"},
		{"chosen", texts("stayed", "churned"), "churned", "stayed", "churned"},
		{"chosen against yes", texts("yes", "no"), "no", "yes", "no"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := fitLabel(tt.column, tt.choose)
			if err != nil {
				t.Fatal(err)
			}
			if got.negative != tt.negative || got.positive != tt.positive {
				t.Errorf("negative %q and positive %q, want %q and %q", got.negative, got.positive, tt.negative, tt.positive)
			}
		})
	}
}

func TestOutcomes(t *testing.T) {
	label := labLabel{column: "y", negative: "0", positive: "1"}
	for name, column := range map[string]table.Column{
		"numbers": {Name: "y", Numbers: []float32{1, 0, 1}},
		"texts":   {Name: "y", Texts: []string{"1", "0", " 1"}},
	} {
		got, err := label.outcomes(column)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff([]float64{1, 0, 1}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	_, err := label.outcomes(table.Column{Name: "y", Texts: []string{"1", "2"}})
	if err == nil || !strings.Contains(err.Error(), `row 2 is "2"`) {
		t.Errorf("error %v, want one about row 2", err)
	}
}
