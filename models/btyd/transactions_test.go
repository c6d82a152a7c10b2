package btyd

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func TestPrepare(t *testing.T) {
	log := []Transaction{
		{"ann", 10, 5}, {"ann", 10, 7}, // one first order
		{"ann", 17, 20}, {"ann", 17, -4}, // one repeat order, with a return
		{"ann", 31, 30},
		{"ann", 50, 9}, {"ann", 60, 8}, // held out, and later still
		{"bea", 40, 100},
		{"cyd", 41, 1}, // after Now
	}
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(log), func(i, j int) { log[i], log[j] = log[j], log[i] })
	got, err := Prepare(log, Period{Now: 40, HoldoutEnd: 55})
	if err != nil {
		t.Fatal(err)
	}
	want := []Prepared{
		{
			ID: "ann", FirstDay: 10, HoldoutOrders: 1, HoldoutAmount: 9,
			Customer: Customer{Orders: 2, Last: 3, Age: 30.0 / 7, LogGaps: math.Log(1) + math.Log(2), Value: 23},
		},
		{ID: "bea", FirstDay: 40},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-15, 0)); diff != "" {
		t.Errorf("prepared (-want +got):\n%s", diff)
	}
	days, err := Prepare(log, Period{Now: 40, UnitDays: 1})
	if err != nil {
		t.Fatal(err)
	}
	if c := days[0].Customer; c.Last != 21 || c.Age != 30 || days[0].HoldoutOrders != 0 {
		t.Errorf("in days: %+v", days[0])
	}
}

func TestPrepareRefuses(t *testing.T) {
	for _, amount := range []float64{inf, -inf, math.NaN()} {
		if _, err := Prepare([]Transaction{{"ann", 1, amount}}, Period{}); err == nil {
			t.Errorf("amount %v is taken", amount)
		}
	}
	if _, err := Prepare(nil, Period{UnitDays: -7}); err == nil {
		t.Error("negative unit is taken")
	}
	if all, err := Prepare(nil, Period{}); err != nil || len(all) != 0 {
		t.Errorf("nothing became %v, %v", all, err)
	}
}

func TestPreparedCustomersArePossible(t *testing.T) { rapid.Check(t, preparedArePossible) }

func FuzzPrepare(f *testing.F) { f.Fuzz(rapid.MakeFuzz(preparedArePossible)) }

// preparedArePossible also holds that nothing after Now shows in a customer.
func preparedArePossible(t *rapid.T) {
	log := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Transaction {
		return Transaction{
			rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "customer"),
			rapid.IntRange(-20, 60).Draw(t, "day"), rapid.Float64Range(-50, 50).Draw(t, "amount"),
		}
	}), 0, 40).Draw(t, "log")
	period := Period{Now: 30, HoldoutEnd: 50}
	all, err := Prepare(log, period)
	if err != nil {
		t.Fatal(err)
	}
	var known []Transaction
	for _, tx := range log {
		if tx.Day <= period.Now {
			known = append(known, tx)
		}
	}
	past, err := Prepare(known, period)
	if err != nil {
		t.Fatal(err)
	}
	if len(past) != len(all) {
		t.Fatalf("%d customers, %d of them known", len(all), len(past))
	}
	for i, p := range all {
		if p.Customer != past[i].Customer {
			t.Fatalf("%+v, and %+v with the future", past[i], p)
		}
		if c := p.Customer; c.possible() != c {
			t.Fatalf("%+v cannot exist", c)
		}
	}
}
