package churn

import (
	"fmt"
	"math"
	"regexp"
	"strings"

	"perennial/features"
)

var slot = regexp.MustCompile(`\{([a-z0-9_]+)\}`)

// fill replaces {value}, {reference} and {feature name} in a sentence. It
// fails when a number that the sentence needs is missing.
func (e *Explainer) fill(text string, c explained, v float64, value func(string) float64) (string, bool) {
	complete := true
	sentence := slot.ReplaceAllStringFunc(text, func(match string) string {
		name := match[1 : len(match)-1]
		unit, number := c.feature.Unit, v
		switch name {
		case "value":
		case "reference":
			number = c.reference
		default:
			f, ok := e.set.Feature(name)
			complete = complete && ok
			unit, number = f.Unit, value(name)
		}
		complete = complete && !math.IsNaN(number)
		return format(number, unit, e.currency)
	})
	return sentence, complete
}

// format writes a number the way a merchant reads it.
func format(v float64, unit features.Unit, currency string) string {
	switch unit {
	case features.Money:
		return strings.TrimSpace(fmt.Sprintf("%.2f %s", v, currency))
	case features.Share:
		return fmt.Sprintf("%.0f%%", 100*v)
	case features.Days, features.Count:
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.1f", v)
}
