package features

import (
	"fmt"
	"math"
	"regexp"

	"perennial/pipeline/history"
)

// Own declares a feature of the shop's own in YAML:
//
//	features:
//	  - {name: gift_wrap_90d, from: orders, where: "category = 'gift'", measure: count, window: 90d}
type Own struct {
	Name    string `yaml:"name"`
	From    string `yaml:"from"`    // orders or engagements
	Where   string `yaml:"where"`   // condition on the columns; empty takes every row
	Measure string `yaml:"measure"` // count, sum, mean, max, days or recency
	Of      string `yaml:"of"`      // column that sum, mean and max read
	Window  Span   `yaml:"window"`  // 90d; empty is the whole history
	Doc     string `yaml:"doc"`
}

// Span is a number of days, written 90d in YAML; 0 is the whole history.
type Span int

// UnmarshalText reads 90d.
func (s *Span) UnmarshalText(text []byte) error {
	var days int
	if n, err := fmt.Sscanf(string(text), "%dd", &days); n != 1 || err != nil || days <= 0 || fmt.Sprintf("%dd", days) != string(text) {
		return fmt.Errorf("%q is not a number of days (write 90d)", text)
	}
	*s = Span(days)
	return nil
}

// MarshalText writes 90d.
func (s Span) MarshalText() ([]byte, error) {
	if s == 0 {
		return nil, nil
	}
	return fmt.Appendf(nil, "%dd", int(s)), nil
}

var ownName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// ownFamily compiles the shop's own features.
func ownFamily(own []Own, vocabulary history.Vocabulary) (Family, error) {
	family := Family{Name: "own", Doc: "The shop's own features."}
	for _, o := range own {
		f, err := o.compile(vocabulary)
		if err != nil {
			return Family{}, fmt.Errorf("features: %s: %w", o.Name, err)
		}
		family.Features = append(family.Features, f)
	}
	return family, nil
}

func (o Own) compile(vocabulary history.Vocabulary) (Feature, error) {
	if !ownName.MatchString(o.Name) {
		return Feature{}, fmt.Errorf("name %q (use a-z, 0-9 and _)", o.Name)
	}
	source, err := sourceOf(o.From, vocabulary)
	if err != nil {
		return Feature{}, err
	}
	condition, err := parseWhere(o.Where, source)
	if err != nil {
		return Feature{}, err
	}
	m, ok := measures[o.Measure]
	if !ok {
		return Feature{}, fmt.Errorf("measure %q (use count, sum, mean, max, days or recency)", o.Measure)
	}
	of := func(*past, int) float64 { return 1 }
	if m.needsColumn {
		if of, err = source.number(o.Of); err != nil {
			return Feature{}, fmt.Errorf("of: %w", err)
		}
	}
	doc := o.Doc
	if doc == "" {
		doc = fmt.Sprintf("%s of %s where %s.", o.Measure, o.From, orAll(o.Where))
	}
	return Feature{
		Name: o.Name, Doc: doc, From: source.columnNames(), Window: int(o.Window), Unit: m.unit, Missing: m.missing,
		value: func(p *past) float64 {
			var a aggregate
			first := history.Day(math.MinInt32)
			if o.Window > 0 {
				first = p.cutoff - history.Day(o.Window)
			}
			for i := range source.rows(p) {
				if day := source.day(p, i); day >= first && condition(p, i) {
					a.add(day, of(p, i))
				}
			}
			return m.result(p, &a)
		},
	}, nil
}

func orAll(where string) string {
	if where == "" {
		return "anything"
	}
	return where
}

// aggregate is what the measures are made of.
type aggregate struct {
	rows, days int
	valued     int // rows with a value
	sum, max   float64
	last       history.Day
}

func (a *aggregate) add(day history.Day, value float64) {
	if a.rows == 0 || day != a.last {
		a.days++
	}
	a.rows++
	a.last = day
	if math.IsNaN(value) {
		return
	}
	if a.valued == 0 || value > a.max {
		a.max = value
	}
	a.valued++
	a.sum += value
}

// measure turns an aggregate into a value.
type measure struct {
	unit        Unit
	missing     string
	needsColumn bool
	result      func(*past, *aggregate) float64
}

var measures = map[string]measure{
	"count":   {unit: Count, result: func(_ *past, a *aggregate) float64 { return float64(a.rows) }},
	"days":    {unit: Count, result: func(_ *past, a *aggregate) float64 { return float64(a.days) }},
	"sum":     {unit: Any, needsColumn: true, result: func(_ *past, a *aggregate) float64 { return a.sum }},
	"mean":    {unit: Any, needsColumn: true, missing: "no such row", result: func(_ *past, a *aggregate) float64 { return ratioOrNaN(a.sum, a.valued) }},
	"max":     {unit: Any, needsColumn: true, missing: "no such row", result: func(_ *past, a *aggregate) float64 { return valueOrNaN(a.max, a.valued) }},
	"recency": {unit: Days, missing: "no such row", result: func(p *past, a *aggregate) float64 { return valueOrNaN(float64(p.cutoff-a.last), a.rows) }},
}

func ratioOrNaN(sum float64, n int) float64 { return valueOrNaN(sum/float64(n), n) }

func valueOrNaN(value float64, n int) float64 {
	if n == 0 {
		return math.NaN()
	}
	return value
}
