package btyd

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestFaderHardieLee2005Spreadsheet has the numbers of the BG/NBD spreadsheet
// that goes with Marketing Science 24(2), as printed by several programs.
func TestFaderHardieLee2005Spreadsheet(t *testing.T) {
	m := model(t, BGNBD, 0.2425945, 4.4136019, 0.7929199, 2.4258881)
	for _, e := range []struct{ weeks, orders float64 }{
		{0.1429, 0.0078}, {1, 0.0532}, {3, 0.1506}, {31.8571, 1.0405}, {32, 1.0437}, {78, 1.8576},
	} {
		nearAbs(t, "expected orders of a new customer", m.Expected(Customer{}, e.weeks), e.orders, 4e-4)
	}
	nearAbs(t, "expected orders", m.Expected(Customer{Orders: 2, Last: 30.43, Age: 38.86}, 39), 1.226, 6e-4)
	m = model(t, BGNBD, 0.243, 4.414, 0.793, 2.426)
	nearAbs(t, "P(X(39) = 0)", 1-m.AtLeast(Customer{}, 39, 1), 0.5737864, 6e-8)
	dst := make([]float64, 22)
	Distribution(dst, m, Customer{}, 2)
	nearAbs(t, "P(X(2) = 10)", dst[10], 1.07869e-7, 6e-13)
	Distribution(dst, m, Customer{}, 30)
	for i, p := range []float64{
		.0019995214, .0015170236, .0011633150, .0009003148, .0007023638,
		.0005517902, .0004361913, .0003467171, .0002769613, .0002222260,
	} {
		nearAbs(t, "P(X(30) = n)", dst[11+i], p, 6e-11)
	}
}

// TestBTYDManualPareto has numbers of the manual and the walkthrough of the R
// package BTYD, and others at its parameters for CDNOW.
func TestBTYDManualPareto(t *testing.T) {
	m := model(t, ParetoNBD, 0.55, 10.56, 0.61, 11.64)
	for weeks, orders := range []float64{
		0, .05077821, .09916088, .14542507, .18979930, .23247466, .27361274, .31335159, .35181024, .38909211,
	} {
		nearAbs(t, "expected orders of a new customer", m.Expected(Customer{}, float64(weeks)), orders, 6e-9)
	}
	m = model(t, ParetoNBD, 0.5533971, 10.5801985, 0.6060625, 11.6562237)
	best := Customer{Orders: 26, Last: 30.86, Age: 31}
	nearAbs(t, "expected orders in 52 weeks", m.Expected(best, 52), 25.4553181, 6e-8)
	nearAbs(t, "P(alive)", m.Alive(best), 0.9979178964, 6e-11)
	nearAbs(t, "expected orders of a new customer in a year", m.Expected(Customer{}, 52), 1.473112689, 2e-7)
	// The increasing frequency paradox.
	for x, orders := range map[int]float64{10: .7059673, 15: .1441878, 20: .0224993, 25: .0030918} {
		near(t, "expected orders after silence", m.Expected(Customer{Orders: x, Last: 20, Age: 39}, 52), orders, 3e-5)
	}
	near(t, "DERT at 15% a year", m.Discounted(best, inf, 0.0027), 86.0350186, 1e-8)
}

// TestNote025OrderValues has the first ten customers of the spreadsheet that goes
// with Fader & Hardie (2013).
func TestNote025OrderValues(t *testing.T) {
	g := GammaGamma{p: 6.2488025, q: 3.7445885, gamma: 15.447748}
	for i, c := range []Customer{
		{Orders: 2, Value: 22.345}, {Orders: 1, Value: 11.77}, {}, {}, {}, {Orders: 7, Value: 73.74},
		{Orders: 1, Value: 11.77}, {}, {Orders: 2, Value: 25.55}, {},
	} {
		want := []float64{24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17}[i]
		nearAbs(t, "expected order value", g.Expected(c), want, 6e-3)
	}
}

// TestFaderHardieShang2010Donations fits the 11,104 donors of Marketing Science
// 29(6). testdata/donations.csv has their counts by recency and frequency, as the
// data set "donations" of the Python package lifetimes, whose tests have the four
// published parameters.
func TestFaderHardieShang2010Donations(t *testing.T) {
	records := readCSV(t, "testdata/donations.csv")
	var donors []Customer
	for _, r := range records[1:] {
		v := numbers(t, r)
		for range int(v[3]) {
			donors = append(donors, Customer{Orders: int(v[0]), Last: v[1], Age: v[2]})
		}
	}
	fit, err := Config{}.Fit(t.Context(), BGBB, donors)
	if err != nil {
		t.Fatal(err)
	}
	nearAbs(t, "log-likelihood", fit.LogLikelihood(), -33225.6, 0.06)
	for i, want := range []float64{1.204, 0.750, 0.657, 2.783} {
		e := fit.Estimates()[i]
		nearAbs(t, e.Name, e.Value, want, 1.5e-3)
	}
	m := fit.Model()
	never, always := Customer{Age: 6}, Customer{Orders: 6, Last: 6, Age: 6}
	nearAbs(t, "orders in five years of those who never gave", m.Expected(never, 5), 0.07, 6e-3)
	nearAbs(t, "orders in five years of those who always gave", m.Expected(always, 5), 3.75, 6e-3)
	survive := func(c Customer) float64 { return 1 - m.AtLeast(c, 1, 1)/m.Alive(c) }
	if survive(always) > survive(never) {
		t.Error("those who always gave are likelier to miss the next year")
	}
}

