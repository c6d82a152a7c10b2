package btyd

import (
	"bufio"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// person is what nobody sees of a customer: her rate of stages, and when or after
// which orders she stops.
type person struct {
	rate     float64
	dropout  float64 // probability after an order; 0 for Pareto/NBD
	lifetime float64 // +Inf but for Pareto/NBD
}

// draw returns somebody of a model's population.
func draw(m Model, rng *rand.Rand) person {
	gamma := func(shape, rate float64) float64 { return gammaRand(rng, shape, rate) }
	switch m := m.(type) {
	case nbd:
		return person{rate: gamma(m.r, m.alpha), lifetime: inf}
	case pareto:
		return person{rate: gamma(m.r, m.alpha), lifetime: rng.ExpFloat64() / gamma(m.s, m.beta)}
	case betaGeometric:
		a, b := gamma(m.a, 1), gamma(m.b, 1)
		return person{rate: gamma(m.r, m.alpha), dropout: a / (a + b), lifetime: inf}
	}
	panic("no such population")
}

func gammaRand(rng *rand.Rand, shape, rate float64) float64 {
	return distuv.Gamma{Alpha: shape, Beta: rate, Src: rng}.Rand()
}

// orderTimes returns when somebody orders until the given time, her first order
// at 0 not among them.
func orderTimes(m Model, p person, until float64, rng *rand.Rand) []float64 {
	k, first := 1, false
	if m, ok := m.(betaGeometric); ok {
		k, first = m.k, m.survived(0) == 1
	}
	if first && rng.Float64() < p.dropout {
		return nil
	}
	var times []float64
	for t := 0.0; ; {
		for range k {
			t += rng.ExpFloat64() / p.rate
		}
		if t > min(until, p.lifetime) {
			return times
		}
		times = append(times, t)
		if rng.Float64() < p.dropout {
			return times
		}
	}
}

// simulate returns n customers with the ages that age draws.
func simulate(m Model, n int, seed uint64, age func(*rand.Rand) float64) []Customer {
	customers := make([]Customer, n)
	for i := range customers {
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		c := &customers[i]
		c.Age = age(rng)
		last := 0.0
		for _, t := range orderTimes(m, draw(m, rng), c.Age, rng) {
			c.Orders++
			c.LogGaps += math.Log(t - last)
			last = t
		}
		c.Last = last
	}
	return customers
}

// onDays moves orders to the days that they are on: at most one on each.
func onDays(customers []Customer) []Customer {
	days := make([]Customer, len(customers))
	for i, c := range customers {
		last := math.Ceil(c.Last * 7)
		c.Orders = min(c.Orders, int(last))
		c.Last, c.LogGaps = last/7, 0
		days[i] = c
	}
	return days
}

// twoYears draws whole days of the last two years, in weeks.
func twoYears(rng *rand.Rand) float64 { return float64(1+rng.IntN(730)) / 7 }

func model(t testing.TB, family Family, parameters ...float64) Model {
	t.Helper()
	m, err := New(family, parameters...)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// million is the shop that speed is measured with.
func million(t testing.TB, family Family) []Customer {
	return onDays(simulate(model(t, family, cdnowParameters[family]...), 1_000_000, 1, twoYears))
}

// cdnowParameters are in weeks, from Fader, Hardie & Lee (2005) Table 2.
var cdnowParameters = map[Family][]float64{
	NBD:       {0.385, 12.072},
	BGNBD:     {0.243, 4.414, 0.793, 2.426},
	MBGNBD:    {0.525, 6.183, 0.891, 1.614},
	ParetoNBD: {0.553, 10.578, 0.606, 11.669},
}

var peerFile = flag.String("peer", "", "write the million customers for testdata/peer.py to this CSV file")

// TestWriteMillion gives testdata/peer.py the customers of the benchmarks.
func TestWriteMillion(t *testing.T) {
	if *peerFile == "" {
		t.Skip("no -peer file given")
	}
	f, err := os.Create(*peerFile)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "frequency,recency,T")
	for _, c := range million(t, BGNBD) {
		fmt.Fprintf(w, "%d,%.17g,%.17g\n", c.Orders, c.Last, c.Age)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
