package jobs

import (
	"testing"

	"perennial/features"
	"perennial/features/label"
	"perennial/models/leaderboard"
	"perennial/models/purchase"
	"perennial/models/registry"
	"perennial/pipeline/history"
	"perennial/pipeline/store"
)

// TestAChampionIsJudgedAsItWas: the fit of the model in office that scores has seen
// what the judging customers did next. It must not defend its place with that.
func TestAChampionIsJudgedAsItWas(t *testing.T) {
	const days = 30
	set, err := features.NewSet(history.Vocabulary{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ofTen := func(ordered int) leaderboard.Model {
		rows := leaderboard.Rows{Y: make([]float64, 10), Group: make([]uint64, 10)}
		for i := range ordered {
			rows.Y[i] = 1
		}
		m, err := purchase.FitBaseRate(t.Context(), rows)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	judge := leaderboard.Rows{Y: []float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 0}, Group: make([]uint64, 10)}
	tonight := func(model, judged leaderboard.Model) *answer {
		predictions := make([]float64, len(judge.Y))
		if err := judged.Predict(predictions, nil, nil); err != nil {
			t.Fatal(err)
		}
		board := &leaderboard.Board{Winner: "base_rate", Entries: []leaderboard.Entry{{Name: "base_rate", Model: judged, Predictions: predictions}}}
		return &answer{days: days, plan: label.Plan{HorizonDays: days}, board: board, judge: judge, judged: judged, model: model}
	}
	st := store.NewMemory()
	promoted := func(s *shop, a *answer) bool {
		all := &answers{purchase: []answer{*a}}
		promotions, err := s.settle(t.Context(), st, all, 90)
		if err != nil {
			t.Fatal(err)
		}
		for question, version := range promotions {
			if err := registry.Promote(t.Context(), st, question, version); err != nil {
				t.Fatal(err)
			}
		}
		return len(promotions) > 0
	}
	s := &shop{set: set, asOf: 100}
	if !promoted(s, tonight(ofTen(9), ofTen(1))) {
		t.Fatal("nobody is in office, and the first model is not promoted")
	}
	if s.asOf++; !promoted(s, tonight(ofTen(5), ofTen(5))) {
		t.Error("a champion that was judged at 0.1 keeps its place before a new fit of 0.5 where 0.9 ordered")
	}
	if s.asOf++; promoted(s, tonight(ofTen(9), ofTen(4))) {
		t.Error("a new fit that was judged at 0.4 takes the place of one of 0.5")
	}
}
