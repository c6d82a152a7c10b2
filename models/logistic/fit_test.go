package logistic

import (
	"context"
	"math"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func mustFit(t testing.TB, c Config, columns []string, x [][]float32, y, weights []float64) *Model {
	t.Helper()
	m, err := c.Fit(context.Background(), columns, x, y, weights)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// unpenalised is a lambda that leaves the coefficients alone to ten digits.
const unpenalised = 1e-12

// TestTwoByTwoTable has a closed form: intercept and slope are the log-odds of
// the groups and their difference, whose standard error is √Σ1/n (Woolf 1955).
func TestTwoByTwoTable(t *testing.T) {
	const a, b, c, d = 30, 70, 55, 45 // exposed 1 and 0, unexposed 1 and 0
	exposure := []float32{1, 1, 0, 0}
	y := []float64{1, 0, 1, 0}
	m := mustFit(t, Config{Lambda: unpenalised, Shape: Linear}, []string{"exposed"}, [][]float32{exposure}, y, []float64{a, b, c, d})
	slope := m.Coefficients()[1]
	near(t, "log odds ratio", slope.Value/slope.SD, math.Log(a*d/(b*c+0.0)), 1e-9)
	near(t, "its standard error", slope.StdErr/slope.SD, math.Sqrt(1./a+1./b+1./c+1./d), 1e-8)
	p := make([]float64, 2)
	if err := m.Predict(p, []string{"exposed"}, [][]float32{{1, 0}}); err != nil {
		t.Fatal(err)
	}
	near(t, "rate of the exposed", p[0], a/(a+b+0.0), 1e-10)
	near(t, "rate of the unexposed", p[1], c/(c+d+0.0), 1e-10)
}

// TestSeparatedClassesStayFinite solves the penalised problem of two rows, whose
// optimum is the root of 2σ(−β) = λβ.
func TestSeparatedClassesStayFinite(t *testing.T) {
	const lambda = 0.01
	m := mustFit(t, Config{Lambda: lambda, Shape: Linear}, []string{"x"}, [][]float32{{-1, 1}}, []float64{0, 1}, nil)
	low, high := 0.0, 100.0
	for range 200 {
		middle := (low + high) / 2
		if 2*Probability(-middle) > lambda*middle {
			low = middle
		} else {
			high = middle
		}
	}
	near(t, "coefficient", m.Coefficients()[1].Value, low, 1e-9)
	near(t, "intercept", m.Base(), 0, 1e-9)
	if m.Status() != Converged {
		t.Errorf("status is %s", m.Status())
	}
}

func TestLimitIsReported(t *testing.T) {
	columns, x, y := table(500, 8, 1)
	m := mustFit(t, Config{MaxIterations: 1}, columns, x, y, nil)
	if m.Status() != Limit || m.Iterations() > 2 {
		t.Errorf("after %d iterations the status is %s", m.Iterations(), m.Status())
	}
}

// TestManyTermsNeedNoHessian fits more terms than get one.
func TestManyTermsNeedNoHessian(t *testing.T) {
	columns, x, y := table(800, 450, 2)
	m := mustFit(t, Config{}, columns, x, y, nil)
	if len(m.terms) <= newtonTerms || m.Status() != Converged {
		t.Fatalf("%d terms: status %s", len(m.terms), m.Status())
	}
	weights := classWeights(y, nil, false)
	o := newObjective(m, x, y, weights, Config{}.withDefaults())
	beta := make([]float64, o.terms+1)
	for k, term := range m.terms {
		beta[k] = term.Coefficient
	}
	beta[o.terms] = m.intercept
	gradient := make([]float64, len(beta))
	o.gradient(gradient, beta)
	for _, g := range gradient {
		near(t, "gradient", g, 0, gradientGoal)
	}
	if e := m.Coefficients()[1].StdErr; !math.IsNaN(e) {
		t.Errorf("standard error is %v, want NaN", e)
	}
}

// TestRecovery simulates and lands within four standard errors of the truth.
func TestRecovery(t *testing.T) {
	columns, x, y := table(40_000, 9, 7)
	m := mustFit(t, Config{Lambda: unpenalised}, columns, x, y, nil)
	for _, c := range m.Coefficients()[1:] {
		j, err := strconv.Atoi(c.Column[1:])
		if err != nil {
			t.Fatal(err)
		}
		want := 0.0
		if j%2 == 0 && !c.Missing {
			want = 2 / math.Sqrt(9) * float64(1-j%4)
		}
		// A gap hides part of the signal and dilutes the other slopes a little.
		near(t, c.Column, c.Value, want, 4*c.StdErr+0.06)
	}
}

func TestBalancedClassesMoveTheMean(t *testing.T) {
	columns, x, y := table(4000, 6, 4)
	rate := mean(y)
	for _, balance := range []bool{false, true} {
		m := mustFit(t, Config{BalanceClasses: balance}, columns, x, y, nil)
		p := make([]float64, len(y))
		if err := m.Predict(p, columns, x); err != nil {
			t.Fatal(err)
		}
		moved := math.Abs(mean(p) - rate)
		if balance && moved < 0.05 {
			t.Errorf("balanced: mean probability %.4f stays at the rate %.4f", mean(p), rate)
		}
		if !balance && moved > 1e-9 {
			t.Errorf("mean probability %.10f is not the rate %.10f: the intercept is penalised", mean(p), rate)
		}
	}
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

// TestUnitsDoNotMatter measures a column in another unit or in the other
// direction. Powers of two keep every bit.
func TestUnitsDoNotMatter(t *testing.T) {
	columns, x, y := table(300, 3, 6)
	plain := mustFit(t, Config{Shape: Linear}, columns, x, y, nil)
	want := make([]float64, len(y))
	if err := plain.Predict(want, columns, x); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		unit := float32(math.Ldexp(1, rapid.IntRange(-20, 20).Draw(t, "exponent")))
		if rapid.Bool().Draw(t, "flip") {
			unit = -unit
		}
		scaled := make([][]float32, len(x))
		for j := range x {
			for _, v := range x[j] {
				scaled[j] = append(scaled[j], v*unit)
			}
		}
		m, err := Config{Shape: Linear}.Fit(context.Background(), columns, scaled, y, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]float64, len(y))
		if err := m.Predict(got, columns, scaled); err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("row %d: %v in units of %v, %v before", i, got[i], unit, want[i])
			}
		}
	})
}

func TestSplitMarginsAddUp(t *testing.T) {
	names, x, y := table(600, 9, 3)
	m := mustFit(t, Config{}, names, x, y, nil)
	named, rest := m.Split([]string{"c5", "c0", "unheard of"})
	if diff := cmp.Diff([][]string{{"c0", "c5"}, {"c1", "c2", "c3", "c4", "c6", "c7", "c8"}}, [][]string{named.Columns(), rest.Columns()}); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	whole, a, b := make([]float64, len(y)), make([]float64, len(y)), make([]float64, len(y))
	for dst, m := range map[*[]float64]*Model{&whole: m, &a: named, &b: rest} {
		if err := m.Margins(*dst, names, x); err != nil {
			t.Fatal(err)
		}
	}
	for i := range whole {
		near(t, "margin", a[i]+b[i], whole[i], 1e-12)
	}
}

func TestConfigIsValidated(t *testing.T) {
	columns, x, y := table(50, 2, 1)
	for _, c := range []Config{
		{Lambda: -1}, {Lambda: math.NaN()}, {Lambda: math.Inf(1)}, {Shape: "cubic"}, {MaxIterations: -1}, {Workers: -2},
	} {
		if _, err := c.Fit(context.Background(), columns, x, y, nil); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
}
