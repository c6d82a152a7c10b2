package features

import (
	"math"

	"perennial/pipeline/history"
)

// measure turns the rows that an own feature selects into its value.
type measure struct {
	unit     Unit
	missing  string
	ofColumn bool                     // whether it reads a number column
	value    func(*past, int) float64 // that column
	result   func(*past, aggregate) float64
}

var measureNames = []string{"count", "sum", "mean", "max", "days", "recency"}

var measures = map[string]measure{
	"count": {unit: Count, value: none, result: func(_ *past, a aggregate) float64 { return float64(a.rows) }},
	"days":  {unit: Count, value: none, result: func(_ *past, a aggregate) float64 { return float64(a.days) }},
	"recency": {unit: Days, value: none, missing: "no such row",
		result: func(p *past, a aggregate) float64 { return p.since(a.last) }},
	"sum": {ofColumn: true, result: func(_ *past, a aggregate) float64 { return a.sum }},
	"mean": {ofColumn: true, missing: "no such row with a value",
		result: func(_ *past, a aggregate) float64 { return ratio(a.sum, float64(a.valued)) }},
	"max": {ofColumn: true, missing: "no such row with a value",
		result: func(_ *past, a aggregate) float64 { return a.max }},
}

// none is the column of measures that read no column.
func none(*past, int) float64 { return math.NaN() }

// aggregate is what the measures are made of.
type aggregate struct {
	rows   int
	days   int // with such a row
	last   history.Day
	valued int // rows with a value
	sum    float64
	max    float64
}

func newAggregate() aggregate {
	return aggregate{last: noDay, max: math.NaN()}
}

// add enters a row, NaN being one without a value. Rows come in time order.
func (a *aggregate) add(day history.Day, value float64) {
	a.rows++
	if day != a.last {
		a.days++
		a.last = day
	}
	if math.IsNaN(value) {
		return
	}
	a.valued++
	a.sum += value
	if !(value <= a.max) {
		a.max = value
	}
}
