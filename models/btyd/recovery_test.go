package btyd

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

var largeRecovery = flag.Bool("recovery", false, "recover parameters from 1,000, 10,000 and 100,000 customers, many times (about ten minutes of CPU)")

// TestRecoveryCoverage simulates shops, fits them, and counts how often the
// 95% interval of the logarithm of each parameter holds the truth.
func TestRecoveryCoverage(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of fits")
	}
	type size struct{ customers, runs int }
	sizes := []size{{2000, 60}}
	if *largeRecovery {
		sizes = []size{{1000, 1000}, {10_000, 400}, {100_000, 300}}
	}
	for _, family := range []Family{NBD, BGNBD, MBGNBD, ParetoNBD} {
		for _, size := range sizes {
			n, runs := size.customers, size.runs
			t.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(string(family), "/", "-"), n), func(t *testing.T) {
				coverage, boundary := recover95(t, family, n, runs)
				t.Logf("%d runs: coverage %.3f, %d at a boundary", runs, coverage, boundary)
				// The parameters of a run err together, as if they were half as many.
				slack := 2 * math.Sqrt(0.95*0.05/float64(len(cdnowParameters[family])*runs/2))
				if coverage < 0.93-slack || coverage > 0.97+slack {
					t.Errorf("95%% intervals hold the truth in %.1f%%", 100*coverage)
				}
			})
		}
	}
}

func recover95(t *testing.T, family Family, n, runs int) (coverage float64, boundary int) {
	truth := cdnowParameters[family]
	m := model(t, family, truth...)
	held, all := 0, 0
	for run := range runs {
		f, err := Config{}.Fit(t.Context(), family, simulate(m, n, uint64(1000+run), twoYears))
		if err != nil {
			t.Fatal(err)
		}
		if f.Status() == Boundary {
			boundary++
			continue
		}
		for i := range truth {
			if math.Abs(f.theta[i]-math.Log(truth[i])) <= 1.96*math.Sqrt(f.covariance.At(i, i)) {
				held++
			}
			all++
		}
	}
	return float64(held) / float64(all), boundary
}

// TestRegularityIsFound simulates shops with rhythms from none to strong.
func TestRegularityIsFound(t *testing.T) {
	for k := 1; k <= 4; k++ {
		m := model(t, MBGCNBD, float64(k), 0.9, 1.5*float64(k), 0.6, 2.2)
		customers := simulate(m, 1500, uint64(k), twoYears)
		f, err := Config{}.Fit(t.Context(), MBGCNBD, customers)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range f.Estimates() {
			want := m.Parameters()[i]
			t.Log(e, want)
			if i == 0 && e.Value != want.Value || math.Abs(e.Value-want.Value) > 4*e.StdError {
				t.Errorf("k = %d: %v, not %v", k, e, want)
			}
		}
		// The fit is not better than the sum of what it says of each customer.
		sum := 0.0
		for _, c := range customers {
			sum += f.Model().LogLikelihood(c)
		}
		near(t, "log-likelihood", f.LogLikelihood(), sum, 1e-11)
	}
}

// TestForecastsAreHonest compares what models expect of simulated customers,
// after some time of knowing them, with what the customers do next.
func TestForecastsAreHonest(t *testing.T) {
	for _, e := range everyFamily {
		if e.family == BGBB {
			continue // TestBGBBByEnumeration
		}
		m := model(t, e.family, e.parameters...)
		var expected, orders, anyExpected, anyone, squares float64
		const n, horizon = 4000, 30
		for i := range n {
			rng := rand.New(rand.NewPCG(9, uint64(i)))
			c := Customer{Age: 1 + 40*rng.Float64()}
			future := 0.0
			for _, at := range orderTimes(m, draw(m, rng), c.Age+horizon, rng) {
				if at <= c.Age {
					c.Orders, c.Last = c.Orders+1, at
				} else {
					future++
				}
			}
			p := m.AtLeast(c, horizon, 1)
			expected, orders = expected+m.Expected(c, horizon), orders+future
			squares += future * future
			anyExpected, anyone = anyExpected+p, anyone+min(future, 1)
		}
		nearAbs(t, string(e.family)+": orders", expected, orders, 4*math.Sqrt(squares))
		nearAbs(t, string(e.family)+": customers with orders", anyExpected, anyone, 4*math.Sqrt(anyone))
	}
}

