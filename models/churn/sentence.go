package churn

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"perennial/features"
)

// sentence is text with places for numbers.
type sentence struct {
	parts    []part // of text and of slots
	complete bool   // every slot is known
	currency string
}

// part is text, or the number that follows it.
type part struct {
	text   string
	slot   slot
	filled bool // whether a slot follows the text
}

// slot is a number in a sentence: a feature of the customer, or fixed.
type slot struct {
	feature string // "" for a fixed number
	fixed   float64
	unit    features.Unit
}

var slots = regexp.MustCompile(`\{([a-z0-9_]+)\}`)

// newSentence prepares what f says about itself: {value}, {reference} and the
// names of features in braces are slots.
func newSentence(set *features.Set, f features.Feature, text string, reference float64, currency string) sentence {
	s := sentence{complete: text != "", currency: currency}
	end := 0
	for _, at := range slots.FindAllStringSubmatchIndex(text, -1) {
		p := part{text: text[end:at[0]], filled: true}
		switch name := text[at[2]:at[3]]; name {
		case "value":
			p.slot = slot{feature: f.Name, unit: f.Unit}
		case "reference":
			p.slot = slot{fixed: reference, unit: f.Unit}
		default:
			other, known := set.Feature(name)
			s.complete = s.complete && known
			p.slot = slot{feature: name, unit: other.Unit}
		}
		s.parts = append(s.parts, p)
		end = at[1]
	}
	s.parts = append(s.parts, part{text: text[end:]})
	return s
}

// UsualGaps is how many gaps between orders it takes to say "usually".
const UsualGaps = 3

// number returns what stands in the slot for a customer, and false for what is
// missing or would read as nonsense: money below nothing, a habit seen once.
func (s slot) number(value func(name string) float64) (float64, bool) {
	v := s.fixed
	if s.feature != "" {
		v = value(s.feature)
	}
	known := !math.IsNaN(v) && !(s.unit == features.Money && v < 0)
	habit := s.feature != "gap_mean_days" || value("repeat_order_days") >= UsualGaps
	return v, known && habit
}

// fill returns the sentence about a customer. It fails where a number fails, or
// where her number and what it is held against read the same.
func (s *sentence) fill(value func(name string) float64) (string, bool) {
	if !s.complete {
		return "", false
	}
	var text strings.Builder
	var hers, reference string
	for _, p := range s.parts {
		text.WriteString(p.text)
		if !p.filled {
			continue
		}
		v, ok := p.slot.number(value)
		if !ok {
			return "", false
		}
		number := format(v, p.slot.unit, s.currency)
		if p.slot.feature == "" {
			reference = number
		} else {
			hers = number
		}
		text.WriteString(number)
	}
	if hers != "" && hers == reference {
		return "", false
	}
	return singular(text.String()), true
}

// format writes a number the way a merchant reads it.
func format(v float64, unit features.Unit, currency string) string {
	switch unit {
	case features.Money:
		return strings.TrimSpace(decimals(v, 2) + " " + currency)
	case features.Share:
		return decimals(100*v, 0) + "%"
	case features.Days, features.Count:
		return decimals(v, 0)
	}
	return decimals(v, 1)
}

func decimals(v float64, n int) string { return strconv.FormatFloat(v, 'f', n, 64) }

var one = regexp.MustCompile(`(^| )1 ((?:order |different )?(?:day|order|line|product))s\b`)

// singular turns 1 days into 1 day. Few texts have anything to look for.
func singular(text string) string {
	if !strings.HasPrefix(text, "1 ") && !strings.Contains(text, " 1 ") {
		return text
	}
	return one.ReplaceAllString(text, "${1}1 $2")
}
