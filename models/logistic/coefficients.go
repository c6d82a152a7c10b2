package logistic

import "math"

// Coefficient is a term of a model, for reading.
type Coefficient struct {
	Column  string  // "" for the intercept
	Missing bool    // the flag of the column's missing cells, not its value
	Log     bool    // of a value: on the scale sign(v)·log(1+|v|)
	Mean    float64 // of the term over the training rows
	SD      float64
	Value   float64 // log-odds per SD; of the intercept: log-odds
	StdErr  float64 // NaN when the model has more than 512 terms
}

// Coefficients returns the intercept and then the terms in the order of the
// columns. Standard errors come from the Hessian of the penalised likelihood;
// weights count as numbers of rows.
func (m *Model) Coefficients() []Coefficient {
	list := []Coefficient{{Value: m.intercept, StdErr: stdErr(m.interceptErr)}}
	for j := range m.columns {
		c := &m.columns[j]
		if t := c.Value; t != nil {
			list = append(list, Coefficient{c.Name, false, c.Log, t.Mean, t.SD, t.Coefficient, stdErr(t.StdErr)})
		}
		if t := c.Missing; t != nil {
			list = append(list, Coefficient{c.Name, true, false, t.Mean, t.SD, t.Coefficient, stdErr(t.StdErr)})
		}
	}
	return list
}

// stdErr returns NaN for 0, which files write for "not computed".
func stdErr(v float64) float64 {
	if v == 0 {
		return math.NaN()
	}
	return v
}
