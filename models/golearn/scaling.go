package golearn

import "math"

// scaling compresses a feature to sign(v)·log(1+|v|), because amounts and counts
// of a shop are skewed over decades, and standardises it over the training rows.
type scaling struct {
	Mean  float64 `json:"mean"`
	Scale float64 `json:"scale"` // one over the standard deviation; 0 for a constant feature
}

func compress(v float32) float64 {
	return math.Copysign(math.Log1p(math.Abs(float64(v))), float64(v))
}

func (s scaling) apply(v float32) float64 { return (compress(v) - s.Mean) * s.Scale }

// fitScaling looks at feature f of the given rows, in two passes.
func fitScaling(p *imputer, x [][]float32, f int, rows []int32) scaling {
	n := float64(len(rows))
	mean, squares := 0.0, 0.0
	for _, i := range rows {
		mean += compress(p.value(x, f, int(i))) / n
	}
	for _, i := range rows {
		d := compress(p.value(x, f, int(i))) - mean
		squares += d * d
	}
	deviation := math.Sqrt(squares / n)
	// Below this, what varies is the rounding of the mean.
	if deviation <= 1e-12*math.Abs(mean) || deviation == 0 {
		return scaling{Mean: mean}
	}
	return scaling{Mean: mean, Scale: 1 / deviation}
}
