package lab

import (
	"fmt"
	"math"
	"regexp"
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
	present, whole := 0, true
	low, high := math.Inf(1), math.Inf(-1)
	for _, cell := range v {
		if cell != cell {
			continue
		}
		value := float64(cell)
		present++
		whole = whole && value == math.Trunc(value)
		low, high = min(low, value), max(high, value)
	}
	switch {
	case present == 0:
		return "every cell is missing"
	case present < len(v):
		return ""
	case low == high:
		return "every cell is the same"
	case whole && len(v) >= minIDRows && numbersRows(name, v, high-low):
		return "whole numbers that hardly ever repeat look like an id"
	}
	return ""
}

// numbersRows reports whether whole numbers tell rows apart instead of
// describing them: they are called an id and differ nearly everywhere, or all
// differ and lie as dense as the numbers of rows drawn from a table.
func numbersRows(name string, v []float32, span float64) bool {
	if idName.MatchString(name) {
		return repeatsAtMost(v, int((1-nearlyAll)*float64(len(v))))
	}
	const dense = 10 // a table of a tenth of the rows is still recognised
	return span <= dense*float64(len(v)) && repeatsAtMost(v, 0)
}

// repeatsAtMost reports whether at most most cells repeat an earlier one.
func repeatsAtMost(v []float32, most int) bool {
	seen := map[float32]bool{}
	for i, cell := range v {
		seen[cell] = true
		if i+1-len(seen) > most {
			return false
		}
	}
	return true
}
