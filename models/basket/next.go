package basket

import (
	"context"
	"fmt"
	"math"
)

// NextConfig says how Next is fitted. The zero value is the default of every field.
type NextConfig struct {
	// Prior is how many orders the item's repeat rate weighs beside what a customer
	// did with it herself: default 12.
	Prior float64
	// Pull is how strongly weights are drawn to the closed form, in examples:
	// default 2.
	Pull float64
	// Followers is how many items "bought this, next order that" keeps of each:
	// default 32.
	Followers int
	// Durable is the share of the shop's repeat rate below which an item is not
	// named to those who have it: default .2. Evidence is needed: with a repeat rate
	// of .2, some two hundred orders without a repeat.
	Durable float64
	// Replenishment tells the usual days between orders of an item; nil leaves that
	// fact out.
	Replenishment *Replenishment
	// WeighOverdue lets how far an item is past its usual day count. It decides where
	// goods run out, and harms where they do not: on Online Retail, gifts, it costs
	// .003 of recall@10. Judge it at a cutoff of the calendar. It needs Replenishment
	// and histories with days.
	WeighOverdue bool
	// Without are parts of the score that weights are not learnt for: to find out
	// what they are worth.
	Without []Part
}

func (c NextConfig) withDefaults() NextConfig {
	for _, d := range []struct {
		field *float64
		value float64
	}{{&c.Prior, 12}, {&c.Pull, 2}, {&c.Durable, .2}} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	if c.Followers <= 0 {
		c.Followers = 32
	}
	return c
}

// Next ranks what a customer will have in her next order and says how likely that
// is. To the shrunken repeat rate of an item and its recent popularity it adds how
// long ago she bought it, how much she repeats at all, and what follows what she
// bought last. It is immutable and safe to share; each goroutine ranks with a
// Ranker of its own.
//
// Lists are in the order of score, then recent popularity, then item id.
type Next struct {
	cfg       NextConfig
	rates     rates
	followers [][]follower // by item: what its next order brings
	stages    [2]stage
	curve     Curve
	places    []int32 // of the items by recent popularity
}

// follower is an item of the next order, with the log of its lift.
type follower struct {
	item int32
	lift float64
}

// stage holds the weights for customers with one order, or with more.
type stage struct {
	own, new []float64
	// What follows from the weights and the rates:
	ownPart, newPart []float64 // by item: its part in the log-odds
	ranking          []int32   // items by newPart
}

// Customers with one order have shown no repeat: their weights are their own.
const (
	oneOrder = iota
	moreOrders
)

func stageOf(orders int) int {
	if orders <= 1 {
		return oneOrder
	}
	return moreOrders
}

// Fit learns from counts, which hold everybody, and from a sample of histories, as
// known at one time. Weights are learnt on each sampled customer's latest order
// given those before it and the counts one order back; the model then uses them
// with all orders. It has no randomness.
//
// Memory is that of the sample, of its examples (some ten kilobytes a customer
// sampled), and less than a kilobyte an item with its followers.
func (c NextConfig) Fit(ctx context.Context, counts *Counts, sample *Histories) (*Next, error) {
	c = c.withDefaults()
	back := &Next{cfg: c, rates: counts.back.rates()}
	back.follow(sample, 1)
	back.stages = [2]stage{{own: ownPrior(), new: newPrior()}, {own: ownPrior(), new: newPrior()}}
	back.derive()
	if err := back.learn(ctx, sample); err != nil {
		return nil, fmt.Errorf("basket: fit what comes next: %w", err)
	}
	m := &Next{cfg: c, rates: counts.now.rates(), stages: back.stages, curve: back.curve}
	m.follow(sample, 0)
	m.derive()
	return m, nil
}

// Items returns the number of items; ids run from 0 to Items-1.
func (m *Next) Items() int { return len(m.rates.repeat) }

// follow counts what follows what, without each customer's latest drop orders.
func (m *Next) follow(sample *Histories, drop int) {
	p := pairing{
		share: m.rates.recentShare, support: 2, shrink: 20, keep: m.cfg.Followers,
	}
	pairs := p.count(m.Items(), followed(sample, drop))
	m.followers = make([][]follower, len(pairs))
	for item, ps := range pairs {
		for _, pair := range ps {
			m.followers[item] = append(m.followers[item], follower{pair.Item, math.Log(pair.Lift)})
		}
	}
}

// derive computes what follows from weights and rates.
func (m *Next) derive() {
	m.places = placesOf(byScore(m.rates.recent))
	for k := range m.stages {
		s := &m.stages[k]
		// A follower is never a reason against an item: lists are merged on that.
		s.new[customerFeatures] = max(s.new[customerFeatures], 0)
		s.ownPart, s.newPart = make([]float64, m.Items()), make([]float64, m.Items())
		for item := range s.ownPart {
			own, fresh := m.rates.ownItem(item), m.rates.newItem(item)
			s.ownPart[item] = dot(own[:], s.own[customerFeatures+ownPairFeatures:])
			s.newPart[item] = dot(fresh[:], s.new[customerFeatures+newPairFeatures:])
		}
		s.ranking = byScore(s.newPart)
	}
}
