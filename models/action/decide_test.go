package action

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Whatever the customer, the config, the group and the lot: no message without an
// explicit yes to its channel, and no advertising where a suppression holds.
func TestNobodyIsContactedWithoutConsent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPolicy(t, drawConfig(t))
		shop := drawShop(t)
		for i, s := range night(p, shop) {
			f := &shop[i].facts
			if s.ActionChannel != "" && !f.consented(s.ActionChannel) {
				t.Fatalf("%s by %s without consent: %+v", s.Action, s.ActionChannel, f)
			}
			a := actionNamed(s.Action)
			if !a.Service && s.ActionChannel == "" {
				t.Fatalf("%s without a channel", s.Action)
			}
			if a.suppressed(p.suppressions(f, &s)) && s.Action != none.Name {
				t.Fatalf("%s in spite of %v", s.Action, p.suppressions(f, &s))
			}
			if s.Action != none.Name && (s.Eligibility == "stale" || s.Eligibility == "excluded") {
				t.Fatalf("%s for a customer who is %s", s.Action, s.Eligibility)
			}
		}
	})
}

func actionNamed(name string) Action {
	for _, a := range Catalogue() {
		if a.Name == name {
			return a
		}
	}
	return none
}

func TestHoldoutGetsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, s := range night(newPolicy(t, drawConfig(t)), drawShop(t)) {
			if s.ExperimentGroup == GroupHoldout && (s.Action != none.Name || s.ActionChannel != "" || s.ActionPriority != nil || s.NeedsApproval) {
				t.Fatalf("holdout customer gets %s by %q", s.Action, s.ActionChannel)
			}
		}
	})
}

func TestTheRowIsWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPolicy(t, drawConfig(t))
		for _, s := range night(p, drawShop(t)) {
			nothing := s.Action == none.Name
			switch {
			case s.Propensity == nil || !(*s.Propensity > 0 && *s.Propensity <= 1):
				t.Fatalf("%s %s: propensity %v", s.ExperimentGroup, s.Action, s.Propensity)
			case s.ExperimentGroup == GroupPolicy && s.Action != s.WouldBeAction:
				t.Fatalf("policy customer gets %s, would get %s", s.Action, s.WouldBeAction)
			case nothing != (s.ActionPriority == nil) || nothing != (s.ActionExpiresOn == nil):
				t.Fatalf("%s: priority %v, expires %v", s.Action, s.ActionPriority, s.ActionExpiresOn)
			case !nothing && *s.ActionExpiresOn < s.AsOf:
				t.Fatalf("%s expired on %d", s.Action, *s.ActionExpiresOn)
			case nothing && *s.ActionExpectedValue != 0:
				t.Fatalf("none is worth %v", *s.ActionExpectedValue)
			case s.ExperimentGroup == GroupPolicy && s.ActionExpectedValue != nil && *s.ActionExpectedValue < 0 && s.Action != "service_recovery":
				t.Fatalf("%s is worth %v", s.Action, *s.ActionExpectedValue)
			case s.ActionReason == "" || s.PolicyVersion != p.Version() || len(s.DecisionID) != 32:
				t.Fatalf("reason %q, version %q, decision %q", s.ActionReason, s.PolicyVersion, s.DecisionID)
			}
		}
	})
}

func TestAPersonMustAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		config := drawConfig(t)
		config.ApproveDiscountOver = 10
		shop := drawShop(t)
		for i, s := range night(newPolicy(t, config), shop) {
			a := actionNamed(s.Action)
			must := a.Person || s.Action != none.Name && s.ValueTier == "platinum" || a.Discount*shop[i].facts.AverageOrderValue > 10
			if s.NeedsApproval != must {
				t.Fatalf("%s for %s: needs approval %v, want %v", s.Action, s.ValueTier, s.NeedsApproval, must)
			}
		}
	})
}

// Neither the order of the customers nor how they are split changes a bit of the output.
func TestShardsAndOrderDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPolicy(t, drawConfig(t))
		shop := drawShop(t)
		want := night(p, shop)

		shards := make([]*Budget, rapid.IntRange(1, 5).Draw(t, "shards"))
		for i := range shards {
			shards[i] = p.NewBudget()
		}
		order := make([]int, len(shop))
		for i := range order {
			order[i] = i
		}
		for _, i := range rapid.Permutation(order).Draw(t, "order") {
			shard := rapid.IntRange(0, len(shards)-1).Draw(t, "shard")
			shards[shard].Add(p.Propose(shop[i].facts, &shop[i].score, shop[i].previous))
		}
		merged := p.NewBudget()
		for i := len(shards) - 1; i >= 0; i-- {
			merged.Merge(shards[i])
		}
		thresholds := merged.Thresholds()
		for i, r := range shop {
			got := r.score
			p.Decide(p.Propose(r.facts, &r.score, r.previous), thresholds, &got)
			if diff := cmp.Diff(want[i], got); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

func TestLimitsOfANightAreKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		config := drawConfig(t)
		p := newPolicy(t, config)
		shop := drawShop(t)
		got, discounts := map[string]int{}, 0.0
		for i, s := range night(p, shop) {
			got[s.Action]++
			discounts += actionNamed(s.Action).Discount * max(0, shop[i].facts.AverageOrderValue)
		}
		for name, limit := range p.config.Capacity {
			if got[name] > limit {
				t.Fatalf("%d customers get %s, the limit is %d", got[name], name, limit)
			}
		}
		if discounts > config.DiscountBudget*(1+1e-12) {
			t.Fatalf("discounts of %v, the budget is %v", discounts, config.DiscountBudget)
		}
	})
}

