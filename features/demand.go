package features

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"perennial/pipeline/history"
)

var demanded = Family{
	Name: "demand",
	Doc:  "Whether the shop's customers buy now what this one has bought. It is counted on a sample of them.",
	Features: []Feature{
		{Name: "product_demand_90d", Doc: "Mean over the products bought so far of log(customers who bought the product in the last 90 days + 1), less the mean of that over all customers.",
			From: orderProducts, Unit: Log, Missing: noProduct + ", or nobody was counted",
			value: func(p *past) float64 { return p.demand.of(p.products.met) }},
	},
}

// demandDays is the window before a cutoff in which purchases are demand.
const demandDays = 90

// Demand is how many customers bought each product shortly before some cutoffs.
type Demand struct{ at map[history.Day]*demand }

// demand is a Demand as of one cutoff. The sums are of whole numbers, so that the
// order of customers does not matter.
type demand struct {
	buyers []atomic.Int32 // by product code
	// parts is, by product code, how much of the baskets of all customers it is: a
	// customer who has bought n products adds whole/n to each of them.
	parts []atomic.Int64
	usual func() float64 // of a customer; once everybody is counted
}

const whole = 1 << 32

// NewDemand returns the demand before cutoffs of a shop of which nobody is known.
func NewDemand(vocabulary history.Vocabulary, cutoffs []history.Day) *Demand {
	d := &Demand{at: map[history.Day]*demand{}}
	codes := vocabulary.Products.Len() + 1
	for _, cutoff := range cutoffs {
		at := &demand{buyers: make([]atomic.Int32, codes), parts: make([]atomic.Int64, codes)}
		at.usual = sync.OnceValue(at.mean)
		d.at[cutoff] = at
	}
	return d
}

// Add counts what a customer bought, by what was known of it at each cutoff. It is
// safe for concurrent use, and may not follow the first Build.
func (d *Demand) Add(h *history.History) {
	var bought, lately []history.Code
	for cutoff, at := range d.at {
		bought, lately = bought[:0], lately[:0]
		view := h.At(cutoff)
		for i := range view.Lines {
			line := &view.Lines[i]
			if line.Return() || line.Product == 0 {
				continue
			}
			bought = append(bought, line.Product)
			if line.At.Day() >= cutoff-demandDays {
				lately = append(lately, line.Product)
			}
		}
		bought, lately = distinct(bought), distinct(lately)
		for _, product := range bought {
			at.parts[product].Add(whole / int64(len(bought)))
		}
		for _, product := range lately {
			at.buyers[product].Add(1)
		}
	}
}

func distinct(codes []history.Code) []history.Code {
	slices.Sort(codes)
	return slices.Compact(codes)
}

// before returns the demand as of a cutoff: none of a nil Demand, an error where
// others than cutoff were counted.
func (d *Demand) before(cutoff history.Day) (*demand, error) {
	if d == nil {
		return nil, nil
	}
	if at := d.at[cutoff]; at != nil {
		return at, nil
	}
	return nil, fmt.Errorf("the demand before %s was not counted", cutoff)
}

// of returns how much more than usual the products of a customer are in demand,
// NaN without any.
func (d *demand) of(products []history.Code) float64 {
	if d == nil || len(products) == 0 {
		return math.NaN()
	}
	sum := 0.0
	for _, product := range products {
		sum += d.log(product)
	}
	return sum/float64(len(products)) - d.usual()
}

func (d *demand) log(product history.Code) float64 {
	return math.Log(float64(d.buyers[product].Load() + 1))
}

// mean returns the mean over all customers. Without it the feature would fall while
// a young shop's customers get older, and models would take that for the season.
func (d *demand) mean() float64 {
	sum, parts := 0.0, 0.0
	for product := range d.parts {
		part := float64(d.parts[product].Load())
		sum += part * d.log(history.Code(product))
		parts += part
	}
	if parts == 0 {
		return math.NaN()
	}
	return sum / parts
}
