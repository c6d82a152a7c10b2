package btyd

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func TestSigmaPointsHaveTheMoments(t *testing.T) {
	theta := []float64{1, -2, 0.5}
	covariance := mat.NewSymDense(3, []float64{2, 0.3, -0.1, 0.3, 1, 0.2, -0.1, 0.2, 0.5})
	points := sigmaPoints(theta, covariance)
	if len(points) != 6 {
		t.Fatalf("%d points", len(points))
	}
	for i := range theta {
		for j := range theta {
			sum := 0.0
			for _, p := range points {
				sum += (p[i] - theta[i]) * (p[j] - theta[j]) / 6
			}
			nearAbs(t, "covariance", sum, covariance.At(i, j), 1e-14)
		}
	}
	if points := sigmaPoints(theta, mat.NewSymDense(3, nil)); len(points) != 1 {
		t.Errorf("%d points around what is known exactly", len(points))
	}
}

// TestStdErrorIsTheDeltaMethod knows the answer for a parameter itself, and for
// the mean rate of an NBD, r/alpha.
func TestStdErrorIsTheDeltaMethod(t *testing.T) {
	f, err := Config{}.Fit(t.Context(), NBD, simulate(model(t, NBD, 0.8, 6), 4000, 1, twoYears))
	if err != nil {
		t.Fatal(err)
	}
	parameter := func(m Model) float64 { return m.Parameters()[1].Value }
	got, err := f.StdError(parameter)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "standard error of alpha", got, f.Estimates()[1].StdError, 0.01)
	rate := func(m Model) float64 { return m.Expected(Customer{}, 1) }
	got, err = f.StdError(rate)
	if err != nil {
		t.Fatal(err)
	}
	variance := f.covariance.At(0, 0) + f.covariance.At(1, 1) - 2*f.covariance.At(0, 1)
	near(t, "standard error of the rate", got, rate(f.Model())*math.Sqrt(variance), 0.01)
	if _, err := f.StdError(rate, 1); err == nil {
		t.Error("a covariate that the fit does not have")
	}
}

// TestIntervalsHold simulates what customers do next, for fits to small shops: the
// 80% intervals have to hold 80% or more, and not nearly everything.
func TestIntervalsHold(t *testing.T) {
	truth := model(t, MBGNBD, 1.2, 3, 0.6, 2.5)
	held, n := 0, 0
	for shop := range 6 {
		f, err := Config{}.Fit(t.Context(), MBGNBD, simulate(truth, 400, uint64(100+shop), twoYears))
		if err != nil {
			t.Fatal(err)
		}
		m, err := f.Uncertain()
		if err != nil {
			t.Fatal(err)
		}
		for i := range 100 {
			rng := rand.New(rand.NewPCG(uint64(shop), uint64(i)))
			c, future := Customer{Age: 30}, 0
			for _, at := range orderTimes(truth, draw(truth, rng), 60, rng) {
				if at <= 30 {
					c.Orders, c.Last = c.Orders+1, at
				} else {
					future++
				}
			}
			low, high := OrdersInterval(m, c, 30, 0.8)
			if low <= future && future <= high {
				held++
			}
			n++
		}
	}
	share := float64(held) / float64(n)
	t.Logf("80%% intervals of orders hold %.3f of %d", share, n)
	if share < 0.77 || share > 0.95 {
		t.Errorf("80%% intervals hold %.3f", share)
	}
}

func TestUncertaintyWidens(t *testing.T) {
	f, err := Config{}.Fit(t.Context(), BGNBD, simulate(model(t, BGNBD, cdnowParameters[BGNBD]...), 500, 1, twoYears))
	if err != nil {
		t.Fatal(err)
	}
	u, err := f.Uncertain()
	if err != nil {
		t.Fatal(err)
	}
	c := Customer{Orders: 20, Last: 38, Age: 39}
	narrowLow, narrowHigh := OrdersInterval(f.Model(), c, 39, 0.8)
	low, high := OrdersInterval(u, c, 39, 0.8)
	if low > narrowLow || high < narrowHigh {
		t.Errorf("%d to %d, and %d to %d with certainty", low, high, narrowLow, narrowHigh)
	}
	near(t, "expected orders", u.Expected(c, 39), f.Model().Expected(c, 39), 0.03)
	near(t, "next order", u.AtLeast(c, u.NextOrder(c, 0.5, 39), 1), u.AtLeast(c, 39, 1)/2, 1e-9)
	near(t, "discounted", u.Discounted(c, 39, 0), u.Expected(c, 39), 1e-12)
	nearAbs(t, "log-likelihood", u.LogLikelihood(c), f.Model().LogLikelihood(c), 0.1)
	if u.Family() != BGNBD || len(u.Parameters()) != 4 {
		t.Errorf("%s %v", u.Family(), u.Parameters())
	}
}

