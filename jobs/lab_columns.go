package jobs

import (
	"fmt"
	"math"
	"regexp"
	"slices"
)

// nearlyAll is the share of distinct cells from which on a column of texts says
// who a row is about, not what it is like.
const nearlyAll = 0.9

// minIDRows is the number of rows below which whole numbers differ by chance.
const minIDRows = 50

// idName matches names of identifiers: id, customer_id, customerID, userId, uuid.
var idName = regexp.MustCompile(`(^|[_ .-])(id|ID|Id|uuid|UUID|guid|GUID)$|[a-z](Id|ID)$`)

// uselessTexts returns why nothing can be learnt from texts, given how often
// each stands among rows cells, or "".
func uselessTexts(counts map[string]int, rows int) string {
	present := rows - counts[missingText]
	distinct := len(counts)
	if counts[missingText] > 0 {
		distinct--
	}
	switch {
	case present == 0:
		return "every cell is missing"
	case len(counts) == 1:
		return "every cell is the same"
	case distinct > maxLevels && float64(distinct) >= nearlyAll*float64(present):
		return fmt.Sprintf("%d different texts in %d rows look like an id", distinct, present)
	}
	return ""
}

// uselessNumbers returns why nothing can be learnt from a column, or "".
func uselessNumbers(name string, v []float32) string {
	sorted := make([]float32, 0, len(v))
	whole := true
	for _, value := range v {
		if value != value {
			continue
		}
		sorted = append(sorted, value)
		whole = whole && float64(value) == math.Trunc(float64(value))
	}
	if len(sorted) == 0 {
		return "every cell is missing"
	}
	slices.Sort(sorted)
	low, high := sorted[0], sorted[len(sorted)-1]
	if low == high && len(sorted) == len(v) {
		return "every cell is the same"
	}
	if !whole || len(sorted) < max(len(v), minIDRows) {
		return ""
	}
	distinct := len(slices.Compact(sorted))
	span := float64(high) - float64(low) + 1
	named := idName.MatchString(name) && float64(distinct) >= nearlyAll*float64(len(v))
	// Rows drawn from a numbered table leave gaps; a fact about a customer rarely
	// differs in every row and still fills its range.
	numbered := distinct == len(v) && span <= 10*float64(len(v))
	if named || numbered {
		return fmt.Sprintf("%d different whole numbers in %d rows look like an id", distinct, len(v))
	}
	return ""
}
