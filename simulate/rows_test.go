package simulate

import (
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func TestAppendMoney(t *testing.T) {
	for cents, want := range map[int64]string{0: "0.00", 5: "0.05", 1999: "19.99", -1999: "-19.99", -5: "-0.05", 100: "1.00"} {
		if got := string(appendMoney(nil, cents)); got != want {
			t.Errorf("%d cents are %q, want %q", cents, got, want)
		}
	}
}

func TestMoneyReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.Int64Range(-1e12, 1e12).Draw(t, "cents")
		got, err := strconv.ParseFloat(string(appendMoney(nil, cents)), 64)
		if err != nil || got != float64(cents)/100 {
			t.Fatalf("%d cents read back as %v (%v)", cents, got, err)
		}
	})
}

func TestAppendInstant(t *testing.T) {
	c := newCalendar(defaultEnd-10, 10)
	for i, want := range map[instant]string{
		0:                                     "2026-06-21 00:00:00",
		secondsPerDay - 1:                     "2026-06-21 23:59:59",
		9*secondsPerDay + 5:                   "2026-06-30 00:00:05",
		secondsPerDay + 9*hour + 8*minute + 7: "2026-06-22 09:08:07",
	} {
		if got := string(c.appendInstant(nil, i)); got != want {
			t.Errorf("%d s: %q, want %q", i, got, want)
		}
	}
}

func TestReturnedLinesFollowTheirOrder(t *testing.T) {
	s := newShop(Config{Days: 10, Products: 12}.withDefaults())
	c := customer{id: []byte("c000007")}
	c.basket.orders = []order{{at: 0, channel: store, lines: []line{
		{product: 0, quantity: 2, amount: 900, discount: 100, returned: 4 * secondsPerDay},
		{product: 1, quantity: 1, amount: 250},
	}}}
	want := "" +
		"c000007,o000007-1,2026-06-21 00:00:00,p00001,coffee,2,9.00,1.00,EUR,store\n" +
		"c000007,o000007-1,2026-06-21 00:00:00,p00002,tea,1,2.50,0.00,EUR,store\n" +
		"c000007,o000007-1,2026-06-25 00:00:00,p00001,coffee,-2,-9.00,0.00,EUR,store\n"
	if got := string(appendOrders(nil, s, &c)); got != want {
		t.Errorf("rows are\n%s, want\n%s", got, want)
	}
}
