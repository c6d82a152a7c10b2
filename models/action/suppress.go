package action

import (
	"slices"

	"perennial/pipeline/publish"
)

// The suppressions, in the order in which the first that holds is published.
const (
	noConsent     = "no_consent"     // no explicit yes to any channel
	openTicket    = "open_ticket"    // wrote to the shop's service lately
	recentReturn  = "recent_return"  // sent something back lately
	recentContact = "recent_contact" // contacted lately or often
	recentOrder   = "recent_order"   // ordered lately
	ineligible    = "ineligible"     // excluded by the shop, or its data is stale
)

const (
	// A ticket's end is not in the history; two weeks settle most.
	ticketDays = 14
	// A parcel on its way back is not the time to advertise.
	returnDays = 7
)

// suppressions returns every rule that holds for the customer, first in order.
func (p *Policy) suppressions(f *Facts, s *publish.Score) []string {
	in30Days, daysAgo := f.contacts()
	var held []string
	hold := func(rule string, holds bool) {
		if holds {
			held = append(held, rule)
		}
	}
	hold(noConsent, !f.consented("email") && !f.consented("sms") && !f.consented("phone"))
	hold(openTicket, f.DaysSinceTicket <= ticketDays)
	hold(recentReturn, f.DaysSinceReturn <= returnDays)
	hold(recentContact, daysAgo < float64(*p.config.DaysBetweenContacts) || in30Days >= *p.config.ContactsIn30Days)
	hold(recentOrder, f.DaysSinceOrder < float64(*p.config.QuietDaysAfterOrder))
	hold(ineligible, s.Eligibility == "excluded" || s.Eligibility == "stale")
	return held
}

// suppressed reports whether any of the rules held applies to a.
func (a *Action) suppressed(held []string) bool {
	return slices.ContainsFunc(held, func(rule string) bool { return !slices.Contains(a.Despite, rule) })
}
