package btyd

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// anyData asks for no least amount of data, and takes few steps: a fit that ends
// early has to be as sound as one that converged.
var anyData = Config{
	Floor:         Sufficiency{Customers: -1, RepeatOrders: -1, Days: -1, RecentDays: -1, Loyal: -1},
	MaxIterations: 12, MaxRegularity: 3, Workers: 1,
}

// fuzzBytes takes numbers from the front of a text until it is used up.
type fuzzBytes []byte

func (b *fuzzBytes) byte() byte {
	if len(*b) == 0 {
		return 0
	}
	first := (*b)[0]
	*b = (*b)[1:]
	return first
}

func (b *fuzzBytes) bits() uint64 {
	var word [8]byte
	*b = (*b)[copy(word[:], *b):]
	return binary.LittleEndian.Uint64(word[:])
}

// float is any finite number.
func (b *fuzzBytes) float() float64 {
	v := math.Float64frombits(b.bits())
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}

// customers are at most 60, most of them plausible: a few bytes each. One in
// sixteen is any numbers at all.
func (b *fuzzBytes) customers() []Customer {
	var all []Customer
	for len(*b) > 0 && len(all) < 60 {
		c := Customer{Orders: int(b.byte())}
		if c.Orders%16 == 15 {
			c.Orders, c.Last, c.Age = int(int64(b.bits())), b.float(), b.float()
			c.LogGaps, c.Value = b.float(), b.float()
		} else {
			c.Orders /= 16
			c.Age = float64(b.byte()) / 3
			c.Last = c.Age * float64(b.byte()) / 255
			c.LogGaps, c.Value = float64(c.Orders)*(float64(b.byte())/64-2), float64(b.byte())
		}
		all = append(all, c)
	}
	return all
}

// someBytes are the seeds of the fuzzers of fits.
func someBytes() [][]byte {
	loyal := bytes.Repeat([]byte{0x23, 120, 200, 90, 30, 0x00, 100, 0, 0, 0, 0x51, 250, 240, 80, 12, 0x12, 30, 255, 60, 200}, 6)
	extreme := []byte{0x0f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}
	for range 4 {
		extreme = append(extreme, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xef, 0x7f)
	}
	return [][]byte{{}, {0x10, 9, 9, 9, 9}, loyal, append(extreme, loyal[:40]...), bytes.Repeat([]byte{0xf0, 255, 255, 0, 1}, 50)}
}

// FuzzFit fits every family to any finite customers, with and without covariates:
// there is an error, or everything that a fit can be asked is finite, and the same
// after a file.
func FuzzFit(f *testing.F) {
	families := []Family{NBD, BGNBD, MBGNBD, BGCNBD, MBGCNBD, ParetoNBD, BGBB}
	for which := range 2 * len(families) {
		for _, data := range someBytes() {
			f.Add(uint8(which), data)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		family := families[int(which)%len(families)]
		source := fuzzBytes(data)
		var names []string
		var z [][]float64
		if covariates := int(which) / len(families) % 3; covariates > 0 && effectsOf(family) != nil {
			names, z = []string{"one", "two"}[:covariates], make([][]float64, covariates)
			for j := range z {
				z[j] = make([]float64, 60)
				for i := range z[j] {
					z[j][i] = float64(int8(source.byte())) / 32
				}
			}
		}
		customers := source.customers()
		for j := range z {
			z[j] = z[j][:len(customers)]
		}
		fit, err := anyData.FitCovariates(t.Context(), family, customers, names, z)
		if err != nil {
			return
		}
		checkFit(t, fit, customers)
	})
}

// checkFit asks a fit everything.
func checkFit(t *testing.T, fit *Fit, customers []Customer) {
	t.Helper()
	numbers := []float64{fit.LogLikelihood()}
	for _, e := range fit.Estimates() {
		numbers = append(numbers, e.Value, e.StdError)
	}
	z := make([]float64, len(fit.Covariates()))
	for j := range z {
		z[j] = 0.5
	}
	certain, err := fit.For(z...)
	if err != nil {
		t.Fatal(err)
	}
	uncertain, err := fit.Uncertain(z...)
	if err != nil {
		t.Fatal(err)
	}
	c := customers[len(customers)-1]
	for _, m := range []Model{fit.Model(), certain, uncertain} {
		numbers = append(numbers, m.LogLikelihood(c), m.Alive(c), m.Expected(c, 39), m.AtLeast(c, 39, 1),
			m.AtLeast(c, 39, 4), m.Discounted(c, inf, 0.01), m.NextOrder(c, 0.5, 39))
	}
	spread, err := fit.StdError(func(m Model) float64 { return m.Expected(c, 39) }, z...)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range append(numbers, spread) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Fatalf("%s %s, %d customers: number %d of %v, %v; %v", fit.Model().Family(), fit.Status(), len(customers), i, numbers, spread, fit.Estimates())
		}
	}
	var file bytes.Buffer
	if err := fit.Write(&file); err != nil {
		t.Fatal(err)
	}
	read, err := Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(fit.Estimates(), read.Estimates()); diff != "" {
		t.Fatal(diff)
	}
}