// Over many salts, a customer gets each action as often as its propensity says.
func TestPropensityIsTheFrequency(t *testing.T) {
	const salts = 2_000
	for _, test := range []struct {
		name string
		row  row
	}{
		{"several actions are worth it", regular().with(func(r *row) { r.score.LifecycleStage, r.score.ReplenishDueDate = "at_risk", new(int32(testNight+3)) })},
		{"nothing is worth it", regular().with(func(r *row) { r.facts.AverageOrderValue = 0.1 })},
		{"a person is needed", regular().with(func(r *row) {
			r.score.ValueTier, r.score.ChurnRisk, r.facts.AverageOrderValue = "gold", "high", 900
		})},
	} {
		t.Run(test.name, func(t *testing.T) {
			counts, published := map[string]int{}, map[string]float64{}
			config := Config{Holdout: new(0.2), Baseline: new(0.1), BaselineDays: new(60), BaselineAction: "soft_checkin", Explore: new(0.3)}
			for i := range salts {
				config.Salt = fmt.Sprint(i)
				s := decide(t, config, test.row)
				if before, seen := published[s.Action]; seen && math.Abs(before-*s.Propensity) > 1e-12 {
					t.Fatalf("%s: propensity %v, then %v", s.Action, before, *s.Propensity)
				}
				published[s.Action] = *s.Propensity
				counts[s.Action]++
			}
			total := 0.0
			for name, p := range published {
				total += p
				frequency := float64(counts[name]) / salts
				if se := math.Sqrt(p * (1 - p) / salts); math.Abs(frequency-p) > 4*se+1e-12 {
					t.Errorf("%s: frequency %.4f, propensity %.4f (se %.4f)", name, frequency, p, se)
				}
			}
			if math.Abs(total-1) > 1e-9 {
				t.Errorf("propensities %v add up to %v", published, total)
			}
		})
	}
}

func TestSuppressedRowsSayWhy(t *testing.T) {
	nan := math.NaN()
	ticket := regular().with(func(r *row) { r.facts.DaysSinceTicket = 3 })
	for _, test := range []struct {
		name               string
		row                row
		action, suppressed string
	}{
		{"contactable", regular(), "soft_checkin", ""},
		{"complaint", ticket, "service_recovery", openTicket},
		{"complaint of a prospect", ticket.with(func(r *row) {
			r.facts.AverageOrderValue, r.facts.DaysSinceOrder, r.score.LifecycleStage = nan, nan, "prospect"
		}), "service_recovery", openTicket},
		{"ordered lately", regular().with(func(r *row) { r.facts.DaysSinceOrder = 2 }), "none", recentOrder},
		{"first order lately", regular().with(func(r *row) {
			r.facts.DaysSinceOrder, r.score.HistoricOrders, r.score.LifecycleStage = 2, 1, "new"
		}), "welcome", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := decide(t, everybody(), test.row)
			if s.Action != test.action || s.SuppressedBy != test.suppressed {
				t.Errorf("action %s, suppressed by %q, want %s, %q", s.Action, s.SuppressedBy, test.action, test.suppressed)
			}
		})
	}
}

func TestAStandingActionKeepsItsDay(t *testing.T) {
	r := regular()
	first := decide(t, everybody(), r)
	if got, want := *first.ActionExpiresOn, int32(testNight+30); got != want {
		t.Fatalf("expires on %d, want %d", got, want)
	}
	r.previous, r.score.AsOf = &first, testNight+5
	if got := decide(t, everybody(), r); *got.ActionExpiresOn != *first.ActionExpiresOn {
		t.Errorf("the next nights move the day from %d to %d", *first.ActionExpiresOn, *got.ActionExpiresOn)
	}
	other := first
	other.Action = "win_back"
	r.previous = &other
	if got := decide(t, everybody(), r); *got.ActionExpiresOn != testNight+35 {
		t.Errorf("after another action the day is %d, want %d", *got.ActionExpiresOn, testNight+35)
	}
	r.previous, r.score.AsOf = &first, testNight+31
	if got := decide(t, everybody(), r); *got.ActionExpiresOn != testNight+61 {
		t.Errorf("after it passed the day is %d, want %d", *got.ActionExpiresOn, testNight+61)
	}
}

func TestDecisionIDs(t *testing.T) {
	// printf 'c1|2011-09-10|v' | sha256sum | head -c 32
	if got, want := decisionID("c1", testNight, "v"), "56a9efd6b8beb4a69436ddc91622991d"; got != want {
		t.Errorf("decision = %s, want %s", got, want)
	}
	ids := []string{decisionID("c1", 1, "v"), decisionID("c2", 1, "v"), decisionID("c1", 2, "v"), decisionID("c1", 1, "w")}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 4 {
		t.Error("two decisions share an id")
	}
}

func TestDecideReplacesWhatTheRowHeld(t *testing.T) {
	p := newPolicy(t, everybody())
	quiet := regular().with(func(r *row) { r.facts.AverageOrderValue = 0.1 })
	want := night(p, []row{quiet})[0]
	dirty := decide(t, everybody(), regular())
	proposal := p.Propose(quiet.facts, &quiet.score, nil)
	p.Decide(proposal, p.NewBudget().Thresholds(), &dirty)
	if diff := cmp.Diff(want, dirty); diff != "" {
		t.Error(diff)
	}
}
