package simulate

import (
	"slices"
	"sort"
	"testing"
)

// A default shop looks like the shops it stands for.
func TestTheShopIsRealistic(t *testing.T) {
	var single, lines, returns, engagements, recent, next tally
	var gaps, sinceLast []float64
	var orders []bool // within 90 days of a cutoff 90 days before the end
	eachCustomer(Config{Customers: 10_000, Seed: 1}, func(s *shop, c *customer) {
		var f forecast
		next.add(f.tell(s, c).POrder90d)
		single.add(indicator(len(c.basket.orders) == 1))
		lines.add(float64(len(c.basket.lines)))
		engagements.add(float64(len(c.trail.rows)))
		for _, l := range c.basket.lines {
			returns.add(indicator(l.returned != 0))
		}
		for i := 1; i < len(c.basket.orders); i++ {
			gaps = append(gaps, float64(c.basket.orders[i].at-c.basket.orders[i-1].at)/secondsPerDay)
		}
		cutoff := s.days - 90
		last := -1
		for _, o := range c.basket.orders {
			if o.at.day() < cutoff {
				last = o.at.day()
			}
		}
		again := orderedWithin(c, cutoff, s.days)
		recent.add(indicator(again))
		if last >= 0 {
			sinceLast = append(sinceLast, float64(cutoff-last))
			orders = append(orders, again)
		}
	})
	slices.Sort(gaps)
	for _, m := range []struct {
		what           string
		got, low, high float64
	}{
		{"share of customers with one order", single.sum / single.n, 0.40, 0.60},
		{"median days between orders", gaps[len(gaps)/2], 30, 60},
		{"lines per customer", lines.sum / lines.n, 18, 22},
		{"share of lines that come back", returns.sum / returns.n, 0.025, 0.035},
		{"engagement rows per line", engagements.sum / lines.sum, 0.5, 1},
		{"share ordering within 90 days after the end", next.sum / next.n, 0.25, 0.35},
		{"share ordering in the last 90 days", recent.sum / recent.n, 0.30, 0.50},
		{"AUC of days since the last order", 1 - auc(sinceLast, orders), 0.70, 0.82},
	} {
		if m.got < m.low || m.got > m.high {
			t.Errorf("%s: %.3f, want %v to %v", m.what, m.got, m.low, m.high)
		}
		t.Logf("%s: %.3f", m.what, m.got)
	}
}

// auc returns the probability that a positive has the higher score, ties counting
// half.
func auc(scores []float64, positive []bool) float64 {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	sort.Slice(order, func(a, b int) bool { return scores[order[a]] < scores[order[b]] })
	ranks, positives := 0.0, 0.0
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && scores[order[j]] == scores[order[i]] {
			j++
		}
		for _, k := range order[i:j] {
			positives += indicator(positive[k])
			ranks += indicator(positive[k]) * float64(i+j+1) / 2
		}
		i = j
	}
	return (ranks - positives*(positives+1)/2) / (positives * (float64(len(scores)) - positives))
}
