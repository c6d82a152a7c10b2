package purchase

import "fmt"

// marker says which columns tell a hazard's learner the interval of a row.
type marker string

const (
	// numbered is one column, the end of the interval in days: enough for trees.
	numbered marker = "numbered"
	// dummies are a flag for every interval, and the recency within it: a
	// straight line needs a level and a slope for each.
	dummies marker = "dummies"
)

const aheadColumn = "days_ahead"

// names returns the names of the columns.
func (m marker) names(edges []int) []string {
	if m == numbered {
		return []string{aheadColumn}
	}
	var names []string
	for _, end := range edges {
		names = append(names, fmt.Sprintf("%s_%d", aheadColumn, end))
	}
	for _, end := range edges {
		names = append(names, fmt.Sprintf("%s_%d_%s", aheadColumn, end, recencyColumn))
	}
	return names
}

// cells returns column j in interval k for the rows of index. recency is the
// column of days since the last order, nil where there is none.
func (m marker) cells(j int, edges []int, k int, recency []float32, index []int) []float32 {
	cells := make([]float32, len(index))
	switch {
	case m == numbered:
		setAll(cells, float32(edges[k]))
	case j == k:
		setAll(cells, 1)
	case j == len(edges)+k && recency != nil:
		for n, i := range index {
			cells[n] = recency[i]
		}
	}
	return cells
}

// concerns returns the feature that column j is about, "" for none.
func (m marker) concerns(j int, edges []int) string {
	if m == dummies && j >= len(edges) {
		return recencyColumn
	}
	return ""
}

func setAll(cells []float32, v float32) {
	for i := range cells {
		cells[i] = v
	}
}
