package features

import "perennial/pipeline/history"

// ledger adds up what was bought by product or category code. It forgets in
// time proportional to the codes met, not to the vocabulary.
type ledger struct {
	of  []bought
	met []history.Code // in order of their first line
}

// bought is what a ledger holds about one code; it is zero for codes not met.
type bought struct {
	lines   int32
	order   int32       // index of the first order that held it
	last    history.Day // of the orders that held it
	revenue float64
}

// newLedger returns a ledger of the codes of dictionary.
func newLedger(dictionary history.Dictionary) ledger {
	return ledger{of: make([]bought, dictionary.Len()+1)}
}

func (l *ledger) forget() {
	for _, code := range l.met {
		l.of[code] = bought{}
	}
	l.met = l.met[:0]
}

// add enters a line of code in the order with index order on day, and returns
// what is now known about code. Lines come in time order.
func (l *ledger) add(code history.Code, order int32, day history.Day, amount float64) *bought {
	b := &l.of[code]
	if b.lines == 0 {
		b.order, b.last = order, day
		l.met = append(l.met, code)
	}
	b.lines++
	b.last = max(b.last, day)
	b.revenue += amount
	return b
}