func TestHomogeneousDropoutIsABoundary(t *testing.T) {
	// Everybody stops with the same probability.
	m := model(t, BGNBD, 0.8, 6, 3e5, 9e5)
	f, err := Config{}.Fit(t.Context(), BGNBD, simulate(m, 600, 5, twoYears))
	if err != nil {
		t.Fatal(err)
	}
	e := f.Estimates()
	t.Log(f.Status(), f.iterations, e)
	nearAbs(t, "dropout", e[2].Value/(e[2].Value+e[3].Value), 0.25, 0.04)
	if f.Status() == Limit {
		t.Error("the fit did not end")
	}
	u, err := f.Uncertain()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range someCustomers {
		checkFinite(t, f.Model(), c, 39)
		checkFinite(t, u, c, 39)
	}
}

func TestNobodyStoppingIsABoundary(t *testing.T) {
	m := model(t, NBD, 0.8, 6)
	for _, family := range []Family{BGNBD, MBGNBD, ParetoNBD} {
		f, err := Config{}.Fit(t.Context(), family, simulate(m, 600, 5, twoYears))
		if err != nil {
			t.Fatal(err)
		}
		t.Log(family, f.Status(), f.iterations, f.Estimates())
		if f.Status() != Boundary {
			t.Errorf("%s: status is %s", family, f.Status())
		}
		c := Customer{Orders: 5, Last: 39, Age: 40}
		near(t, "expected orders", f.Model().Expected(c, 10), m.Expected(c, 10), 0.15)
	}
}

func TestCovariatesAreRecovered(t *testing.T) {
	for _, e := range []struct {
		family Family
		gamma  []float64 // by parameter
	}{
		{BGNBD, []float64{0.5, 0.3, -0.4}},
		{ParetoNBD, []float64{0.5, -0.6}},
	} {
		base, channel := cdnowParameters[e.family], make([]float64, 8000)
		var customers []Customer
		for i := range channel {
			channel[i] = float64(i % 2)
			p := append([]float64(nil), base...)
			for k, effect := range effectsOf(e.family) {
				p[effect.parameter] *= math.Exp(effect.sign * e.gamma[k] * channel[i])
			}
			customers = append(customers, simulate(model(t, e.family, p...), 1, uint64(i), twoYears)...)
		}
		f, err := Config{}.FitCovariates(t.Context(), e.family, customers, []string{"channel"}, [][]float64{channel})
		if err != nil {
			t.Fatal(err)
		}
		for i, estimate := range f.Estimates() {
			want := append(append([]float64(nil), base...), e.gamma...)[i]
			if math.Abs(estimate.Value-want) > 4*estimate.StdError || i >= 4 && estimate.StdError > 0.4 {
				t.Errorf("%s: %v, not %v", e.family, estimate, want)
			}
		}
		if last := f.Estimates()[4].Name; last != "alpha:channel" {
			t.Errorf("coefficient is named %q", last)
		}
		with, err := f.For(1)
		if err != nil {
			t.Fatal(err)
		}
		if with.Expected(Customer{}, 20) <= f.Model().Expected(Customer{}, 20) {
			t.Errorf("%s: the better channel orders less", e.family)
		}
		if _, err := f.For(); err == nil {
			t.Error("a model for no covariates")
		}
	}
}

