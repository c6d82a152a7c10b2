package lab

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
)

// shopTruth is what is known of made-up customers: MBG/NBD in weeks with Erlang-k
// times between orders, and Gamma-Gamma values.
type shopTruth struct {
	k                  int
	r, alpha, a, b     float64
	p, q, gamma        float64
	perCustomer        func(i int) (faster float64) // multiplies the rate; nil means 1
	stays              bool                         // nobody stops after the first order: BG/NBD
	customers          int
	weeks, holdoutDays int
}

func usualTruth(customers int) shopTruth {
	return shopTruth{k: 1, r: 0.8, alpha: 7, a: 0.9, b: 2.5, p: 6, q: 4, gamma: 60, customers: customers, weeks: 40, holdoutDays: 140}
}

// madeUpStart is the first day of made-up tables.
var madeUpStart = time.Date(2025, 1, 6, 0, 0, 0, 0, time.UTC)

// calibrateUntil is the last day of a made-up table's calibration.
func (s shopTruth) calibrateUntil() string {
	return madeUpStart.AddDate(0, 0, 7*s.weeks-1).Format(time.DateOnly)
}

// orders makes the table up. Customers come in the first half of the calibration.
func (s shopTruth) orders(seed uint64) string {
	var b strings.Builder
	b.WriteString("customer,date,amount\n")
	end := 7*s.weeks + s.holdoutDays
	for i := range s.customers {
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		gamma := func(shape, rate float64) float64 { return distuv.Gamma{Alpha: shape, Beta: rate, Src: rng}.Rand() }
		rate, x, y, scale := gamma(s.r, s.alpha), gamma(s.a, 1), gamma(s.b, 1), gamma(s.q, s.gamma)
		if s.perCustomer != nil {
			rate *= s.perCustomer(i)
		}
		order := func(day int) {
			fmt.Fprintf(&b, "c%04d,%s,%.2f\n", i, madeUpStart.AddDate(0, 0, day).Format(time.DateOnly), gamma(s.p, scale))
		}
		day := rng.IntN(7 * s.weeks / 2)
		order(day)
		for t, first := float64(day), true; rng.Float64() >= x/(x+y) || first && s.stays; first = false {
			for range s.k {
				t += 7 * rng.ExpFloat64() / rate
			}
			if !(t < float64(end)) {
				break
			}
			if next := int(math.Floor(t)); next > day {
				day = next
				order(day)
			}
		}
	}
	return b.String()
}

// ordersFile writes a made-up table.
func (s shopTruth) ordersFile(t testing.TB, seed uint64) string {
	t.Helper()
	return textFile(t, "orders.csv", s.orders(seed))
}

func textFile(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func customersReport(t testing.TB, opts CustomersOptions) string {
	t.Helper()
	var out bytes.Buffer
	if err := Customers(t.Context(), opts, testEnv(), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func customersJSONOf(t testing.TB, opts CustomersOptions) customersJSON {
	t.Helper()
	opts.JSON = true
	var result customersJSON
	if err := json.Unmarshal([]byte(customersReport(t, opts)), &result); err != nil {
		t.Fatal(err)
	}
	return result
}

// model returns the figures of a model, or fails.
func (r customersJSON) model(t testing.TB, name string) customerModelJSON {
	t.Helper()
	for _, m := range r.Models {
		if m.Model == name {
			return m
		}
	}
	t.Fatalf("no model %q", name)
	return customerModelJSON{}
}

// approximately fails unless got is within tolerance of want.
func approximately(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, want %v to within %v", what, got, want, tolerance)
	}
}
