package nextpurchase

import (
	"perennial/models/basket"
	"perennial/pipeline/history"
)

// Purchases are what a shop's customers have bought as known at a cutoff: sums by
// item and a sample of histories, from which recommenders are made. Workers may
// gather their own customers and merge, in any order, to the same numbers; one
// Purchases is filled by one goroutine. Memory is that of the items and the sample.
type Purchases struct {
	assortment *Assortment
	cutoff     history.Day
	ledgers    [levels]ledger
}

// ledger is what is gathered at one level.
type ledger struct {
	reader *orderReader
	counts *basket.Counts
	gaps   *basket.Gaps
	sample *basket.Sample
	year   *basket.Popularity // orders of the last popularDays
	recent *basket.Popularity // orders of the last recentDays
	second *basket.Popularity // second orders of customers
}

const (
	popularDays = 365 // so that every season has its say
	recentDays  = 60
)

// NewPurchases returns an empty gathering as of cutoff that keeps the histories of
// some customers, of up to sampleLines order lines in all.
func NewPurchases(a *Assortment, cutoff history.Day, sampleLines int) *Purchases {
	p := &Purchases{assortment: a, cutoff: cutoff}
	for l := range levels {
		n := a.items(l)
		p.ledgers[l] = ledger{
			reader: newOrderReader(a, l),
			counts: basket.NewCounts(n, basket.CountsConfig{AsOf: int32(cutoff), RecentDays: recentDays}),
			gaps:   basket.NewGaps(n), sample: basket.NewSample(sampleLines),
			year: basket.NewPopularity(n), recent: basket.NewPopularity(n), second: basket.NewPopularity(n),
		}
	}
	return p
}

// Add gathers one customer. view must end at the cutoff; key must be the
// customer's alone.
func (p *Purchases) Add(key uint64, view *history.View) error {
	for l := range p.ledgers {
		ledger := &p.ledgers[l]
		if err := ledger.add(key, ledger.reader.read(view.Lines), int32(p.cutoff)); err != nil {
			return err
		}
	}
	return nil
}

func (l *ledger) add(key uint64, h basket.History, cutoff int32) error {
	l.counts.Add(h)
	l.gaps.Add(h)
	for j := range h.Orders() {
		if h.Days[j] >= cutoff-popularDays {
			l.year.Add(h.Order(j))
		}
		if h.Days[j] >= cutoff-recentDays {
			l.recent.Add(h.Order(j))
		}
	}
	if h.Orders() > 1 {
		l.second.Add(h.Order(1))
	}
	return l.sample.Add(key, h)
}

// Merge adds what other has gathered of the same shop at the same cutoff.
func (p *Purchases) Merge(other *Purchases) error {
	for l := range p.ledgers {
		if err := p.ledgers[l].merge(&other.ledgers[l]); err != nil {
			return err
		}
	}
	return nil
}

func (l *ledger) merge(other *ledger) error {
	if err := l.counts.Merge(other.counts); err != nil {
		return err
	}
	if err := l.gaps.Merge(other.gaps); err != nil {
		return err
	}
	for _, pair := range [][2]*basket.Popularity{{l.year, other.year}, {l.recent, other.recent}, {l.second, other.second}} {
		if err := pair[0].Merge(pair[1]); err != nil {
			return err
		}
	}
	return l.sample.Merge(other.sample)
}
