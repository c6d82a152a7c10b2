package purchase

import (
	"math"
	"slices"
	"testing"

	"perennial/models/leaderboard"
)

// TestRefit: on the rows of the contest every winner comes out as it was judged,
// and on later ones it has learnt from them.
func TestRefit(t *testing.T) {
	train, judge := shop(2500, 1), shop(300, 2)
	cfg := Config{Times: timed(2500, 1), Boosting: unsearched(), Lambda: 100}
	board, err := Train(t.Context(), cfg, horizonDays, train, judge)
	if err != nil {
		t.Fatal(err)
	}
	later := cfg
	later.Times = timed(2500, 3)
	for _, entry := range board.Entries {
		same, err := Refit(t.Context(), cfg, horizonDays, entry.Name, entry.Model, train)
		if err != nil {
			t.Fatalf("%s: %v", entry.Name, err)
		}
		if got := predict(t, same, judge.Columns, judge.X); !slices.Equal(got, entry.Predictions) {
			t.Errorf("%s: fitted anew on the same rows it predicts something else", entry.Name)
		}
		other, err := Refit(t.Context(), later, horizonDays, entry.Name, entry.Model, shop(2500, 3))
		if err != nil {
			t.Fatalf("%s: %v", entry.Name, err)
		}
		if got := predict(t, other, judge.Columns, judge.X); slices.Equal(got, entry.Predictions) {
			t.Errorf("%s: fitted anew on other rows it predicts the same", entry.Name)
		}
	}
	if len(board.Entries) != 8 {
		t.Errorf("%d entries were fitted anew, want 3 rules, 3 learners and 2 blends", len(board.Entries))
	}
}

// TestRefitKeepsCurveAndSeason: what is learnt anew is the learner behind them.
func TestRefitKeepsCurveAndSeason(t *testing.T) {
	train := shop(2500, 1)
	cfg := Config{Times: timed(2500, 1), Boosting: unsearched(), Lambda: 100, LastYear: LastYear{Rows: shop(2500, 4)}}
	board, err := Train(t.Context(), cfg, horizonDays, train, shop(300, 2))
	if err != nil {
		t.Fatal(err)
	}
	judged := board.Entry(linearHazard + inSeason).Model.(*Model)
	fitted, err := Refit(t.Context(), cfg, horizonDays, linearHazard+inSeason, judged, shop(2500, 3))
	if err != nil {
		t.Fatal(err)
	}
	if m := fitted.(*Model); m.Curve != judged.Curve || m.Season != judged.Season || math.IsNaN(m.Season.Pace) {
		t.Errorf("curve %v and season %v became %v and %v", judged.Curve, judged.Season, m.Curve, m.Season)
	}
}

// TestRefitLeavesImportedModels: there are no rows that they could be fitted on.
func TestRefitLeavesImportedModels(t *testing.T) {
	judged := &Model{}
	cfg := Config{Times: timed(2500, 1), Boosting: unsearched(), Lambda: 100}
	fitted, err := Refit(t.Context(), cfg, horizonDays, ImportedPrefix+"autumn", judged, shop(300, 3))
	if err != nil || fitted != leaderboard.Model(judged) {
		t.Errorf("%v, %v, want the model as it was", fitted, err)
	}
}
