package features

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"perennial/pipeline/history"
)

// source is a canonical table as the shop's own features see it: rows of a
// view by index, with text and number columns.
type source struct {
	name    string
	time    string // the column that at reads
	count   func(*past) int
	at      func(*past, int) history.Instant
	texts   map[string]textColumn
	numbers map[string]numberColumn
}

// textColumn is a column of codes, 0 where missing.
type textColumn struct {
	dictionary history.Dictionary
	code       func(*past, int) history.Code
}

// numberColumn is a column of numbers, NaN where missing.
type numberColumn struct {
	unit  Unit // of its sum, mean and maximum
	value func(*past, int) float64
}

func sourceOf(name string, vocabulary history.Vocabulary) (*source, error) {
	switch name {
	case "orders":
		return orderSource(vocabulary), nil
	case "engagements":
		return engagementSource(vocabulary), nil
	}
	return nil, fmt.Errorf("from %q is no table (use orders or engagements)", name)
}

func orderSource(vocabulary history.Vocabulary) *source {
	line := func(p *past, i int) *history.Line { return &p.view.Lines[i] }
	return &source{
		name:  "orders",
		time:  "ordered_at",
		count: func(p *past) int { return len(p.view.Lines) },
		at:    func(p *past, i int) history.Instant { return line(p, i).At },
		texts: map[string]textColumn{
			"product_id": {vocabulary.Products, func(p *past, i int) history.Code { return line(p, i).Product }},
			"category":   {vocabulary.Categories, func(p *past, i int) history.Code { return line(p, i).Category }},
			"channel":    {vocabulary.Channels, func(p *past, i int) history.Code { return line(p, i).Channel }},
		},
		numbers: map[string]numberColumn{
			"amount":   {Money, func(p *past, i int) float64 { return saturate(line(p, i).Amount) }},
			"discount": {Money, func(p *past, i int) float64 { return saturate(float64(line(p, i).Discount)) }},
			"quantity": {Any, func(p *past, i int) float64 { return saturate(float64(line(p, i).Quantity)) }},
		},
	}
}

func engagementSource(vocabulary history.Vocabulary) *source {
	row := func(p *past, i int) *history.Engagement { return &p.view.Engagements[i] }
	return &source{
		name:  "engagements",
		time:  "occurred_at",
		count: func(p *past) int { return len(p.view.Engagements) },
		at:    func(p *past, i int) history.Instant { return row(p, i).At },
		texts: map[string]textColumn{
			"kind":        {vocabulary.Kinds, func(p *past, i int) history.Code { return row(p, i).Kind }},
			"channel":     {vocabulary.Channels, func(p *past, i int) history.Code { return row(p, i).Channel }},
			"campaign_id": {vocabulary.Campaigns, func(p *past, i int) history.Code { return row(p, i).Campaign }},
			"product_id":  {vocabulary.Products, func(p *past, i int) history.Code { return row(p, i).Product }},
		},
		numbers: map[string]numberColumn{
			"value": {Any, func(p *past, i int) float64 { return saturate(float64(row(p, i).Value)) }},
		},
	}
}

// number returns the number column called name.
func (s *source) number(name string) (numberColumn, error) {
	if column, ok := s.numbers[name]; ok {
		return column, nil
	}
	return numberColumn{}, fmt.Errorf("%s has no number column %q (use %s)", s.name, name, join(slices.Sorted(maps.Keys(s.numbers))))
}

// columnNames returns the names of all columns, texts first.
func (s *source) columnNames() []string {
	return append(slices.Sorted(maps.Keys(s.texts)), slices.Sorted(maps.Keys(s.numbers))...)
}

// join lists choices for a message: a, b or c.
func join(choices []string) string {
	last := len(choices) - 1
	if last <= 0 {
		return strings.Join(choices, "")
	}
	return strings.Join(choices[:last], ", ") + " or " + choices[last]
}
