package action_test

import (
	"fmt"
	"math"
	"testing"

	"perennial/models/action"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
)

// shop returns customers whose next order is late, all with consent to e-mail.
func shop(customers int) ([]action.Facts, []publish.Score) {
	facts, scores := make([]action.Facts, customers), make([]publish.Score, customers)
	for i := range facts {
		facts[i] = action.Facts{
			EmailConsent: history.ConsentYes, DaysSinceOrder: 84, UsualGapDays: 31, OwnGapDays: 31, AverageOrderValue: 60,
			DaysSinceReturn: math.NaN(), DaysSinceTicket: math.NaN(), DiscountShare: math.NaN(),
		}
		scores[i] = publish.Score{
			CustomerID: fmt.Sprintf("c%03d", i), AsOf: 15227, Eligibility: "ok",
			LifecycleStage: "at_risk", ChurnRisk: "medium", ValueTier: "medium", HistoricOrders: 5, HistoricRevenue: 300,
		}
	}
	return facts, scores
}

func Example() {
	policy, err := action.New(action.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	facts, scores := shop(5)
	facts[1].EmailConsent = history.ConsentUnknown

	budget := policy.NewBudget()
	for i := range scores {
		budget.Add(policy.Propose(facts[i], &scores[i], nil))
	}
	thresholds := budget.Thresholds()
	for i := range scores {
		s := &scores[i]
		policy.Decide(policy.Propose(facts[i], s, nil), thresholds, s)
		fmt.Printf("%s %s: %s %s%s\n", s.CustomerID, s.ExperimentGroup, s.Action, s.ActionChannel, s.SuppressedBy)
	}
	fmt.Println(scores[0].ActionReason)
	// Output:
	// c000 policy: soft_checkin email
	// c001 policy: none no_consent
	// c002 policy: soft_checkin email
	// c003 policy: soft_checkin email
	// c004 policy: soft_checkin email
	// No order for 84 days; usually orders every 31 days.
}

func BenchmarkNight(b *testing.B) {
	const customers = 1000
	policy, err := action.New(action.Config{})
	if err != nil {
		b.Fatal(err)
	}
	facts, scores := shop(customers)
	b.ReportAllocs()
	for b.Loop() {
		budget := policy.NewBudget()
		for i := range scores {
			budget.Add(policy.Propose(facts[i], &scores[i], nil))
		}
		thresholds := budget.Thresholds()
		for i := range scores {
			policy.Decide(policy.Propose(facts[i], &scores[i], nil), thresholds, &scores[i])
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/customers, "ns/customer")
}
