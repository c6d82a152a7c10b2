package logistic

import (
	"math"
	"testing"
)

var nan = float32(math.NaN())

func TestMeasureChoosesTheScale(t *testing.T) {
	tests := []struct {
		name  string
		cells []float32
		shape Shape
		log   bool
	}{
		{"symmetric stays", []float32{-2, -1, 0, 1, 2}, Skewed, false},
		{"long right tail is read in logarithms", []float32{1, 2, 4, 8, 16, 1000}, Skewed, true},
		{"long left tail of negatives, too", []float32{-1, -2, -4, -8, -16, -1000}, Skewed, true},
		{"left tail of positives stays", []float32{1, 80, 90, 95, 99, 100}, Skewed, false},
		{"logarithmic on demand", []float32{-2, -1, 0, 1, 2.5}, Logarithmic, true},
		{"linear on demand", []float32{1, 2, 4, 8, 16, 1000}, Linear, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := measure("c", tt.cells, ones(len(tt.cells)), tt.shape)
			if c.Log != tt.log {
				t.Errorf("log is %v", c.Log)
			}
		})
	}
}

func ones(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 1
	}
	return w
}

func TestMeasureLeavesOutWhatCarriesNothing(t *testing.T) {
	inf := float32(math.Inf(1))
	tests := []struct {
		name           string
		cells          []float32
		weights        []float64
		value, missing bool
	}{
		{"varied", []float32{1, 2, 3}, ones(3), true, false},
		{"constant", []float32{4, 4, 4}, ones(3), false, false},
		{"constant with gaps", []float32{4, nan, 4}, ones(3), false, true},
		{"absent", []float32{nan, nan, nan}, ones(3), false, false},
		{"infinite is missing", []float32{1, inf, -inf}, ones(3), false, true},
		{"rows without weight are not seen", []float32{1, 2, nan}, []float64{1, 0, 0}, false, false},
		{"weight too small to count", []float32{1, 1, 2}, []float64{1, 1, 5e-324}, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := measure("c", tt.cells, tt.weights, Linear)
			if (c.Value != nil) != tt.value || (c.Missing != nil) != tt.missing {
				t.Errorf("value %v, missing %v", c.Value, c.Missing)
			}
		})
	}
}

func TestTermsAreStandardised(t *testing.T) {
	cells := []float32{1, 2, nan, 8, 8, nan, 3, 100}
	weights := []float64{1, 2, 3, 0.5, 1, 1, 4, 2}
	c := measure("c", cells, weights, Skewed)
	values, flags := make([]float32, len(cells)), make([]float32, len(cells))
	c.values(values, cells)
	c.flags(flags, cells)
	present := make([]float64, len(cells))
	for i, v := range cells {
		if !missing(v) {
			present[i] = weights[i]
		}
	}
	for name, term := range map[string]struct {
		z       []float32
		weights []float64
	}{"value": {values, present}, "flag": {flags, weights}} {
		sum, squares, total := 0.0, 0.0, 0.0
		for i, z := range term.z {
			sum += term.weights[i] * float64(z)
			squares += term.weights[i] * float64(z) * float64(z)
			total += term.weights[i]
		}
		near(t, name+" mean", sum/total, 0, 1e-6)
		near(t, name+" variance", squares/total, 1, 1e-6)
	}
	if values[2] != 0 || values[5] != 0 {
		t.Errorf("missing cells stand at %v and %v, not at the mean", values[2], values[5])
	}
}

func TestCellsBeyondTheFitStandAtItsEnds(t *testing.T) {
	c := measure("c", []float32{-5, 0, 1, 12}, ones(4), Linear)
	z := make([]float32, 4)
	c.values(z, []float32{-5, -500, 12, math.MaxFloat32})
	if z[0] != z[1] || z[2] != z[3] || z[0] >= z[2] {
		t.Errorf("standardised: %v", z)
	}
}