func TestFitRefuses(t *testing.T) {
	good := simulate(model(t, BGNBD, cdnowParameters[BGNBD]...), 500, 1, twoYears)
	loyal := Customer{Orders: 3, Last: 60, Age: 60.1}
	for _, e := range []struct {
		name      string
		config    Config
		family    Family
		customers []Customer
		message   string
	}{
		{"family", Config{}, "Weibull", good, "family is"},
		{"unit", Config{UnitDays: -1}, BGNBD, good, "unit is -1 days"},
		{"workers", Config{Workers: -1}, BGNBD, good, "workers is -1"},
		{"iterations", Config{MaxIterations: -1}, BGNBD, good, "max iterations"},
		{"regularity", Config{MaxRegularity: 65}, BGNBD, good, "max regularity"},
		{"sample", Config{MaxCustomers: -1}, BGNBD, good, "max customers"},
		{"no gaps", Config{}, BGCNBD, onDays(good), "all LogGaps are 0"},
		{"nobody", Config{Floor: Sufficiency{Customers: -1}}, BGNBD, nil, "0 customers (needs 1)"},
		{"few customers", Config{}, BGNBD, good[:299], "299 customers (needs 300)"},
		{"few orders", Config{}, BGNBD, make([]Customer, 300), "0 repeat orders (needs 100)"},
		{"young", Config{UnitDays: 1}, BGNBD, good, "days ago (needs 180)"},
		{"silent", Config{Floor: Sufficiency{Customers: 1, RepeatOrders: 1}}, BGNBD, []Customer{{Orders: 9, Last: 20, Age: 60}}, "is the export complete?"},
		{"not loyal", Config{Floor: Sufficiency{Customers: 1, RepeatOrders: 1, Loyal: 2}}, BGNBD, []Customer{loyal}, "1 customers with three orders or more (needs 2)"},
	} {
		_, err := e.config.Fit(t.Context(), e.family, e.customers)
		if err == nil || !strings.Contains(err.Error(), e.message) {
			t.Errorf("%s: error is %v", e.name, err)
		}
		if strings.Contains(e.message, "needs") != errors.Is(err, ErrInsufficient) && e.name != "silent" {
			t.Errorf("%s: %v wraps ErrInsufficient: %v", e.name, err, errors.Is(err, ErrInsufficient))
		}
	}
	z := make([]float64, len(good))
	for _, e := range []struct {
		family Family
		names  []string
		z      [][]float64
	}{
		{MBGNBD, []string{"a"}, [][]float64{z}},
		{BGNBD, []string{"a"}, nil},
		{BGNBD, []string{"a", "a"}, [][]float64{z, z}},
		{BGNBD, []string{"a"}, [][]float64{z[1:]}},
		{BGNBD, []string{"a"}, [][]float64{append([]float64{math.NaN()}, z[1:]...)}},
	} {
		if _, err := (Config{}).FitCovariates(t.Context(), e.family, good, e.names, e.z); err == nil {
			t.Errorf("%s takes covariates %v", e.family, e.names)
		}
	}
	if _, err := (Config{}).FitSpend(t.Context(), good); !errors.Is(err, ErrInsufficient) {
		t.Errorf("order values without values: %v", err)
	}
}

// TestWorkersAndOrderDoNotMatter compares bits.
func TestWorkersAndOrderDoNotMatter(t *testing.T) {
	customers := simulate(model(t, ParetoNBD, cdnowParameters[ParetoNBD]...), 6000, 1, twoYears)
	for i := range customers {
		customers[i].Value = float64(hash(uint64(i))%1000) / 7
	}
	shuffled := append([]Customer(nil), customers...)
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	for _, family := range []Family{BGNBD, ParetoNBD} {
		one, err := Config{Workers: 1}.Fit(t.Context(), family, customers)
		if err != nil {
			t.Fatal(err)
		}
		many, err := Config{Workers: 5}.Fit(t.Context(), family, shuffled)
		if err != nil {
			t.Fatal(err)
		}
		for i := range one.theta {
			if one.theta[i] != many.theta[i] || one.covariance.At(i, 0) != many.covariance.At(i, 0) {
				t.Errorf("%s: %v and %v", family, one.Estimates(), many.Estimates())
			}
		}
	}
	one, err := Config{Workers: 1}.FitSpend(t.Context(), customers)
	if err != nil {
		t.Fatal(err)
	}
	many, err := Config{Workers: 5}.FitSpend(t.Context(), shuffled)
	if err != nil {
		t.Fatal(err)
	}
	if one.Model() != many.Model() {
		t.Errorf("order values: %v and %v", one.Model(), many.Model())
	}
}

func TestSampleIsTheSameEveryTime(t *testing.T) {
	customers := simulate(model(t, BGNBD, cdnowParameters[BGNBD]...), 5000, 1, twoYears)
	chosen, _ := sample(customers, &design{}, 1000)
	if len(chosen) < 900 || len(chosen) > 1100 {
		t.Errorf("%d customers instead of about 1000", len(chosen))
	}
	a, err := Config{MaxCustomers: 1000}.Fit(t.Context(), BGNBD, customers)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Config{}.Fit(t.Context(), BGNBD, chosen)
	if err != nil {
		t.Fatal(err)
	}
	if a.LogLikelihood() != b.LogLikelihood() || a.Customers() != len(chosen) {
		t.Errorf("log-likelihoods %v and %v of %d customers", a.LogLikelihood(), b.LogLikelihood(), a.Customers())
	}
}
