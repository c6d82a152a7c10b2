package nextpurchase

import (
	"cmp"
	"fmt"
	"slices"

	"perennial/models/basket"
	"perennial/models/evaluate"
	"perennial/pipeline/history"
)

// DueDays is within how many days of a night what is due is looked for.
const DueDays = 30

// DueCase is a consumable that a customer has bought, one that has a due date.
type DueCase struct {
	Probability float64 // that she buys it within DueDays
	Bought      bool    // and whether she did
	Due         bool    // it has a due date, as it is published, within DueDays or past
	OwnDue      bool    // the same by the median of her own gaps; false with one order of it
}

// DueJudge looks at what was due on a night. It is immutable; each goroutine judges
// with a DueReader of its own.
type DueJudge struct {
	assortment *Assortment
	cutoff     history.Day
	lasting    *basket.Replenishment
}

// DueJudge fits how long products last, as a night as of p's cutoff does.
func (p *Purchases) DueJudge() (*DueJudge, error) {
	lasting, err := p.ledgers[Products].lasting(p.groups(Products))
	if err != nil {
		return nil, fmt.Errorf("nextpurchase: %w", err)
	}
	return &DueJudge{p.assortment, p.cutoff, lasting}, nil
}

// DueReader judges one customer after the other.
type DueReader struct {
	judge        *DueJudge
	past, future *orderReader
	due, likely  []basket.Due
	gaps         []int32
}

// Reader returns a new reader.
func (j *DueJudge) Reader() *DueReader {
	return &DueReader{judge: j, past: newOrderReader(j.assortment, Products), future: newOrderReader(j.assortment, Products)}
}

// Append adds the cases of one customer to dst: view ends at the night, lines are
// all of hers.
func (r *DueReader) Append(dst []DueCase, view *history.View, lines []history.Line) []DueCase {
	night := int32(r.judge.cutoff)
	h := r.past.read(view.Lines)
	r.due = r.judge.lasting.Due(r.due[:0], h, night, DueDays, r.judge.assortment.mayRunOut)
	if len(r.due) == 0 {
		return dst
	}
	from, _ := slices.BinarySearchFunc(lines, view.Cutoff.Start(), func(l history.Line, start history.Instant) int { return cmp.Compare(l.At, start) })
	later := r.future.read(lines[from:])
	for len(later.Days) > 0 && later.Days[len(later.Days)-1] >= night+DueDays {
		later = later.Before(later.Orders() - 1)
	}
	r.likely = r.judge.lasting.Due(r.likely[:0], h, night, dueDays, r.judge.assortment.mayRunOut)
	for _, d := range r.due {
		own, repeated := r.ownDay(h, d.ID)
		dst = append(dst, DueCase{
			Probability: d.Probability, Bought: slices.Contains(later.Items, d.ID), Due: d.Day < night+DueDays && r.isLikely(d.ID), OwnDue: repeated && own < night+DueDays,
		})
	}
	return dst
}

// isLikely reports whether an item is published as due.
func (r *DueReader) isLikely(item int32) bool {
	k := slices.IndexFunc(r.likely, func(d basket.Due) bool { return d.ID == item })
	return r.likely[k].Probability >= dueProbability
}

// ownDay returns the day by which the median of a customer's own gaps is over.
func (r *DueReader) ownDay(h basket.History, item int32) (day int32, repeated bool) {
	r.gaps = r.gaps[:0]
	last := int32(-1)
	for j := range h.Orders() {
		if !holds(h.Order(j), item) || last == h.Days[j] {
			continue
		}
		if last >= 0 {
			r.gaps = append(r.gaps, h.Days[j]-last)
		}
		last = h.Days[j]
	}
	if len(r.gaps) == 0 {
		return 0, false
	}
	slices.Sort(r.gaps)
	return last + r.gaps[len(r.gaps)/2], true
}

// DueReport says how due dates did.
type DueReport struct {
	Days   int     `json:"days"`
	Cases  int     `json:"cases"`  // products of customers
	Mean   float64 `json:"mean"`   // probability
	Bought float64 `json:"bought"` // share
	ECE    float64 `json:"ece"`
	AUC    float64 `json:"auc"`
	Brier  float64 `json:"brier"`
	Base   float64 `json:"brier_of_the_share"` // the same for everything

	Due       DueShare `json:"due"`
	OwnGap    DueShare `json:"due_by_own_gap"` // the floor
	Likeliest DueShare `json:"likeliest"`      // as many as the floor names
}

// DueShare is how many cases something named, and the share of them bought.
type DueShare struct {
	Cases  int      `json:"cases"`
	Bought *float64 `json:"bought"` // null of none
}

// NewDueReport judges cases; nil without both outcomes.
func NewDueReport(cases []DueCase) *DueReport {
	y, p := make([]float64, len(cases)), make([]float64, len(cases))
	for i, c := range cases {
		p[i] = c.Probability
		if c.Bought {
			y[i] = 1
		}
	}
	bought := mean(y)
	if !(bought > 0 && bought < 1) {
		return nil
	}
	b := evaluate.Binary(y, p)
	r := &DueReport{Days: DueDays, Cases: len(cases), Mean: mean(p), Bought: bought, ECE: b.ECE, AUC: b.AUC, Brier: b.Brier, Base: bought * (1 - bought)}
	r.Due = shareOf(cases, func(c *DueCase) bool { return c.Due })
	r.OwnGap = shareOf(cases, func(c *DueCase) bool { return c.OwnDue })
	sorted := slices.SortedStableFunc(slices.Values(cases), func(a, b DueCase) int { return cmp.Compare(b.Probability, a.Probability) })
	r.Likeliest = shareOf(sorted[:r.OwnGap.Cases], func(*DueCase) bool { return true })
	return r
}

func shareOf(cases []DueCase, named func(c *DueCase) bool) (s DueShare) {
	bought := 0.0
	for i := range cases {
		if !named(&cases[i]) {
			continue
		}
		s.Cases++
		if cases[i].Bought {
			bought++
		}
	}
	if s.Cases > 0 {
		bought /= float64(s.Cases)
		s.Bought = &bought
	}
	return s
}
