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
	count   func(*past) int
	at      func(*past, int) history.Instant
	texts   map[string]textColumn
	numbers map[string]func(*past, int) float64
}

// textColumn is a column of codes.
type textColumn struct {
	dictionary history.Dictionary
	code       func(*past, int) history.Code
}

func sourceOf(name string, vocabulary history.Vocabulary) (*source, error) {
	switch name {
	case "orders":
		return orderSource(vocabulary), nil
	case "engagements":
		return engagementSource(vocabulary), nil
	}
	return nil, fmt.Errorf("from %q (use orders or engagements)", name)
}

func orderSource(vocabulary history.Vocabulary) *source {
	line := func(p *past, i int) *history.Line { return &p.view.Lines[i] }
	return &source{
		name:  "orders",
		count: func(p *past) int { return len(p.view.Lines) },
		at:    func(p *past, i int) history.Instant { return line(p, i).At },
		texts: map[string]textColumn{
			"product_id": {vocabulary.Products, func(p *past, i int) history.Code { return line(p, i).Product }},
			"category":   {vocabulary.Categories, func(p *past, i int) history.Code { return line(p, i).Category }},
			"channel":    {vocabulary.Channels, func(p *past, i int) history.Code { return line(p, i).Channel }},
		},
		numbers: map[string]func(*past, int) float64{
			"amount":   func(p *past, i int) float64 { return line(p, i).Amount },
			"quantity": func(p *past, i int) float64 { return float64(line(p, i).Quantity) },
			"discount": func(p *past, i int) float64 { return float64(line(p, i).Discount) },
		},
	}
}

func engagementSource(vocabulary history.Vocabulary) *source {
	row := func(p *past, i int) *history.Engagement { return &p.view.Engagements[i] }
	return &source{
		name:  "engagements",
		count: func(p *past) int { return len(p.view.Engagements) },
		at:    func(p *past, i int) history.Instant { return row(p, i).At },
		texts: map[string]textColumn{
			"kind":        {vocabulary.Kinds, func(p *past, i int) history.Code { return row(p, i).Kind }},
			"channel":     {vocabulary.Channels, func(p *past, i int) history.Code { return row(p, i).Channel }},
			"campaign_id": {vocabulary.Campaigns, func(p *past, i int) history.Code { return row(p, i).Campaign }},
			"product_id":  {vocabulary.Products, func(p *past, i int) history.Code { return row(p, i).Product }},
		},
		numbers: map[string]func(*past, int) float64{
			"value": func(p *past, i int) float64 { return float64(row(p, i).Value) },
		},
	}
}

func (s *source) rows(p *past) int { return s.count(p) }

func (s *source) day(p *past, i int) history.Day { return s.at(p, i).Day() }

func (s *source) number(column string) (func(*past, int) float64, error) {
	if value, ok := s.numbers[column]; ok {
		return value, nil
	}
	return nil, fmt.Errorf("%s has no number column %q (use %s)", s.name, column, strings.Join(slices.Sorted(maps.Keys(s.numbers)), ", "))
}

// columnNames returns every column with its table, sorted.
func (s *source) columnNames() []string {
	var names []string
	for name := range s.texts {
		names = append(names, s.name+"."+name)
	}
	for name := range s.numbers {
		names = append(names, s.name+"."+name)
	}
	slices.Sort(names)
	return names
}
