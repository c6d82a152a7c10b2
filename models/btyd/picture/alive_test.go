package picture

import (
	"math"
	"slices"
	"testing"

	"perennial/models/btyd"
)

func TestAliveMapHoldsPossibleCustomers(t *testing.T) {
	m := testModel(t, btyd.MBGNBD)
	a := NewAliveMap(m, 30, "weeks", 5)
	if len(a.Alive) != 6 || a.Last[0] != 0 || a.Last[len(a.Last)-1] != 30 {
		t.Fatalf("%d rows, columns %v", len(a.Alive), a.Last)
	}
	for x, row := range a.Alive {
		for i, alive := range row {
			possible := (x == 0) == (a.Last[i] == 0)
			if possible == math.IsNaN(alive) {
				t.Fatalf("%d orders, the last at %v: %v", x, a.Last[i], alive)
			}
			if possible {
				near(t, "P(alive)", alive, m.Alive(btyd.Customer{Orders: x, Last: a.Last[i], Age: 30}))
			}
		}
	}
}

// TestAlivePathKnowsOnlyThePast compares each day with a customer cut by hand.
func TestAlivePathKnowsOnlyThePast(t *testing.T) {
	m := testModel(t, btyd.MBGNBD)
	log := []btyd.Transaction{{Customer: "ann", Day: 135}, {Customer: "ann", Day: 100}, {Customer: "ann", Day: 135}, {Customer: "ann", Day: 170}, {Customer: "ann", Day: 500}}
	path, err := NewAlivePath(m, log, 7, 150, 180)
	if err != nil {
		t.Fatal(err)
	}
	if path.ID != "ann" || path.Now != 50 || len(path.Days) != 81 || !slices.Equal(path.Orders, []int{0, 35, 70}) {
		t.Fatalf("%+v", path)
	}
	for day, want := range map[int]btyd.Customer{
		0: {}, 34: {Age: 34. / 7}, 35: {Orders: 1, Last: 5, Age: 5}, 69: {Orders: 1, Last: 5, Age: 69. / 7}, 80: {Orders: 2, Last: 10, Age: 80. / 7},
	} {
		near(t, "P(alive)", path.Alive[day], m.Alive(want))
	}
}

func TestAlivePathNeedsOneCustomer(t *testing.T) {
	m := testModel(t, btyd.NBD)
	for name, log := range map[string][]btyd.Transaction{
		"nobody": nil, "two": {{Customer: "ann", Day: 1}, {Customer: "bob", Day: 1}}, "later": {{Customer: "ann", Day: 20}},
		"no amount": {{Customer: "ann", Day: 1, Amount: math.NaN()}},
	} {
		if _, err := NewAlivePath(m, log, 7, 10, 20); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
