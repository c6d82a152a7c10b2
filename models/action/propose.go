package action

import (
	"math"

	"perennial/pipeline/publish"
)

// candidate is an action that may be taken, and how.
type candidate struct {
	action   *Action
	channel  string // "" for none and for what is done without a message
	value    float64
	resource int     // index into Policy.resources, or unlimited
	cost     float64 // of the resource
}

// Proposal is what the policy would do about one customer, before it is known
// who gets the limited resources. It keeps what Decide needs.
type Proposal struct {
	facts    Facts
	previous *publish.Score
	held     []string // suppressions
	group    string

	best     candidate
	fallback candidate   // best without a limited resource
	baseline candidate   // by the shop's own rule
	byLot    []candidate // to draw among; nil if this customer is not explored
	lot      lot         // drawn if byLot is not nil
	tie      uint64      // drawn if best is limited
}

// Propose looks at one customer: facts, tonight's row with scores and
// segments filled, and her row of the commit before, nil if there is none.
func (p *Policy) Propose(f Facts, s *publish.Score, previous *publish.Score) Proposal {
	proposal := Proposal{
		facts:    f,
		previous: previous,
		held:     p.suppressions(&f, s),
		group:    p.Group(s.CustomerID),
	}
	worth := p.candidates(&proposal, s)
	open := make([]candidate, 0, len(worth))
	for _, c := range worth {
		if c.resource == unlimited {
			open = append(open, c)
		}
	}
	proposal.best = choose(worth, s, previous)
	proposal.fallback = choose(open, s, previous)
	proposal.baseline = p.baselineCandidate(&proposal, s)
	if len(open) > 0 && p.explorable(proposal.best, s) {
		proposal.byLot = append(open, doNothing())
		proposal.lot = p.lot(s.CustomerID, s.AsOf)
	}
	if proposal.best.resource != unlimited {
		proposal.tie = p.tie(s.CustomerID)
	}
	return proposal
}

// candidates returns the actions that fit, are allowed, and are worth more than
// none, in catalogue order.
func (p *Policy) candidates(proposal *Proposal, s *publish.Score) []candidate {
	f := &proposal.facts
	var worth []candidate
	for i := range p.catalogue {
		a := &p.catalogue[i]
		if !a.fits(f, s) || a.suppressed(proposal.held) {
			continue
		}
		c := p.candidate(a, f, s)
		if !a.Service && c.channel == "" {
			continue
		}
		if c.resource != unlimited && c.cost > p.resources[c.resource].limit {
			continue
		}
		if c.value > 0 || a.Rule {
			worth = append(worth, c)
		}
	}
	return worth
}

func (p *Policy) candidate(a *Action, f *Facts, s *publish.Score) candidate {
	c := candidate{action: a, channel: f.channel(a)}
	c.value = p.value(a, c.channel, f, s)
	c.resource, c.cost = p.resourceOf(a, f)
	return c
}

func doNothing() candidate { return candidate{action: &none, resource: unlimited} }

// dwell is how much better another action must be than the one of the night before:
// values wobble with every night's data, and plans should not.
const dwell = 1.2

// choose returns the candidate worth most, or none. What a rule demands is done
// before anything is weighed. The action of the previous night stays while the
// customer is in the same stage, unless another one is clearly better.
func choose(worth []candidate, s, previous *publish.Score) candidate {
	best := doNothing()
	for _, c := range worth {
		if c.action.Rule {
			return c
		}
		if c.value > best.value {
			best = c
		}
	}
	if previous == nil || previous.LifecycleStage != s.LifecycleStage {
		return best
	}
	for _, c := range worth {
		if c.action.Name == previous.WouldBeAction && best.value <= dwell*c.value {
			return c
		}
	}
	return best
}

// baselineCandidate applies the shop's own rule, under the same suppressions.
func (p *Policy) baselineCandidate(proposal *Proposal, s *publish.Score) candidate {
	f := &proposal.facts
	for i := range p.catalogue {
		a := &p.catalogue[i]
		if a.Name != p.config.BaselineAction {
			continue
		}
		late := f.DaysSinceOrder >= float64(*p.config.BaselineDays)
		if late && !a.suppressed(proposal.held) && !f.sentWithin(a.Name, a.RepeatDays) && f.channel(a) != "" {
			return p.candidate(a, f, s)
		}
	}
	return doNothing()
}

// explorable reports whether the choice may be left to a lot: never where a person is
// involved or money is given away, nor with a complaint or a best customer.
func (p *Policy) explorable(best candidate, s *publish.Score) bool {
	return best.resource == unlimited && !best.action.Service && !p.approval(best, s)
}

// approval reports whether a person must agree first: to what a person does,
// to a large discount, and to anything that reaches the top customers.
func (p *Policy) approval(c candidate, s *publish.Score) bool {
	if c.action.Name == none.Name {
		return false
	}
	discount := c.action.Discount > 0 && !(c.cost <= p.config.ApproveDiscountOver)
	return c.action.Person || discount || s.ValueTier == "platinum"
}

// known returns a pointer to v, or nil if v is missing.
func known(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return &v
}
