package golearn

import (
	"math"
	"testing"
)

func TestScalingStandardises(t *testing.T) {
	x := [][]float32{{-1e6, -3, 0, 0.5, 2, 40, 1e9}}
	rows := []int32{0, 1, 2, 3, 4, 5, 6}
	p := fitImputer([]string{"a"}, x, rows)
	s := fitScaling(&p, x, 0, rows)
	mean, squares := 0.0, 0.0
	for _, v := range x[0] {
		z := s.apply(v)
		mean += z / 7
		squares += z * z / 7
	}
	if math.Abs(mean) > 1e-12 || math.Abs(squares-1) > 1e-12 {
		t.Errorf("mean %v and variance %v, want 0 and 1", mean, squares)
	}
}

func TestScalingDropsConstants(t *testing.T) {
	for _, constant := range []float32{0, 7, -1e30} {
		column := make([]float32, 100)
		rows := make([]int32, 100)
		for i := range column {
			column[i], rows[i] = constant, int32(i)
		}
		x := [][]float32{column}
		p := fitImputer([]string{"a"}, x, rows)
		s := fitScaling(&p, x, 0, rows)
		if got := s.apply(constant + 1); got != 0 {
			t.Errorf("a column of %v, never else in training, moves the sum by %v", constant, got)
		}
	}
}

func TestCompressIsOdd(t *testing.T) {
	for _, v := range []float32{0, 1e-30, 1, 12.5, math.MaxFloat32} {
		if compress(-v) != -compress(v) || compress(v) < 0 {
			t.Errorf("compress(%v) is %v, of -%[1]v %v", v, compress(v), compress(-v))
		}
	}
}
