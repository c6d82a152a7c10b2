package jobs

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perennial/pipeline/publish"
)

// TestSpoolLeavesFieldsOut: every field named for leaving out is there, and no other
// is lost.
func TestSpoolLeavesFieldsOut(t *testing.T) {
	s := &spool{t.TempDir()}
	whole := publish.Score{
		CustomerID: "anna", ScoredAt: time.Unix(1, 0).UTC(), NextProducts: []string{"tea"}, NextCategories: []string{"drinks"},
		NextProductProbabilities: []float64{.5}, NextProductReasons: []string{"x"}, NextCategoryProbabilities: []float64{.5}, NextCategoryReasons: []string{"x"},
		ReplenishReason: "x", Reasons: []publish.Reason{{Code: "x", Text: "x", Strength: "low"}}, HistoricOrders: 3,
	}
	if _, err := s.write(0, []customer{{Score: whole, NewestFact: 20_000}}); err != nil {
		t.Fatal(err)
	}
	part := whole
	part.NextProductProbabilities, part.NextProductReasons, part.NextCategoryProbabilities, part.NextCategoryReasons = nil, nil, nil, nil
	part.ReplenishReason, part.Reasons = "", nil
	for _, test := range []struct {
		without []string
		want    publish.Score
	}{{nil, whole}, {wordsOfScores, part}} {
		got, err := s.read(0, test.without...)
		if err != nil || len(got) != 1 || got[0].NewestFact != 20_000 {
			t.Fatal(got, err)
		}
		if diff := cmp.Diff(test.want, got[0].Score); diff != "" {
			t.Errorf("without %v (-want +got):\n%s", test.without, diff)
		}
	}
}
