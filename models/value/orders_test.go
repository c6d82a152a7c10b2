package value

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// TestFrequencyRecoversTheShop draws counts at gamma-distributed rates.
func TestFrequencyRecoversTheShop(t *testing.T) {
	const (
		customers = 40_000
		shape     = 2 // of the rates
		meanRate  = 1.0 / 40
		weight    = shape / meanRate // mean over variance
	)
	rng := rand.New(rand.NewPCG(1, 0))
	var c columns
	for range customers {
		rate := (rng.ExpFloat64() + rng.ExpFloat64()) / shape * meanRate
		tenure := 100 + 300*rng.Float64()
		orders := 1
		for day := rng.ExpFloat64() / rate; day < tenure; day += rng.ExpFloat64() / rate {
			orders++
		}
		c.orders, c.revenue, c.tenure = append(c.orders, float32(orders)), append(c.revenue, 1), append(c.tenure, float32(tenure))
	}
	f := fitFrequency(c)
	if math.Abs(f.DailyRate/meanRate-1) > 0.02 {
		t.Errorf("the shop's rate is %v, want %v", f.DailyRate, meanRate)
	}
	if math.Abs(f.WeightDays/weight-1) > 0.1 {
		t.Errorf("the weight of the shop's rate is %v days, want %v", f.WeightDays, weight)
	}
}

func TestFrequencyOfEqualCustomers(t *testing.T) {
	c := columns{orders: []float32{3, 3, 3}, revenue: []float32{9, 9, 9}, tenure: []float32{200, 200, 200}}
	if f := fitFrequency(c); f.DailyRate != 0.01 || f.WeightDays != 36500 {
		t.Errorf("customers who are all alike give %+v", f)
	}
	nobody := columns{orders: []float32{0}, revenue: []float32{0}, tenure: []float32{float32(math.NaN())}}
	if f := fitFrequency(nobody); f.DailyRate != 0 || !(f.WeightDays > 0) {
		t.Errorf("nobody gives %+v", f)
	}
}

func TestExpectedOrders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Frequency{
			DailyRate:  rapid.Float64Range(0, 1).Draw(t, "rate"),
			WeightDays: rapid.Float64Range(1, 1000).Draw(t, "weight"),
			Scale:      1,
		}
		orders := float64(rapid.IntRange(1, 500).Draw(t, "orders"))
		c := customer{orders: orders, repeats: orders - 1, tenure: rapid.Float64Range(1, 2000).Draw(t, "tenure")}
		p := rapid.Float64Range(1e-9, 1).Draw(t, "p")
		days := rapid.IntRange(1, 365).Draw(t, "days")
		got := f.expected(p, c, days)
		const rounding = 1 + 1e-9
		if !(got*rounding >= math.Min(p, 1-1e-9)) || math.IsInf(got, 1) {
			t.Fatalf("%v orders are expected with a probability of %v of at least one", got, p)
		}
		if more := f.expected(math.Min(1, p+0.1), c, days); more*rounding < got {
			t.Fatalf("a higher probability lowers the orders from %v to %v", got, more)
		}
		c.repeats++
		if more := f.expected(p, c, days); more*rounding < got {
			t.Fatalf("one order more lowers the orders from %v to %v", got, more)
		}
	})
	if got := (&Frequency{DailyRate: 0.01, WeightDays: 10, Scale: 1}).expected(0, customer{}, 180); got != 0 {
		t.Errorf("%v orders are expected of who will not order", got)
	}
}

func TestPositiveMean(t *testing.T) {
	for mean, want := range map[float64]float64{0: 1, 1e-12: 1, 1e-6: 1.0000005, 1: 1 / (1 - math.Exp(-1)), 50: 50} {
		if got := positiveMean(mean); math.Abs(got-want) > 1e-9 {
			t.Errorf("positiveMean(%g) = %v, want %v", mean, got, want)
		}
	}
}
