package churn

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"perennial/pipeline/publish"
)

func TestChange(t *testing.T) {
	before := 0.25
	previous := &publish.Score{ChurnProbability: &before}
	for _, test := range []struct {
		name                        string
		previous                    *publish.Score
		model, definition, newFacts bool
		want                        *publish.Change
	}{
		{"the first night", nil, true, true, true, nil},
		{"no probability the night before", &publish.Score{}, false, false, true, nil},
		{"nothing happened", previous, false, false, false, &publish.Change{Previous: 0.25, Delta: 0.15, Cause: "time"}},
		{"she ordered", previous, false, false, true, &publish.Change{Previous: 0.25, Delta: 0.15, Cause: "data"}},
		{"another model", previous, true, false, true, &publish.Change{Previous: 0.25, Delta: 0.15, Cause: "model"}},
		{"another contract", previous, true, true, true, &publish.Change{Previous: 0.25, Delta: 0.15, Cause: "definition"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Change(test.previous, 0.4, test.model, test.definition, test.newFacts)
			if diff := cmp.Diff(test.want, got, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
