package history

import "sort"

// View is what was known about a customer at the first instant of day Cutoff.
// Its slices share the history's storage and cannot be grown into what comes
// after, except that rows are copied where some of them were learnt late.
type View struct {
	Customer    CustomerID
	Cutoff      Day
	SignedUpAt  Instant // Never when unknown or not before the cutoff
	Country     Code    // as of the extract: when it changed is not known
	Lines       []Line
	Engagements []Engagement
	Actions     []Sent
}

// At cuts the history: history × cutoff → view. A row is in the view if both
// its event time and the time it was known are before the cutoff.
func (h *History) At(cutoff Day) View {
	end := cutoff.Start()
	v := View{Customer: h.Customer, Cutoff: cutoff, SignedUpAt: Never, Country: h.Profile.Country}
	if h.Profile.SignedUpAt < end {
		v.SignedUpAt = h.Profile.SignedUpAt
	}
	v.Lines = known(h.Lines, end, func(l *Line) (Instant, Instant) { return l.At, l.KnownAt })
	v.Engagements = known(h.Engagements, end, func(e *Engagement) (Instant, Instant) { return e.At, e.KnownAt })
	v.Actions = known(h.Actions, end, func(s *Sent) (Instant, Instant) { return s.At, s.At })
	return v
}

// known returns the rows that happened and were known before end. rows are
// sorted by the first time that times returns.
func known[Row any](rows []Row, end Instant, times func(*Row) (at, known Instant)) []Row {
	n := sort.Search(len(rows), func(i int) bool {
		at, _ := times(&rows[i])
		return at >= end
	})
	late := 0
	for i := range rows[:n] {
		if _, at := times(&rows[i]); at >= end {
			late++
		}
	}
	if late == 0 {
		return rows[:n:n]
	}
	kept := make([]Row, 0, n-late)
	for i := range rows[:n] {
		if _, at := times(&rows[i]); at < end {
			kept = append(kept, rows[i])
		}
	}
	return kept
}
