package action

import (
	"crypto/sha256"
	"encoding/hex"

	"perennial/pipeline/history"
	"perennial/pipeline/publish"
)

// Decide fills the action and experiment columns of s, the row that Propose
// looked at. t comes from the merged Budget of the whole shop.
func (p *Policy) Decide(proposal Proposal, t Thresholds, s *publish.Score) {
	chosen := proposal.chosen(t)
	would := proposal.drawn(chosen)
	taken := proposal.taken(would)

	s.ExperimentGroup = proposal.group
	s.WouldBeAction = would.action.Name
	s.Propensity = known(p.propensity(&proposal, chosen, taken))
	s.PolicyVersion = p.version
	s.DecisionID = decisionID(s.CustomerID, s.AsOf, p.version)

	s.Action = taken.action.Name
	s.ActionChannel = taken.channel
	s.ActionReason = p.reason(&proposal, taken, s)
	s.ActionExpectedValue = known(taken.value)
	s.NeedsApproval = p.approval(taken, s)
	s.ActionPriority, s.ActionExpiresOn = nil, nil
	if taken.action.Name != none.Name {
		priority, expires := taken.action.Priority, expiry(taken.action, s, proposal.previous)
		s.ActionPriority, s.ActionExpiresOn = &priority, &expires
	}
	s.SuppressedBy = ""
	if taken.action.Service && len(proposal.held) > 0 {
		s.SuppressedBy = proposal.held[0]
	}
}

// chosen returns the best action if its limited resource reaches this customer.
func (proposal *Proposal) chosen(t Thresholds) candidate {
	if r := proposal.best.resource; r != unlimited && !t[r].admits(proposal.claim()) {
		return proposal.fallback
	}
	return proposal.best
}

// drawn replaces the chosen action by one drawn by lot, where the lot says so.
func (proposal *Proposal) drawn(chosen candidate) candidate {
	if proposal.byLotTonight() {
		return proposal.byLot[proposal.lot.pick%uint64(len(proposal.byLot))]
	}
	return chosen
}

func (proposal *Proposal) byLotTonight() bool {
	return len(proposal.byLot) > 0 && proposal.lot.explore
}

// taken returns what the customer's group makes of the policy's action.
func (proposal *Proposal) taken(would candidate) candidate {
	switch proposal.group {
	case GroupHoldout:
		return doNothing()
	case GroupBaseline:
		return proposal.baseline
	}
	return would
}

// propensity returns the probability that this customer gets the action taken,
// over both draws, of the group and of the lot, the night's limits being settled.
// Rows of all groups can then be weighted by its inverse together.
func (p *Policy) propensity(proposal *Proposal, chosen, taken candidate) float64 {
	holdout := float64(slotsOf(*p.config.Holdout)) / slots
	baseline := float64(slotsOf(*p.config.Baseline)) / slots
	probability := (1 - holdout - baseline) * p.policyPropensity(proposal, chosen, taken)
	if taken.action.Name == none.Name {
		probability += holdout
	}
	if taken.action.Name == proposal.baseline.action.Name {
		probability += baseline
	}
	return min(probability, 1) // the sum may round up past 1
}

// policyPropensity is the probability of taken within the policy group.
func (p *Policy) policyPropensity(proposal *Proposal, chosen, taken candidate) float64 {
	explore := 0.0
	if len(proposal.byLot) > 0 {
		explore = float64(slotsOf(*p.config.Explore)) / slots
	}
	probability := 0.0
	if taken.action.Name == chosen.action.Name {
		probability = 1 - explore
	}
	for _, c := range proposal.byLot {
		if c.action.Name == taken.action.Name {
			probability += explore / float64(len(proposal.byLot))
		}
	}
	return probability
}

// expiry returns the last day on which the action makes sense. An action that
// stays from the night before keeps its day.
func expiry(a *Action, s, previous *publish.Score) int32 {
	if previous != nil && previous.Action == a.Name && previous.ActionExpiresOn != nil && *previous.ActionExpiresOn >= s.AsOf {
		return *previous.ActionExpiresOn
	}
	return s.AsOf + int32(a.WindowDays)
}

// decisionID is the same for the same customer, night and policy.
func decisionID(customer string, asOf int32, version string) string {
	sum := sha256.Sum256([]byte(customer + "|" + history.Day(asOf).String() + "|" + version))
	return hex.EncodeToString(sum[:16])
}
