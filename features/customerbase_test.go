package features

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/pipeline/history"
)

// buyers appends customers as of cutoff who order at random until they leave.
func buyers(m *Matrix, cutoff history.Day, customers int, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, uint64(cutoff)))
	for range customers {
		age := 1 + rng.IntN(400)
		gap, leaves := 20+60*rng.ExpFloat64(), 300*rng.ExpFloat64()
		repeats, last := 0, 0.0
		for day := gap * rng.ExpFloat64(); day < min(float64(age), leaves); day += 1 + gap*rng.ExpFloat64() {
			repeats, last = repeats+1, math.Floor(day)
		}
		for j, name := range m.Names {
			cell := math.NaN()
			switch name {
			case "repeat_order_days":
				cell = float64(repeats)
			case "lifetime_days":
				cell = last
			case "tenure_days":
				cell = float64(age)
			case "average_order_value":
				cell = 20 + 10*rng.Float64()
			}
			m.X[j] = append(m.X[j], float32(cell))
		}
		m.Customers, m.Cutoffs = append(m.Customers, "c"), append(m.Cutoffs, cutoff)
	}
}

func filled(t *testing.T, m *Matrix) {
	t.Helper()
	base, err := FitCustomerBase(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	base.Fill(m)
}

func TestCustomerBaseFills(t *testing.T) {
	m := testSet().NewMatrix()
	buyers(m, 500, 2000, 1)
	m.Column("tenure_days")[7] = float32(math.NaN()) // no order yet
	filled(t, m)
	for _, f := range customerBase.Features {
		f.low, f.high = f.Unit.Range()
		for i, v := range m.Column(f.Name) {
			if err := f.check(float64(v)); err != nil || (v != v) != (i == 7) {
				t.Errorf("row %d: %s = %v, %v", i, f.Name, v, err)
			}
		}
	}
	// Of two customers with as many orders, the one silent for longer is less alive.
	alive, recent, silent := m.Column("base_alive"), -1, -1
	for i := range alive {
		if m.Column("repeat_order_days")[i] != 3 {
			continue
		}
		silence := m.Column("tenure_days")[i] - m.Column("lifetime_days")[i]
		if silence < 20 {
			recent = i
		}
		if silence > 250 {
			silent = i
		}
	}
	if recent < 0 || silent < 0 || alive[recent] < 0.7 || alive[silent] > 0.5 {
		t.Errorf("alive are %v after an order and %v long after", alive[max(0, recent)], alive[max(0, silent)])
	}
}

// TestCustomerBaseSeesItsOwnCutoffOnly: what became known at a later cutoff does
// not move an earlier one.
func TestCustomerBaseSeesItsOwnCutoffOnly(t *testing.T) {
	alone, both := testSet().NewMatrix(), testSet().NewMatrix()
	buyers(alone, 500, 1000, 1)
	buyers(both, 500, 1000, 1)
	buyers(both, 600, 3000, 2)
	filled(t, alone)
	filled(t, both)
	for _, f := range customerBase.Features {
		if diff := cmp.Diff(alone.Column(f.Name), both.Column(f.Name)[:1000]); diff != "" {
			t.Errorf("%s: %s", f.Name, diff)
		}
	}
}

func TestFewCustomersHaveNoBase(t *testing.T) {
	m := testSet().NewMatrix()
	buyers(m, 500, 50, 1)
	filled(t, m)
	for i, v := range m.Column("base_alive") {
		if v == v {
			t.Fatalf("row %d: alive %v from 50 customers", i, v)
		}
	}
	var none *CustomerBase
	none.Fill(m) // changes nothing and does not panic
}
