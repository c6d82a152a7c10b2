package nextpurchase

import (
	"perennial/features/label"
	"perennial/models/basket"
	"perennial/pipeline/history"
)

// Trial is a past night with what customers ordered after it, on which candidates
// are judged. Workers may gather their own customers and merge, in any order, to
// the same numbers; one Trial is filled by one goroutine.
type Trial struct {
	purchases *Purchases
	readers   [levels]*orderReader
	cases     [levels]*basket.Sample // histories up to the cutoff; their last order is the outcome
	kept      []history.Line
}

// NewTrial returns a trial of candidates fitted on purchases. Of customers who
// ordered afterwards it keeps some, of up to caseLines order lines in all.
func NewTrial(purchases *Purchases, caseLines int) *Trial {
	t := &Trial{purchases: purchases}
	for l := range levels {
		t.readers[l], t.cases[l] = newOrderReader(purchases.assortment, l), basket.NewSample(caseLines)
	}
	return t
}

// Purchases returns what candidates are fitted on.
func (t *Trial) Purchases() *Purchases { return t.purchases }

// Add adds the first order of a customer in the days after the cutoff, at which
// view ends; lines hold the truth. A customer without orders before or after is
// no case.
func (t *Trial) Add(key uint64, view *history.View, lines []history.Line, days int) error {
	p := t.purchases
	t.kept = t.kept[:0]
	for i := range lines {
		if !p.assortment.excluded[lines[i].Product] {
			t.kept = append(t.kept, lines[i])
		}
	}
	outcome := label.Of(&history.History{Lines: t.kept}, p.cutoff, days)
	for l, codes := range [levels][]history.Code{outcome.Products, outcome.Categories} {
		if len(codes) == 0 {
			continue
		}
		h := t.readers[l].read(view.Lines)
		if h.Orders() == 0 {
			continue
		}
		for _, code := range codes {
			h.Items = append(h.Items, int32(code)-1)
		}
		h.Ends, h.Days = append(h.Ends, int32(len(h.Items))), append(h.Days, int32(p.cutoff)+int32(outcome.FirstDays))
		if err := t.cases[l].Add(key, h); err != nil {
			return err
		}
	}
	return nil
}

// Merge adds the cases of other, which is of the same cutoff. Purchases are merged by
// whoever made them.
func (t *Trial) Merge(other *Trial) error {
	for l := range t.cases {
		if err := t.cases[l].Merge(other.cases[l]); err != nil {
			return err
		}
	}
	return nil
}