// TestBGBBByEnumeration adds up every history of three opportunities.
func TestBGBBByEnumeration(t *testing.T) {
	m := model(t, BGBB, 1.204, 0.750, 0.657, 2.783)
	total, orders := 0.0, 0.0
	for history := range 8 {
		c := Customer{Age: 3}
		for i := range 3 {
			if history>>i&1 == 1 {
				c.Orders++
				c.Last = float64(i + 1)
			}
		}
		p := math.Exp(m.LogLikelihood(c))
		total += p
		orders += p * float64(c.Orders)
	}
	near(t, "probability of all histories", total, 1, 1e-14)
	near(t, "expected orders", m.Expected(Customer{}, 3), orders, 1e-14)
}

// TestCDNOWCustomers has some customers of the CDNOW sample, at the parameters of
// TestCDNOWFits, as an independent program answers (agreeing with 40 digits to
// 5e-12); all of them are in TestCDNOWGoldenCustomers.
func TestCDNOWCustomers(t *testing.T) {
	bg := model(t, BGNBD, 0.24259452243015717, 4.4136020190135055, 0.7929220172255865, 2.4259067768262876)
	mbg := model(t, MBGNBD, 0.5248431591063123, 6.183085279576101, 0.891359390732184, 1.6140022401702265)
	pareto := model(t, ParetoNBD, 0.5532770468531861, 10.577683463302371, 0.6062399891277799, 11.668735288853401)
	spend := GammaGamma{p: 6.249572271323757, q: 3.744224667132029, gamma: 15.443520962589258}
	first := Customer{Orders: 2, Last: 213.0 / 7, Age: 272.0 / 7, Value: 22.345}
	once := Customer{Age: 267.0 / 7}
	for _, e := range []struct {
		what      string
		got, want float64
	}{
		{"BG/NBD P(alive)", bg.Alive(first), 0.726620311662},
		{"BG/NBD orders", bg.Expected(first, 39), 1.22599445529},
		{"BG/NBD discounted", bg.Discounted(first, 52, log115/52), 1.46188591455},
		{"MBG/NBD P(alive)", mbg.Alive(first), 0.706138478985},
		{"MBG/NBD orders", mbg.Expected(first, 39), 1.26275885086},
		{"Pareto/NBD P(alive)", pareto.Alive(first), 0.869134263613},
		{"Pareto/NBD orders", pareto.Expected(first, 39), 1.4552017016},
		{"Pareto/NBD DERT", pareto.Discounted(first, inf, 0.0027), 6.48240257648},
		{"BG/NBD P(order)", bg.AtLeast(first, 39, 1), 0.554627950167},
		{"MBG/NBD P(order)", mbg.AtLeast(first, 39, 1), 0.559939750597},
		{"Pareto/NBD P(order)", pareto.AtLeast(first, 39, 1), 0.591926350202},
		{"order value", spend.Expected(first), 24.6539186982},
		{"BG/NBD P(alive) of a one-time buyer", bg.Alive(once), 1},
		{"MBG/NBD P(alive) of a one-time buyer", mbg.Alive(once), 0.391720307811},
		{"Pareto/NBD P(alive) of a one-time buyer", pareto.Alive(once), 0.299360222441},
		{"order value of a one-time buyer", spend.Expected(once), 35.1703712657},
	} {
		near(t, e.what, e.got, e.want, 1e-10)
	}
}

// A first order says nothing of a customer's mean, and the mean of all means has a pole
// at q = 1, beside which estimates fall by chance: it is not believed beyond what the
// repeaters leave credible.
func TestOneTimersNearThePole(t *testing.T) {
	oneTimer, repeater := Customer{Age: 10}, Customer{Orders: 4, Last: 8, Age: 10, Value: 50}
	for q, want := range map[float64]float64{0.9: 35, 1.0001: 35, 1.01: 35, 3.5: 6 * 15 / 2.5} {
		g := GammaGamma{p: 6, q: q, gamma: 15, mean: 35, ceiling: 41}
		if got := g.Expected(oneTimer); math.Abs(got-want) > 1e-9 {
			t.Errorf("q = %v: a one-timer is worth %v an order, want %v", q, got, want)
		}
		if got, want := g.Expected(repeater), 6*(15+4*50)/(6*4+q-1); math.Abs(got-want) > 1e-9 {
			t.Errorf("q = %v: a repeater is worth %v an order, want %v", q, got, want)
		}
	}
	random := rand.New(rand.NewPCG(4, 2))
	var customers []Customer
	for range 1500 {
		mean := math.Exp(3 + 1.4*random.NormFloat64())
		c := Customer{Orders: random.IntN(4), Last: 5, Age: 10}
		for range c.Orders {
			c.Value += mean * math.Exp(0.4*random.NormFloat64()) / float64(c.Orders)
		}
		customers = append(customers, c)
	}
	fit, err := Config{}.FitSpend(t.Context(), customers)
	if err != nil {
		t.Fatal(err)
	}
	g := fit.model
	if got := g.Expected(oneTimer); got > g.ceiling || g.ceiling < g.mean || g.ceiling > 1.3*g.mean {
		t.Errorf("a one-timer of means about %.0f is worth %.0f an order, at most %.0f is credible", g.mean, got, g.ceiling)
	}
}
