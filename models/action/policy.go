// Package action decides what to do about each customer: which action, on which
// channel, why, and what it is expected to bring.
//
// Make a Policy with New. Propose looks at one customer; Budget collects what
// proposals claim of limited resources (one Budget per bucket, merged in any
// order); Decide then fills the customer's row. Every step is a pure function of
// the row, the config and the night, so customers may come in any order and in
// any number of parts.
package action

import "fmt"

// Policy is a checked Config. It is immutable and safe to share.
type Policy struct {
	config    Config // defaults spelt out
	catalogue []Action
	resources []resource
	version   string
}

// resource is something of which one night has only so much.
type resource struct {
	name  string
	limit float64
}

const discountBudget = "discount_budget"

// New checks config and returns its policy.
func New(config Config) (*Policy, error) {
	p := &Policy{config: config.withDefaults(), catalogue: Catalogue()}
	if err := p.config.check(p.catalogue); err != nil {
		return nil, fmt.Errorf("action: %w", err)
	}
	for i := range p.catalogue {
		if limit, limited := p.config.Capacity[p.catalogue[i].Name]; limited {
			p.resources = append(p.resources, resource{p.catalogue[i].Name, float64(limit)})
		}
	}
	p.resources = append(p.resources, resource{discountBudget, p.config.DiscountBudget})
	var err error
	if p.version, err = p.config.version(p.catalogue); err != nil {
		return nil, fmt.Errorf("action: version of the policy: %w", err)
	}
	return p, nil
}

// Version names this policy; it changes with every choice that can change a decision.
func (p *Policy) Version() string { return p.version }

// unlimited is the resource of actions without a limit.
const unlimited = -1

// resourceOf returns the index of the resource that a uses up, and how much of
// it: one, or the face value of the discount.
func (p *Policy) resourceOf(a *Action, f *Facts) (index int, cost float64) {
	name, cost := a.Name, 1.0
	if a.Discount > 0 {
		name, cost = discountBudget, a.Discount*f.AverageOrderValue
	}
	for i, r := range p.resources {
		if r.name == name {
			return i, cost
		}
	}
	return unlimited, 0
}