// TestValueIntervalsBySimulation draws the sum of order values.
func TestValueIntervalsBySimulation(t *testing.T) {
	m, g := model(t, ParetoNBD, cdnowParameters[ParetoNBD]...), GammaGamma{p: 6.25, q: 3.74, gamma: 15.44, mean: 35}
	c := Customer{Orders: 6, Last: 37, Age: 39, Value: 30}
	low, high := ValueInterval(m, []GammaGamma{g}, c, 39, 0.8)
	probabilities := make([]float64, 80)
	Distribution(probabilities, m, c, 39)
	rng := rand.New(rand.NewPCG(1, 2))
	below, above := 0, 0
	const n = 40_000
	for range n {
		u, orders := rng.Float64(), 0
		for u > probabilities[orders] && orders < 79 {
			u -= probabilities[orders]
			orders++
		}
		scale := gammaRand(rng, g.q+g.p*6, g.gamma+6*30)
		sum := 0.0
		if orders > 0 {
			sum = gammaRand(rng, g.p*float64(orders), scale)
		}
		if sum < low {
			below++
		}
		if sum > high {
			above++
		}
	}
	nearAbs(t, "share above", float64(above)/n, 0.1, 0.008)
	if share := float64(below) / n; share > 0.108 {
		t.Errorf("share below is %v", share)
	}
	if low, high := ValueInterval(m, []GammaGamma{g}, Customer{Age: 500}, 1, 0.8); low != 0 || high != 0 {
		t.Errorf("somebody lost spends %v to %v", low, high)
	}
}

// FuzzPredict asks for distributions and intervals of anybody.
func FuzzPredict(f *testing.F) {
	f.Add(uint8(5), 0.553, 10.578, 0.606, 11.669, 2, 30.4, 38.9, 22.3, 39.0, 0.8)
	f.Add(uint8(1), 1e9, 1e-9, 1e-9, 1e9, 1<<40, 1e9, 1e9, -1.0, 1e12, 2.0)
	families := []Family{NBD, BGNBD, MBGNBD, BGCNBD, MBGCNBD, ParetoNBD, BGBB}
	f.Fuzz(func(t *testing.T, which uint8, p0, p1, p2, p3 float64, x int, last, age, value, horizon, q float64) {
		for _, v := range []float64{last, age, value, horizon, q} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Skip("not finite")
			}
		}
		family := families[int(which)%len(families)]
		p := map[Family][]float64{NBD: {p0, p1}, BGCNBD: {3, p0, p1, p2, p3}, MBGCNBD: {2, p0, p1, p2, p3}}[family]
		if p == nil {
			p = []float64{p0, p1, p2, p3}
		}
		m, err := New(family, p...)
		if err != nil {
			t.Skip("no parameters")
		}
		c := Customer{Orders: x, Last: last, Age: age, Value: value}
		dst := make([]float64, 5)
		Distribution(dst, m, c, horizon)
		sum := 0.0
		for _, p := range dst {
			sum += p
		}
		if !(math.Abs(sum-1) < 1e-9) {
			t.Fatalf("%v %+v in %v: distribution %v", m.Parameters(), c, horizon, dst)
		}
		low, high := OrdersInterval(m, c, horizon, q)
		least, most := ValueInterval(m, []GammaGamma{{p: p0, q: p1, gamma: p0, mean: 1}}, c, horizon, q)
		if low < 0 || low > high || !(least >= 0 && least <= most && most <= math.MaxFloat64) {
			t.Fatalf("%v %+v in %v: orders %d to %d, value %v to %v", m.Parameters(), c, horizon, low, high, least, most)
		}
	})
}
