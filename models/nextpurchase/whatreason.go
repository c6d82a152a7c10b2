package nextpurchase

import (
	"fmt"

	"perennial/models/basket"
)

// usualGaps is how many gaps between orders it takes to say "usually".
const usualGaps = 3

// reason returns the fact that speaks for an item, in words with numbers that can
// be counted in the order lines.
func (s *served) reason(a *Assortment, item *basket.Item, h basket.History, asOf int32) string {
	switch {
	case item.Orders > 0:
		return habit(item, h)
	case item.After >= 0:
		return fmt.Sprintf("Often follows %s, bought in the last order %s ago", a.title(s.level, item.After), days(int(asOf-h.Days[h.Orders()-1])))
	}
	return s.popular(item.ID, h.Orders())
}

// popular tells how many orders of the shop hold an item: in those of customers like
// her if there are any, but in those of a year where these are what ranks it.
func (s *served) popular(item int32, orders int) string {
	l := s.ledger
	byYear := orders == 0 || s.board.Champion == Popularity || s.board.Champion == Frequency
	switch year, second, recent := l.year.Holding(item), l.second.Holding(item), l.recent.Holding(item); {
	case !byYear && orders == 1 && second > 0:
		return fmt.Sprintf("In %d of the %d second orders of customers here", second, l.second.Baskets())
	case !byYear && recent > 0:
		return heldBy(recent, l.recent.Baskets(), recentDays)
	case year > 0:
		return heldBy(year, l.year.Baskets(), popularDays)
	}
	return fmt.Sprintf("Last sold here more than %d days ago", popularDays)
}

func heldBy(n, of int64, days int) string {
	if of == 1 {
		return fmt.Sprintf("In the only order here in the last %d days", days)
	}
	return fmt.Sprintf("In %d of the %d orders here in the last %d days", n, of, days)
}

// habit tells what she did with an item that she has bought.
func habit(item *basket.Item, h basket.History) string {
	n := h.Orders()
	ago := days(item.DaysSince)
	switch {
	case item.Of == 1:
		return fmt.Sprintf("Bought in the last order, %s ago", ago)
	case item.Orders == item.Of:
		ago = fmt.Sprintf("Bought in each of the last %d orders; last %s ago", item.Of, ago)
	default:
		ago = fmt.Sprintf("Bought in %d of the last %d orders; last %s ago", item.Orders, item.Of, ago)
	}
	first, last := h.Days[n-item.Of], h.Days[n-1-item.OrdersSince]
	if gaps := item.Orders - 1; gaps >= usualGaps && last > first {
		ago += fmt.Sprintf(", usually every %s", days(rounded(float64(last-first)/float64(gaps))))
	}
	return ago
}

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}

// rounded returns whole days, one at least.
func rounded(d float64) int { return max(1, int(d+.5)) }
