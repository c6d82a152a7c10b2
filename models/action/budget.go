package action

import (
	"cmp"
	"slices"
)

// Budget collects what proposals claim of limited resources. Budgets of
// parts merge to the budget of the whole, in any order. It keeps the claims that
// can still be met, so its size follows the limits, not the shop. The fields are
// exported to travel between machines.
type Budget struct {
	Resources []Resource `json:"resources"`
}

// Resource is one limited resource and the claims on it.
type Resource struct {
	Limit  float64 `json:"limit"`
	Claims []Claim `json:"claims"`

	pruned int // length of Claims after the last prune
}

// Claim is one customer's wish for a part of a resource.
type Claim struct {
	Gain float64 `json:"gain"` // over the best she gets without it, shop currency
	Cost float64 `json:"cost"` // units of the resource, > 0
	Tie  uint64  `json:"tie"`
}

// compare puts the claim first that gains more per unit of the resource.
func (c Claim) compare(other Claim) int {
	return cmp.Or(
		cmp.Compare(other.Gain/other.Cost, c.Gain/c.Cost),
		cmp.Compare(c.Tie, other.Tie),
	)
}

// Thresholds says who gets the limited resources, one entry per resource.
type Thresholds []Threshold

// Threshold admits the claims up to and including Last.
type Threshold struct {
	All  bool   `json:"all"`  // there is enough for everybody
	Last *Claim `json:"last"` // nil and not All: nobody
}

func (t Threshold) admits(c Claim) bool {
	return t.All || t.Last != nil && c.compare(*t.Last) <= 0
}

// NewBudget returns the empty budget of one night, or of a part of it.
func (p *Policy) NewBudget() *Budget {
	b := &Budget{Resources: make([]Resource, len(p.resources))}
	for i, r := range p.resources {
		b.Resources[i].Limit = r.limit
	}
	return b
}

// Add takes in one proposal of the same policy. Only customers of the policy
// group claim: a comparison customer would take what then nobody gets.
func (b *Budget) Add(proposal Proposal) {
	if proposal.group == GroupPolicy && proposal.best.resource != unlimited {
		b.Resources[proposal.best.resource].add(proposal.claim())
	}
}

// Merge adds the claims of other, a budget of the same policy, which stays as
// it is.
func (b *Budget) Merge(other *Budget) {
	for i := range other.Resources {
		for _, c := range other.Resources[i].Claims {
			b.Resources[i].add(c)
		}
	}
}

// Thresholds settles who gets the limited resources.
func (b *Budget) Thresholds() Thresholds {
	t := make(Thresholds, len(b.Resources))
	for i := range b.Resources {
		t[i] = b.Resources[i].threshold()
	}
	return t
}

// claim is what the best action gains over the best one without a limit.
func (proposal *Proposal) claim() Claim {
	return Claim{
		Gain: proposal.best.value - proposal.fallback.value,
		Cost: proposal.best.cost,
		Tie:  proposal.tie,
	}
}

// add prunes whenever the claims have doubled, which costs O(log n) a claim.
func (r *Resource) add(c Claim) {
	r.Claims = append(r.Claims, c)
	if len(r.Claims) >= 2*r.pruned+64 {
		r.prune()
	}
}

// prune drops the claims that better ones have used the limit up for. Adding claims never
// brings them back: sums of costs only grow, in floating point too.
func (r *Resource) prune() {
	slices.SortFunc(r.Claims, Claim.compare)
	spent := 0.0
	kept := len(r.Claims)
	for i, c := range r.Claims {
		if spent > r.Limit {
			kept = i
			break
		}
		spent += c.Cost
	}
	r.Claims = slices.Clip(r.Claims[:kept])
	r.pruned = kept
}

// threshold admits claims from the best down until one does not fit. Claims
// that compare equal are admitted together or not at all.
func (r *Resource) threshold() Threshold {
	r.prune()
	var last *Claim
	spent := 0.0
	for i, c := range r.Claims {
		if spent += c.Cost; spent > r.Limit {
			return Threshold{Last: last}
		}
		if i+1 == len(r.Claims) || c.compare(r.Claims[i+1]) != 0 {
			last = &r.Claims[i]
		}
	}
	return Threshold{All: r.Limit > 0}
}
