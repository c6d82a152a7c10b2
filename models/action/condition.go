package action

import (
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
)

func ticketOpen(f *Facts, _ *publish.Score) bool { return f.DaysSinceTicket <= ticketDays }

func replenishmentDue(_ *Facts, s *publish.Score) bool {
	return s.ReplenishDueDate != nil && *s.ReplenishDueDate >= s.AsOf && *s.ReplenishDueDate < s.AsOf+14
}

func firstOrderIsFresh(f *Facts, s *publish.Score) bool {
	return s.HistoricOrders == 1 && f.DaysSinceOrder <= 14
}

// secondOrderIsDue is true from half the usual gap on: a nudge has to arrive
// before the customer would have ordered.
func secondOrderIsDue(f *Facts, s *publish.Score) bool {
	return s.HistoricOrders == 1 && f.DaysSinceOrder >= f.UsualGapDays/2
}

func repeatsAndHasNextCategory(_ *Facts, s *publish.Score) bool {
	return s.HistoricOrders >= 2 && len(s.NextCategories) > 0
}

// buysAtDiscount keeps offers from customers who pay the full price.
func buysAtDiscount(f *Facts, _ *publish.Score) bool { return f.DiscountShare >= 0.5 }

// neverAskedForConsent: who has said no is not asked again.
func neverAskedForConsent(f *Facts, _ *publish.Score) bool {
	return f.EmailConsent == history.ConsentUnknown && f.SMSConsent == history.ConsentUnknown && f.PhoneConsent == history.ConsentUnknown
}