// FuzzFitSpend fits order values to any finite customers.
func FuzzFitSpend(f *testing.F) {
	for _, data := range someBytes() {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		source := fuzzBytes(data)
		customers := source.customers()
		fit, err := anyData.FitSpend(t.Context(), customers)
		if err != nil {
			return
		}
		numbers := []float64{fit.LogLikelihood(), fit.Correlation()}
		for _, e := range fit.Estimates() {
			numbers = append(numbers, e.Value, e.StdError)
		}
		for _, g := range append(fit.Plausible(), fit.Model()) {
			for _, c := range customers {
				numbers = append(numbers, g.Expected(c), g.LogLikelihood(c))
			}
		}
		for i, v := range numbers {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("%s: number %d of %v; %v", fit.Status(), i, numbers, fit.Estimates())
			}
		}
		var file bytes.Buffer
		if err := fit.Write(&file); err != nil {
			t.Fatal(err)
		}
		read, err := ReadSpend(&file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(fit.Estimates(), read.Estimates()); diff != "" {
			t.Fatal(diff)
		}
	})
}

// FuzzConfig fits with any settings: a field out of range is an error.
func FuzzConfig(f *testing.F) {
	f.Add(7.0, 300, 100, 180.0, 30.0, 1, 1000, 12, 200)
	f.Add(-1.0, -1, -1, -1.0, -1.0, -1, -1, -1, -1)
	f.Add(1e-300, 1, 1, 1e300, 1e300, 1, 1, 64, 1)
	source := fuzzBytes(someBytes()[2])
	customers := source.customers()
	f.Fuzz(func(t *testing.T, unit float64, least, repeats int, days, recent float64, loyal, most, regularity, iterations int) {
		c := Config{
			UnitDays: unit, Floor: Sufficiency{Customers: least, RepeatOrders: repeats, Days: days, RecentDays: recent, Loyal: loyal},
			MaxCustomers: most, MaxRegularity: regularity, MaxIterations: iterations, Workers: 2,
		}
		for _, family := range []Family{BGNBD, MBGCNBD} {
			if fit, err := c.Fit(context.Background(), family, customers); err == nil {
				checkFit(t, fit, customers)
			}
		}
	})
}

// FuzzPrepareAnything cuts a log of any days and finite amounts.
func FuzzPrepareAnything(f *testing.F) {
	f.Add(40, 55, 7.0, []byte("anything at all, as days and amounts of orders"))
	f.Add(math.MaxInt, math.MinInt, 1e-320, bytes.Repeat([]byte{1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xef, 0x7f}, 4))
	f.Fuzz(func(t *testing.T, now, end int, unit float64, data []byte) {
		source := fuzzBytes(data)
		var log []Transaction
		for len(source) > 0 && len(log) < 40 {
			tx := Transaction{Customer: string(rune('a' + source.byte()%4))}
			if tx.Day = int(source.byte()); tx.Day == 255 {
				tx.Day = int(int64(source.bits()))
			}
			if tx.Amount = float64(source.byte()); tx.Amount == 255 {
				tx.Amount = source.float()
			}
			log = append(log, tx)
		}
		all, err := Prepare(log, Period{Now: now, HoldoutEnd: end, UnitDays: unit})
		if err != nil {
			return
		}
		for _, p := range all {
			c := p.Customer
			for _, v := range []float64{c.Last, c.Age, c.LogGaps, c.Value, p.HoldoutAmount} {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("%+v", p)
				}
			}
			if !(0 <= c.Last && c.Last <= c.Age) || c.Orders < 0 || p.HoldoutOrders < 0 {
				t.Fatalf("%+v cannot be", p)
			}
		}
	})
}
