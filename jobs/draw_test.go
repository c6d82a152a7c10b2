package jobs

import (
	"fmt"
	"math"
	"testing"

	"perennial/pipeline/history"
)

// TestDrawTakesRowsOfManyCustomers draws a tenth of the rows of 20,000 customers at
// ten cutoffs: nearly two customers of three are there with a row, and a tenth whole.
func TestDrawTakesRowsOfManyCustomers(t *testing.T) {
	const customers = 20_000
	s := &shop{survey: survey{buyers: customers}}
	cutoffs := make([]history.Day, 10)
	for k := range cutoffs {
		cutoffs[k] = history.Day(20_000 + 30*k)
	}
	d := s.draw(cutoffs, customers)
	at := map[history.Day]int{}
	rows, some, whole := 0, 0, 0
	for i := range customers {
		id := history.CustomerID(fmt.Sprint("c", i))
		drawn := d.of(id)
		rows += len(drawn)
		if len(drawn) > 0 {
			some++
		}
		if d.whole(id) {
			whole++
		}
		for _, cutoff := range drawn {
			at[cutoff]++
		}
	}
	for _, share := range []struct {
		of        string
		got, want float64
	}{
		{"rows", float64(rows) / (customers * 10), 0.1},
		{"customers with a row", float64(some) / customers, 1 - math.Pow(0.9, 10)},
		{"whole customers", float64(whole) / customers, 0.1},
		{"rows at the first cutoff", float64(at[cutoffs[0]]) / customers, 0.1},
		{"rows at the last cutoff", float64(at[cutoffs[9]]) / customers, 0.1},
	} {
		if math.Abs(share.got-share.want) > 0.01 {
			t.Errorf("the share of %s drawn is %.3f, want %.3f", share.of, share.got, share.want)
		}
	}
	if all := s.draw(cutoffs, 10*customers); len(all.of("anna")) != len(cutoffs) || !all.whole("anna") {
		t.Error("where there is room for all rows some are left out")
	}
}
