package value

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestCredibilityWithKnownVariances draws normal order values around normal
// means: Bühlmann's k is the variance within over the variance between.
func TestCredibilityWithKnownVariances(t *testing.T) {
	const mean = 200.0
	for _, test := range []struct{ within, between, k float64 }{
		{40, 20, 4}, {20, 20, 1}, {10, 20, 0.25}, {40, 10, 16},
	} {
		rng := rand.New(rand.NewPCG(1, 0))
		var c columns
		var labels Labels
		for range 20_000 {
			own := mean + test.between*rng.NormFloat64()
			orders := 1 + rng.IntN(10)
			total := 0.0
			for range orders {
				total += own + test.within*rng.NormFloat64()
			}
			c.orders, c.revenue, c.tenure = append(c.orders, float32(orders)), append(c.revenue, float32(total)), append(c.tenure, 100)
			labels.Orders = append(labels.Orders, 1)
			labels.Revenue = append(labels.Revenue, own+test.within*rng.NormFloat64())
		}
		v := fitOrderValue(c, labels)
		if math.Abs(v.Mean-mean) > 1 {
			t.Errorf("the shop's mean is %v, want %v", v.Mean, mean)
		}
		if v.Weight < test.k/2 || v.Weight > test.k*2 {
			t.Errorf("standard deviations of %v within and %v between give k = %v, want %v", test.within, test.between, v.Weight, test.k)
		}
	}
}

func TestOrderValueOf(t *testing.T) {
	v := OrderValue{Mean: 30, Weight: 2}
	for _, test := range []struct {
		name   string
		c      customer
		expect float64
	}{
		{"no order", customer{}, 30},
		{"as many orders as the weight", customer{orders: 2, value: 50}, 40},
		{"many orders", customer{orders: 1e9, value: 50}, 50},
		{"everything went back", customer{orders: 1}, 20},
	} {
		if got := v.of(test.c); math.Abs(got-test.expect) > 1e-6 {
			t.Errorf("%s: %v, want %v", test.name, got, test.expect)
		}
	}
}

func TestOrderValueWithoutEvidence(t *testing.T) {
	c := columns{orders: []float32{1, 0}, revenue: []float32{-5, 0}, tenure: []float32{10, 0}}
	for name, labels := range map[string]Labels{
		"nobody ordered again": {Orders: []float64{0, 0}, Revenue: []float64{0, -5}},
		"for nothing":          {Orders: []float64{1, 1}, Revenue: []float64{0, -5}},
	} {
		if v := fitOrderValue(c, labels); v != (OrderValue{Mean: 0, Weight: 2, Scale: 1}) {
			t.Errorf("%s: %+v", name, v)
		}
	}
	if mean := shopMean(columns{orders: []float32{0}}); mean != 0 {
		t.Errorf("a shop without orders has a mean order value of %v", mean)
	}
}

// TestShopMeanForgetsTheWholesaleOrder of one customer in a hundred.
func TestShopMeanForgetsTheWholesaleOrder(t *testing.T) {
	var c columns
	for i := range 100 {
		c.orders, c.revenue, c.tenure = append(c.orders, 2), append(c.revenue, float32(20+i%2*20)), append(c.tenure, 9)
	}
	c.revenue[7] = 1e6
	if mean := shopMean(c); mean != 15 {
		t.Errorf("the shop's mean is %v, want 15", mean)
	}
}
