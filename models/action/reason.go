package action

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"perennial/pipeline/history"
	"perennial/pipeline/publish"
)

// words puts facts about one customer into words for a merchant: numbers that
// can be checked, no jargon, nothing that presses anybody.
type words struct {
	facts    *Facts
	score    *publish.Score
	currency string
}

// reason says why the customer gets what is taken.
func (p *Policy) reason(proposal *Proposal, taken candidate, s *publish.Score) string {
	w := words{&proposal.facts, s, p.config.Currency}
	nothing := taken.action.Name == none.Name
	switch {
	case proposal.group == GroupHoldout:
		return "In the comparison group that gets nothing, so that what the actions bring can be measured."
	case nothing && proposal.byLotTonight() && proposal.group == GroupPolicy:
		return "Left alone by lot, to learn what works: " + w.rhythm() + "."
	case nothing && len(proposal.held) > 0:
		return p.suppression(w, proposal.held[0])
	case proposal.group == GroupBaseline && !nothing:
		return "The shop's own rule: " + w.silence() + "."
	case proposal.group == GroupBaseline:
		return "The shop's own rule asks for nothing: " + w.rhythm() + "."
	}
	text := "Nothing that is worth its cost: " + w.rhythm() + "."
	if !nothing {
		text = taken.action.because(w)
	} else if proposal.best.resource != unlimited {
		text = "Tonight's limit for " + strings.ReplaceAll(proposal.best.action.Name, "_", " ") + " went to others: " + w.rhythm() + "."
	}
	if proposal.byLotTonight() {
		text += " Chosen by lot, to learn what works."
	}
	return text
}

// suppression says why the customer is not contacted.
func (p *Policy) suppression(w words, rule string) string {
	f := w.facts
	switch rule {
	case noConsent:
		return "No consent to e-mail, SMS or phone on record."
	case openTicket:
		return fmt.Sprintf("Wrote to the shop's service %s; no advertising for %s after that.", ago(f.DaysSinceTicket), days(ticketDays))
	case recentReturn:
		return fmt.Sprintf("Sent something back %s; no advertising for %s after that.", ago(f.DaysSinceReturn), days(returnDays))
	case recentOrder:
		return fmt.Sprintf("Ordered %s; no advertising for %s after an order.", ago(f.DaysSinceOrder), days(float64(*p.config.QuietDaysAfterOrder)))
	case recentContact:
		in30Days, daysAgo := f.contacts()
		if daysAgo < float64(*p.config.DaysBetweenContacts) {
			return fmt.Sprintf("Last contacted %s; the shop waits %s between contacts.", ago(daysAgo), days(float64(*p.config.DaysBetweenContacts)))
		}
		times := "times"
		if in30Days == 1 {
			times = "time"
		}
		return fmt.Sprintf("Contacted %d %s in 30 days; the shop stops at %d.", in30Days, times, *p.config.ContactsIn30Days)
	}
	if w.score.Eligibility == "stale" {
		return "The shop's data is out of date."
	}
	return "Taken out by the shop."
}

func becauseOfTicket(w words) string {
	return fmt.Sprintf("Wrote to the shop's service %s: a person should look at it before anything is advertised.", ago(w.facts.DaysSinceTicket))
}

func becauseValuableAndSilent(w words) string { return w.worth() + "; " + w.rhythm() + "." }

func becauseValuable(w words) string { return w.worth() + "; " + w.lastOrder() + "." }

// becauseDue names what is due. A day that has passed is published as that of the
// night.
func becauseDue(w words) string {
	text := "Due again by now"
	if due := *w.score.ReplenishDueDate; due > w.score.AsOf {
		text = "Due again on " + history.Day(due).String()
	}
	if w.score.ReplenishReason != "" {
		text += ": " + w.score.ReplenishReason
	}
	return text + "."
}

func becauseFirstOrder(w words) string { return "First order " + ago(w.facts.DaysSinceOrder) + "." }

func becauseBack(w words) string {
	return fmt.Sprintf("Back after a long break: %s so far, %s.", w.orders(), w.lastOrder())
}

func becauseOneOrder(w words) string {
	return fmt.Sprintf("One order so far, %s; %s.", ago(w.facts.DaysSinceOrder), w.usually())
}

func becauseNextCategory(w words) string {
	return fmt.Sprintf("%s so far, %s; a likely next category is %s.", w.orders(), w.lastOrder(), w.score.NextCategories[0])
}

func becauseSilent(w words) string { return capital(w.rhythm()) + "." }

func becauseSilentAndDiscounted(w words) string {
	return fmt.Sprintf("%s; %.0f%% of the orders were discounted.", capital(w.rhythm()), 100*w.facts.DiscountShare)
}

func becauseNeverAsked(w words) string {
	return w.worth() + ", and no answer about e-mail, SMS or phone on record."
}

// rhythm compares the silence with what is usual.
func (w words) rhythm() string {
	if math.IsNaN(w.facts.DaysSinceOrder) {
		return "no order yet"
	}
	if math.IsNaN(w.facts.UsualGapDays) {
		return w.silence()
	}
	return w.silence() + "; " + w.usually()
}

func (w words) silence() string { return "no order for " + days(w.facts.DaysSinceOrder) }

func (w words) lastOrder() string { return "the last one " + ago(w.facts.DaysSinceOrder) }

// usually claims a rhythm of the customer's own only from three gaps on.
func (w words) usually() string {
	if w.facts.OwnGapDays > 0 {
		return "usually orders every " + days(w.facts.OwnGapDays)
	}
	return "customers like this usually order again after " + days(w.facts.UsualGapDays)
}

func (w words) worth() string {
	amount := strconv.FormatFloat(w.score.HistoricRevenue, 'f', 2, 64)
	return strings.TrimSpace(w.orders() + " worth " + amount + " " + w.currency)
}

func (w words) orders() string {
	if w.score.HistoricOrders == 1 {
		return "1 order"
	}
	return fmt.Sprintf("%d orders", w.score.HistoricOrders)
}

func ago(n float64) string { return days(n) + " ago" }

func days(n float64) string {
	switch n = math.Round(n); n {
	case 0:
		return "less than a day"
	case 1:
		return "1 day"
	}
	return strconv.FormatFloat(n, 'f', 0, 64) + " days"
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
