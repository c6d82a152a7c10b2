package golearn

import (
	"fmt"
	"math"
	"slices"
)

// imputer makes every cell a finite number, because golearn's trees never return
// from a NaN. NaN becomes the column's median among the training rows, an infinite
// value the largest float32 of its sign. Each column that had missing values
// then gets a flag, a feature after the last column that is 1 where the value is
// missing.
type imputer struct {
	columns []string
	median  []float32 // per column; 0 where every training value is missing
	flagged []int32   // columns with a flag, ascending
}

// fitImputer looks at the given rows of a checked table.
func fitImputer(columns []string, x [][]float32, rows []int32) imputer {
	p := imputer{columns: slices.Clone(columns), median: make([]float32, len(columns))}
	seen := make([]float32, 0, len(rows))
	for j, column := range x {
		seen = seen[:0]
		for _, i := range rows {
			if v := column[i]; v == v {
				seen = append(seen, finite(v))
			}
		}
		if len(seen) < len(rows) {
			p.flagged = append(p.flagged, int32(j))
		}
		if len(seen) > 0 {
			slices.Sort(seen)
			p.median[j] = seen[len(seen)/2]
		}
	}
	return p
}

// width returns the number of features: columns, then flags.
func (p *imputer) width() int { return len(p.columns) + len(p.flagged) }

// value returns feature f of row i, always finite. x holds p's columns.
func (p *imputer) value(x [][]float32, f, i int) float32 {
	if f < len(p.columns) {
		if v := x[f][i]; v == v {
			return finite(v)
		}
		return p.median[f]
	}
	if v := x[p.flagged[f-len(p.columns)]][i]; v == v {
		return 0
	}
	return 1
}

// finite returns v, or the largest float32 of its sign if v is infinite.
func finite(v float32) float32 { return max(-math.MaxFloat32, min(v, math.MaxFloat32)) }

// source returns the column that feature f is made of.
func (p *imputer) source(f int) int {
	if f < len(p.columns) {
		return f
	}
	return int(p.flagged[f-len(p.columns)])
}

// name describes feature f.
func (p *imputer) name(f int) string {
	name := p.columns[p.source(f)]
	if f < len(p.columns) {
		return name
	}
	return name + " is missing"
}

// imputation is an imputer in a file.
type imputation struct {
	Columns []string  `json:"columns"`
	Median  []float32 `json:"median"`
	Flagged []string  `json:"missing_flags"`
}

func (p *imputer) file() imputation {
	f := imputation{Columns: p.columns, Median: p.median, Flagged: make([]string, len(p.flagged))}
	for k, j := range p.flagged {
		f.Flagged[k] = p.columns[j]
	}
	return f
}

func (f *imputation) imputer() (imputer, error) {
	if len(f.Columns) == 0 || len(f.Median) != len(f.Columns) {
		return imputer{}, fmt.Errorf("%d columns with %d medians", len(f.Columns), len(f.Median))
	}
	if twice := repeated(f.Columns); twice != "" {
		return imputer{}, fmt.Errorf("two columns are named %q", twice)
	}
	p := imputer{columns: f.Columns, median: f.Median}
	for _, name := range f.Flagged {
		j := int32(slices.Index(f.Columns, name))
		if j < 0 || (len(p.flagged) > 0 && j <= p.flagged[len(p.flagged)-1]) {
			return imputer{}, fmt.Errorf("missing flag of %q is out of place", name)
		}
		p.flagged = append(p.flagged, j)
	}
	return p, nil
}
