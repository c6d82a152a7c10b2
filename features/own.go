package features

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"perennial/pipeline/history"
)

// Own declares a feature of the shop's own in YAML:
//
//	features:
//	  - {name: gift_wrap_90d, from: orders, where: "category = 'gift'", measure: count, window: 90d}
//
// Rows are order lines, returns among them, or engagements.
type Own struct {
	Name    string `yaml:"name"`    // of a-z, 0-9 and _
	From    string `yaml:"from"`    // orders or engagements
	Where   string `yaml:"where"`   // condition on the columns of a row, as category = 'gift' AND quantity > 1; empty takes every row
	Measure string `yaml:"measure"` // count, sum, mean, max, days (with such a row) or recency (days since the last)
	Of      string `yaml:"of"`      // number column that sum, mean and max read
	Window  Span   `yaml:"window"`  // days before the cutoff that count, as 90d; empty is the whole history
	Doc     string `yaml:"doc"`     // what it is, in one sentence; empty is made from the rest
}

// Span is a number of days, written 90d in YAML; 0 is the whole history.
type Span int

// maxSpan is a century: longer windows than any shop's history are a mistake.
const maxSpan = 36500

// UnmarshalText reads 90d, or nothing for the whole history.
func (s *Span) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*s = 0
		return nil
	}
	digits, unit := strings.CutSuffix(string(text), "d")
	days, err := strconv.ParseUint(digits, 10, 31)
	if !unit || err != nil || days == 0 || days > maxSpan {
		return fmt.Errorf("window %q is not 1 to %d days (write 90d)", text, maxSpan)
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
	for i, o := range own {
		if !ownName.MatchString(o.Name) {
			return Family{}, fmt.Errorf("features: own feature %d: name %q (begin with a-z, go on with a-z, 0-9 and _)", i+1, o.Name)
		}
		f, err := o.compile(vocabulary)
		if err != nil {
			return Family{}, fmt.Errorf("features: own feature %s: %w", o.Name, err)
		}
		family.Features = append(family.Features, f)
	}
	return family, nil
}

func (o Own) compile(vocabulary history.Vocabulary) (Feature, error) {
	source, err := sourceOf(o.From, vocabulary)
	if err != nil {
		return Feature{}, err
	}
	where, err := parseWhere(o.Where, source)
	if err != nil {
		return Feature{}, err
	}
	m, err := o.measure(source)
	if err != nil {
		return Feature{}, err
	}
	if o.Window < 0 || o.Window > maxSpan {
		return Feature{}, fmt.Errorf("window of %d days (0 is the whole history, the longest is %d)", o.Window, maxSpan)
	}
	f := Feature{
		Name: o.Name, Doc: o.Doc, From: o.columns(source, where), Window: int(o.Window),
		Unit: m.unit, Missing: m.missing, definition: o.sentence(),
		value: func(p *past) float64 { return m.result(p, o.aggregate(p, source, where, m)) },
	}
	if f.Doc == "" {
		f.Doc = f.definition
	}
	return f, nil
}

// measure returns what o measures, with its column and unit filled in.
func (o Own) measure(source *source) (measure, error) {
	m, ok := measures[o.Measure]
	switch {
	case !ok:
		return measure{}, fmt.Errorf("measure %q is not known (use %s)", o.Measure, join(measureNames))
	case !m.ofColumn && o.Of != "":
		return measure{}, fmt.Errorf("measure %s takes no column (leave out of: %s)", o.Measure, o.Of)
	case !m.ofColumn:
		return m, nil
	}
	column, err := source.number(o.Of)
	if err != nil {
		return measure{}, fmt.Errorf("of: %w", err)
	}
	m.unit, m.value = column.unit, column.value
	return m, nil
}

// aggregate goes over the rows of the window that satisfy where.
func (o Own) aggregate(p *past, source *source, where condition, m measure) aggregate {
	a := newAggregate()
	for i := range source.count(p) {
		day := source.at(p, i).Day()
		if o.Window > 0 && day < p.cutoff-history.Day(o.Window) || !where.holds(p, i) {
			continue
		}
		a.add(day, m.value(p, i))
	}
	return a
}

// columns returns the canonical columns that o reads.
func (o Own) columns(source *source, where condition) []string {
	names := append([]string{source.time}, where.columns...)
	if o.Of != "" {
		names = append(names, o.Of)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	for i := range names {
		names[i] = source.name + "." + names[i]
	}
	return names
}

// sentence says what o measures.
func (o Own) sentence() string {
	var s strings.Builder
	s.WriteString(o.Measure)
	if o.Of != "" {
		s.WriteString(" of " + o.Of)
	}
	s.WriteString(" from " + o.From)
	if strings.TrimSpace(o.Where) != "" {
		s.WriteString(" where " + o.Where)
	}
	if o.Window > 0 {
		fmt.Fprintf(&s, " in the last %d days", o.Window)
	}
	return s.String() + "."
}
