package logistic

import "math"

// Shape says on which scale columns are read.
type Shape string

const (
	// Skewed reads a column on the logarithmic scale if that makes it more
	// symmetric: if its skewness comes nearer to 0.
	Skewed Shape = "skewed"
	// Logarithmic reads every column as sign(v)·log(1+|v|).
	Logarithmic Shape = "logarithmic"
	// Linear reads every column as it is.
	Linear Shape = "linear"
)

// column says how the cells of one column become terms of the margin.
type column struct {
	Name    string  `json:"name"`
	Log     bool    `json:"log"`               // read as sign(v)·log(1+|v|)
	Low     float64 `json:"low"`               // least cell of the fit
	High    float64 `json:"high"`              // greatest cell of the fit
	Value   *term   `json:"value,omitempty"`   // nil when all cells are equal or missing
	Missing *term   `json:"missing,omitempty"` // nil when no cell is missing, or all are
}

// term is a standardised number and its coefficient.
type term struct {
	Mean        float64 `json:"mean"` // of the fit, weighted
	SD          float64 `json:"sd"`
	Coefficient float64 `json:"coefficient"`              // log-odds per SD
	StdErr      float64 `json:"standard_error,omitempty"` // 0 when not computed
}

func missing(v float32) bool { return v-v != 0 } // NaN or infinite

// scaled returns v, which is not missing, on the column's scale.
func (c *column) scaled(v float32) float64 {
	s := min(max(float64(v), c.Low), c.High)
	if c.Log {
		return signedLog(s)
	}
	return s
}

func signedLog(v float64) float64 { return math.Copysign(math.Log1p(math.Abs(v)), v) }

// values writes the standardised values of cells to dst. float32 halves the
// memory of a design matrix; prediction rounds alike, so that nothing differs.
func (c *column) values(dst, cells []float32) {
	for i, v := range cells {
		dst[i] = 0 // the mean
		if !missing(v) {
			dst[i] = float32((c.scaled(v) - c.Value.Mean) / c.Value.SD)
		}
	}
}

// flags writes the standardised flags of missing cells to dst.
func (c *column) flags(dst, cells []float32) {
	absent := float32((1 - c.Missing.Mean) / c.Missing.SD)
	present := float32(-c.Missing.Mean / c.Missing.SD)
	for i, v := range cells {
		dst[i] = present
		if missing(v) {
			dst[i] = absent
		}
	}
}

// measure decides a column's scale, range, means and standard deviations from
// the rows that have weight.
func measure(name string, cells []float32, weights []float64, shape Shape) column {
	c := column{Name: name, Low: math.Inf(1), High: math.Inf(-1)}
	present, absent := 0.0, 0.0
	for i, v := range cells {
		switch {
		case weights[i] == 0:
		case missing(v):
			absent += weights[i]
		default:
			present += weights[i]
			c.Low, c.High = min(c.Low, float64(v)), max(c.High, float64(v))
		}
	}
	if present == 0 {
		c.Low, c.High = 0, 0
		return c
	}
	if absent > 0 {
		q := absent / (present + absent)
		c.Missing = standard(q, math.Sqrt(q*(1-q)))
	}
	if c.Low == c.High {
		return c
	}
	linear := c.moments(cells, weights)
	c.Log = true
	logarithmic := c.moments(cells, weights)
	switch shape {
	case Linear:
		c.Log = false
	case Skewed:
		c.Log = math.Abs(logarithmic.skewness) < math.Abs(linear.skewness)
	}
	chosen := linear
	if c.Log {
		chosen = logarithmic
	}
	c.Value = standard(chosen.mean, chosen.sd)
	return c
}

// standard returns a term to be fitted, or nil where weights are so uneven that
// the standard deviation vanishes.
func standard(mean, sd float64) *term {
	if !(sd > 0) {
		return nil
	}
	return &term{Mean: mean, SD: sd}
}

// moments are those of the cells that are not missing, on the column's scale.
type moments struct{ mean, sd, skewness float64 }

func (c *column) moments(cells []float32, weights []float64) moments {
	scaled := make([]float64, len(cells)) // a logarithm costs more than the room
	sum, total := 0.0, 0.0
	for i, v := range cells {
		if !missing(v) && weights[i] > 0 {
			scaled[i] = c.scaled(v)
			sum += weights[i] * scaled[i]
			total += weights[i]
		}
	}
	mean := sum / total
	second, third := 0.0, 0.0
	for i, v := range cells {
		if !missing(v) && weights[i] > 0 {
			d := scaled[i] - mean
			second += weights[i] * d * d
			third += weights[i] * d * d * d
		}
	}
	sd := math.Sqrt(second / total)
	return moments{mean, sd, third / total / (sd * sd * sd)}
}
