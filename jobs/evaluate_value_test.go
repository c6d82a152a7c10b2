package jobs

import (
	"bytes"
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"perennial/command"
	"perennial/features"
	"perennial/models/value"
	"perennial/simulate"
)

// TestSpanByTiers can be checked by hand: of a hundred customers one is the top 1%.
func TestSpanByTiers(t *testing.T) {
	predictions, spent := make([]value.Prediction, 100), make([]float64, 100)
	for i := range predictions {
		v := float64(100 - i)
		predictions[i] = value.Prediction{Revenue: 2 * v, Low: v, High: 3 * v} // of a year
		spent[i] = v                                                           // of half a year
	}
	spent[0], spent[1], spent[99] = 151, 20, -3 // beyond her interval, below it, and a return
	s := judgeSpan(180, 0.5, predictions, tiersOf(predictions), spent)
	if s.Customers != 100 || s.Predicted != 50.5 || math.Abs(*s.Covered-0.97) > 1e-12 {
		t.Errorf("%+v", s)
	}
	top := s.Tiers[0]
	if top.Tier != "platinum" || top.Customers != 1 || top.Predicted != 100 || top.Actual != 151 || *top.Covered != 0 {
		t.Errorf("the best tier is %+v", top)
	}
	share := 0.0
	for _, tier := range s.Tiers {
		share += *tier.Share
	}
	if math.Abs(share-1) > 1e-12 {
		t.Errorf("the tiers have %v of all revenue", share)
	}
}

// TestFamiliesAreLeftOut: without it the customer base competes nowhere, and nothing
// else is missing.
func TestFamiliesAreLeftOut(t *testing.T) {
	shop := simulate.Config{Customers: 1500, Days: 500, Seed: 3, NoActions: true}
	cfg := simulated(t, shop)
	cfg.Train.MaxRows, cfg.Train.Cutoffs = 2500, 1 // too few for learners, which take their time, not for a customer base
	evaluated := func(without ...string) string {
		var out bytes.Buffer
		if err := Evaluate(t.Context(), cfg, EvaluateOptions{AsOf: shop.End() - 90, HorizonDays: 90, Without: without}, testEnv(), &out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	candidates := func(report string) (names []string) {
		for _, line := range strings.Split(report, "\n") {
			if cells := strings.Fields(line); len(cells) > 2 && slices.Contains([]string{"base", "rule", "learner", "ensemble"}, cells[1]) && !strings.Contains(line, "too few") {
				names = append(names, cells[0])
			}
		}
		slices.Sort(names)
		return slices.Compact(names)
	}
	with, without := candidates(evaluated()), candidates(evaluated("customer_base"))
	if !slices.Contains(with, "customer_base") || slices.Contains(without, "customer_base") || len(without) != len(with)-1 {
		t.Errorf("with: %v; without: %v", with, without)
	}
	err := Evaluate(context.Background(), cfg, EvaluateOptions{Without: []string{"weather"}}, testEnv(), new(bytes.Buffer))
	if command.ExitCode(err) != command.ExitUsage || !strings.Contains(err.Error(), "choose from "+features.Families()[0].Name) {
		t.Errorf("exit code %d: %v", command.ExitCode(err), err)
	}
}
