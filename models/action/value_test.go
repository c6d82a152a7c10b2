package action

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"perennial/pipeline/publish"
)

func TestOrderProbability(t *testing.T) {
	s := &publish.Score{
		PurchaseProbability30d: new(0.19), PurchaseProbability60d: new(0.19),
		PurchaseProbability90d: new(0.5), PurchaseProbability180d: new(0.6),
	}
	for days, want := range map[float64]float64{
		0: 0, 15: 0.1, 30: 0.19, 45: 0.19, 60: 0.19, 90: 0.5, 135: 1 - math.Sqrt(0.5*0.4), 180: 0.6, 300: 0.6,
	} {
		if got := orderProbability(s, days); math.Abs(got-want) > 1e-12 {
			t.Errorf("P(order within %v days) = %v, want %v", days, got, want)
		}
	}
}

func TestOrderProbabilityGrowsWithTheDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, s := 0.0, &publish.Score{}
		for _, field := range []**float64{&s.PurchaseProbability30d, &s.PurchaseProbability60d, &s.PurchaseProbability90d, &s.PurchaseProbability180d} {
			p = rapid.OneOf(rapid.Just(p), rapid.Float64Range(p, 1), rapid.Just(1.0)).Draw(t, "p")
			*field = new(p)
		}
		before := 0.0
		for days := range 181 {
			got := orderProbability(s, float64(days))
			if !(got >= before-1e-12 && got <= 1) {
				t.Fatalf("P(order within %d days) = %v after %v", days, got, before)
			}
			before = got
		}
	})
}

func TestValue(t *testing.T) {
	p := newPolicy(t, Config{})
	r := regular().with(func(r *row) { r.facts.AverageOrderValue = 100 })
	offer, call, mail, service := actionNamed("price_offer"), actionNamed("personal_call"), actionNamed("soft_checkin"), actionNamed("service_recovery")
	for _, test := range []struct {
		name    string
		action  *Action
		channel string
		want    float64
	}{
		{"margin on extra orders less the e-mail", &mail, "email", 0.006*0.4*100 - 0.01},
		{"an SMS costs more", &mail, "sms", 0.006*0.4*100 - 0.08},
		{"a call costs more than it brings", &call, "phone", 0.06*0.4*100 - 6},
		{"the discount goes to all who order", &offer, "email", 0.015*0.4*100 - 0.01 - 0.1*100*(0.02+0.015)},
		{"a service is owed whatever it costs", &service, "phone", 0.02 * 0.4 * 100},
	} {
		if got := p.value(test.action, test.channel, &r.facts, &r.score); math.Abs(got-test.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestADiscountOfUnknownLeakHasNoValue(t *testing.T) {
	r := regular().with(func(r *row) { r.score.PurchaseProbability30d = nil })
	offer := actionNamed("price_offer")
	if got := newPolicy(t, Config{}).value(&offer, "email", &r.facts, &r.score); !math.IsNaN(got) {
		t.Errorf("value = %v, want none", got)
	}
}
