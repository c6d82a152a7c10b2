package btyd

import (
	"fmt"
	"math"
	"testing"
)

// forEachCustomer runs a check for every family and customer.
func forEachCustomer(t *testing.T, check func(t *testing.T, m Model, c Customer)) {
	for _, e := range everyFamily {
		m := model(t, e.family, e.parameters...)
		for _, c := range someCustomers {
			t.Run(fmt.Sprintf("%s%v/%+v", e.family, e.parameters, c), func(t *testing.T) { check(t, m, c) })
		}
	}
}

func TestExpectedIsTheSumOfTheTails(t *testing.T) {
	forEachCustomer(t, func(t *testing.T, m Model, c Customer) {
		sum, tail := 0.0, 1.0
		for n := 1; tail > 1e-13; n++ {
			tail = m.AtLeast(c, 10, n)
			sum += tail
		}
		nearAbs(t, "sum of the tails", sum, m.Expected(c, 10), 1e-9*(1+sum))
	})
}

func TestDiscountingNothingIsExpected(t *testing.T) {
	forEachCustomer(t, func(t *testing.T, m Model, c Customer) {
		near(t, "without a rate", m.Discounted(c, 26, 0), m.Expected(c, 26), 1e-12)
		near(t, "with next to none", m.Discounted(c, 26, 1e-12), m.Expected(c, 26), 1e-9)
		long, forever := m.Discounted(c, 4000, 0.02), m.Discounted(c, inf, 0.02)
		near(t, "in eighty years", long, forever, 1e-9)
		if !(m.Discounted(c, 26, 0.02) <= forever) {
			t.Errorf("half a year is worth %v, forever %v", m.Discounted(c, 26, 0.02), forever)
		}
	})
}

func TestDiscountedIsASumOverShortTimes(t *testing.T) {
	forEachCustomer(t, func(t *testing.T, m Model, c Customer) {
		if m.Family() == BGBB {
			t.Skip("counts opportunities")
		}
		const rate, steps = 0.05, 400
		sum, before := 0.0, 0.0
		for i := 1; i <= steps; i++ {
			end := 20 * float64(i) / steps
			orders := m.Expected(c, end)
			sum += (orders - before) * math.Exp(-rate*(end-10.0/steps))
			before = orders
		}
		near(t, "discounted", m.Discounted(c, 20, rate), sum, 5e-5)
	})
}

func TestNextOrderInvertsAtLeastOne(t *testing.T) {
	forEachCustomer(t, func(t *testing.T, m Model, c Customer) {
		if sooner, later := m.NextOrder(c, 0.5, 8), m.NextOrder(c, 0.5, inf); sooner > later {
			t.Errorf("median is %v given an order in 8 weeks, and %v given any", sooner, later)
		}
		for _, within := range []float64{8, 5000} {
			before := 0.0
			for _, q := range []float64{0.1, 0.5, 0.9} {
				next := m.NextOrder(c, q, within)
				if !(next >= before && next <= within) {
					t.Fatalf("quantile %v is %v, after %v", q, next, before)
				}
				before = next
				whole, part := m.AtLeast(c, within, 1), m.AtLeast(c, next, 1)
				if m.Family() == BGBB {
					if earlier := m.AtLeast(c, next-1, 1); part < q*whole-1e-9 || earlier > q*whole+1e-9 {
						t.Errorf("quantile %v is %v: probabilities %v and %v of %v", q, next, earlier, part, whole)
					}
				} else {
					nearAbs(t, "probability at the quantile", part, q*whole, 1e-9*whole+1e-15)
				}
			}
		}
	})
}

func TestDistributionSumsToOne(t *testing.T) {
	forEachCustomer(t, func(t *testing.T, m Model, c Customer) {
		dst := make([]float64, 12)
		Distribution(dst, m, c, 7)
		sum := 0.0
		for n, p := range dst {
			if !(p >= 0 && p <= 1) {
				t.Errorf("probability of %d is %v", n, p)
			}
			sum += p
		}
		near(t, "sum", sum, 1, 1e-14)
		near(t, "none", dst[0], 1-m.AtLeast(c, 7, 1), 1e-14)
	})
}

func TestQuantilesBracketTheDistribution(t *testing.T) {
	forEachCustomer(t, func(t *testing.T, m Model, c Customer) {
		for _, q := range []float64{0, 0.1, 0.5, 0.9, 0.999} {
			n := Quantile(m, c, 52, q)
			if m.AtLeast(c, 52, n+1) > 1-q || n > 0 && m.AtLeast(c, 52, n) <= 1-q {
				t.Errorf("quantile %v is %d", q, n)
			}
		}
	})
}

// TestRegularOfOneIsPlain compares CNBD-1, whose expectation is computed in its
// own way for k > 1, with BG/NBD.
func TestRegularOfOneIsPlain(t *testing.T) {
	plain, regular := model(t, BGNBD, 0.5, 3, 1, 0.2), model(t, BGCNBD, 1, 0.5, 3, 1, 0.2)
	for _, c := range someCustomers {
		near(t, "log-likelihood", regular.LogLikelihood(c), plain.LogLikelihood(c), 1e-15)
		near(t, "expected", regular.Expected(c, 10), plain.Expected(c, 10), 1e-15)
		m := regular.(betaGeometric)
		shape, a, b, v := m.future(c, 10)
		got := m.Alive(c) * m.regularExpected(c, newBetaNodes(a, b, math.Log1p(shape*v)), v)
		near(t, "expected by roots of unity", got, plain.Expected(c, 10), 1e-12)
	}
}

// TestUnitsOnlyScale changes weeks to days.
func TestUnitsOnlyScale(t *testing.T) {
	weeks := model(t, ParetoNBD, 0.553, 10.578, 0.606, 11.669)
	days := model(t, ParetoNBD, 0.553, 7*10.578, 0.606, 7*11.669)
	for _, c := range someCustomers {
		d := Customer{Orders: c.Orders, Last: 7 * c.Last, Age: 7 * c.Age}
		near(t, "alive", days.Alive(d), weeks.Alive(c), 1e-12)
		near(t, "expected", days.Expected(d, 70), weeks.Expected(c, 10), 1e-12)
		near(t, "next order", days.NextOrder(d, 0.5, 70), 7*weeks.NextOrder(c, 0.5, 10), 1e-9)
		near(t, "log-likelihood", days.LogLikelihood(d)+float64(c.Orders)*math.Log(7), weeks.LogLikelihood(c), 1e-12)
	}
}
