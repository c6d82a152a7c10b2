package basket

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// sale is a line of UCI Online Retail: a product bought by a customer.
type sale struct {
	customer uint64
	invoice  string
	product  string
	at       time.Time
}

// onlineRetail returns the sales that name a customer and a product, in the order
// of the file, which is that of time. Cancellations and postage are left out.
func onlineRetail(t testing.TB) []sale {
	t.Helper()
	file, err := os.Open(filepath.Join(moduleRoot(t), "..", "shared", "data", "online_retail_visible.csv.gz"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("real data is not here: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	rows := csv.NewReader(unzipped)
	if _, err := rows.Read(); err != nil {
		t.Fatal(err)
	}
	var sales []sale
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return sales
		}
		if err != nil {
			t.Fatal(err)
		}
		customer, err := strconv.ParseUint(strings.TrimSuffix(row[6], ".0"), 10, 64)
		if err != nil || strings.HasPrefix(row[3], "-") || row[1][0] < '0' || row[1][0] > '9' {
			continue
		}
		at, err := time.Parse(time.DateTime, row[4])
		if err != nil {
			t.Fatal(err)
		}
		sales = append(sales, sale{customer, row[0], row[1], at})
	}
}

// past is a shop as known at a cutoff, and what each customer ordered first after it.
type past struct {
	items     int
	keys      []uint64
	histories map[uint64]History
	next      map[uint64][]int32
}

func cutAt(sales []sale, asOf int32) past {
	p := past{histories: make(map[uint64]History), next: make(map[uint64][]int32)}
	codes := make(map[string]int32)
	orders, days, invoices := make(map[uint64][][]int32), make(map[uint64][]int32), make(map[uint64]string)
	following := make(map[uint64]string)
	for _, s := range sales {
		if _, known := codes[s.product]; !known {
			codes[s.product] = int32(len(codes))
		}
		item, day := codes[s.product], dayNumber(s.at)
		if day >= asOf {
			if following[s.customer] == "" {
				following[s.customer] = s.invoice
			}
			if following[s.customer] == s.invoice && !slices.Contains(p.next[s.customer], item) {
				p.next[s.customer] = append(p.next[s.customer], item)
			}
			continue
		}
		if invoices[s.customer] != s.invoice {
			if invoices[s.customer] == "" {
				p.keys = append(p.keys, s.customer)
			}
			invoices[s.customer] = s.invoice
			orders[s.customer], days[s.customer] = append(orders[s.customer], nil), append(days[s.customer], day)
		}
		last := len(orders[s.customer]) - 1
		orders[s.customer][last] = append(orders[s.customer][last], item)
	}
	p.items = len(codes)
	for key, o := range orders {
		p.histories[key] = HistoryOf(o, days[key])
	}
	return p
}

func dayNumber(at time.Time) int32 { return int32(at.Unix() / (24 * 60 * 60)) }

// TestOnlineRetailCalendar judges lists at three cutoffs, knowing nothing after
// them.
func TestOnlineRetailCalendar(t *testing.T) {
	if testing.Short() {
		t.Skip("three fits on real data")
	}
	sales := onlineRetail(t)
	var next, weighed, frequency accuracy
	const cutoffs = 3
	for month := range cutoffs {
		asOf := dayNumber(time.Date(2011, time.Month(7+month), 1, 0, 0, 0, 0, time.UTC))
		p := cutAt(sales, asOf)
		counts, gaps, popularity, sample := NewCounts(p.items, CountsConfig{AsOf: asOf}), NewGaps(p.items), NewPopularity(p.items), new(Histories)
		for _, key := range p.keys {
			h := p.histories[key]
			counts.Add(h)
			gaps.Add(h)
			for j := range h.Orders() {
				popularity.Add(h.Order(j))
			}
			if err := sample.Append(key, h); err != nil {
				t.Fatal(err)
			}
		}
		lasting, err := ReplenishConfig{}.Fit(gaps, nil)
		if err != nil {
			t.Fatal(err)
		}
		overdue, err := NextConfig{Replenishment: lasting, WeighOverdue: true}.Fit(t.Context(), counts, sample)
		if err != nil {
			t.Fatal(err)
		}
		with, err := NextConfig{Replenishment: lasting}.Fit(t.Context(), counts, sample)
		if err != nil {
			t.Fatal(err)
		}
		judged, floor := p.judged(), Fit(popularity)
		a, b := with.Ranker(), overdue.Ranker()
		for _, key := range judged {
			h, n := p.histories[key], float64(cutoffs*len(judged))
			next.add(measureOne(ids(a.Rank(nil, h, asOf, 10, nil)), p.next[key]), n)
			weighed.add(measureOne(ids(b.Rank(nil, h, asOf, 10, nil)), p.next[key]), n)
			frequency.add(measureOne(floor.Rank(nil, orders(h), 10, nil), p.next[key]), n)
		}
	}
	report := func(a accuracy) string { return fmt.Sprintf("%.4f %.4f %.4f", a.recall, a.ndcg, a.hits) }
	t.Logf("recall, NDCG, hit ratio: next %s, weighing overdue %s, frequency %s", report(next), report(weighed), report(frequency))
	if next.recall < frequency.recall+.005 || next.ndcg < frequency.ndcg+.005 {
		t.Errorf("next %+v does not beat personal frequency %+v", next, frequency)
	}
}

// judged returns the customers who had ordered and did again.
func (p past) judged() (keys []uint64) {
	for _, key := range p.keys {
		if len(p.next[key]) > 0 {
			keys = append(keys, key)
		}
	}
	return keys
}

func orders(h History) (result [][]int32) {
	for j := range h.Orders() {
		result = append(result, h.Order(j))
	}
	return result
}
