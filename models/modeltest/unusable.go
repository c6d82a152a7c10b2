package modeltest

import (
	"math"
	"slices"
)

// input is what a learner is fitted on.
type input struct {
	name string
	sample
	weights []float64
}

// unusable returns inputs that no learner may accept.
func unusable() []input {
	var inputs []input
	add := func(name string, spoil func(in *input)) {
		in := input{name: name, sample: draw(200, trainSeed)}
		spoil(&in)
		inputs = append(inputs, in)
	}
	add("labels that are all 0", func(in *input) { clear(in.y) })
	add("labels that are all 1", func(in *input) { fill(in.y, 1) })
	add("one class, the other having weight 0", func(in *input) { in.weights = slices.Clone(in.y) })
	add("a missing label", func(in *input) { in.y[3] = math.NaN() })
	add("a label of 2", func(in *input) { in.y[3] = 2 })
	add("zero rows", func(in *input) { in.sample = in.pick(nil) })
	add("no columns", func(in *input) { in.columns, in.x = nil, nil })
	add("a column one row short", func(in *input) { in.x[2] = in.x[2][1:] })
	add("labels one row short", func(in *input) { in.y = in.y[1:] })
	add("fewer names than columns", func(in *input) { in.columns = in.columns[1:] })
	add("two columns of one name", func(in *input) { in.columns[1] = in.columns[0] })
	add("weights one row short", func(in *input) { in.weights = ones(len(in.y) - 1) })
	add("a negative weight", func(in *input) { in.weights = ones(len(in.y)); in.weights[5] = -1 })
	add("a missing weight", func(in *input) { in.weights = ones(len(in.y)); in.weights[5] = math.NaN() })
	add("an infinite weight", func(in *input) { in.weights = ones(len(in.y)); in.weights[5] = math.Inf(1) })
	add("weights that are all 0", func(in *input) { in.weights = make([]float64, len(in.y)) })
	return inputs
}

func fill(dst []float64, v float64) {
	for i := range dst {
		dst[i] = v
	}
}

func ones(n int) []float64 {
	w := make([]float64, n)
	fill(w, 1)
	return w
}
