package modeltest

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
)

func checkRefit(r reporter, s Subject) {
	r.Helper()
	train, test := draw(trainRows, trainSeed), draw(trainRows, testSeed)
	first := predict(r, fit(r, s, train, nil), test)
	second := predict(r, fit(r, s, train, nil), test)
	compare(r, "refitted", second, first, 0)
}

func checkProcessors(r reporter, s Subject) {
	r.Helper()
	train, test := draw(trainRows, trainSeed), draw(trainRows, testSeed)
	on := func(processors int) []float64 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		return predict(r, fit(r, s, train, nil), test)
	}
	one := on(1)
	compare(r, "fitted with GOMAXPROCS 5", on(5), one, 0)
}

func checkRowOrder(r reporter, s Subject) {
	r.Helper()
	train, test := draw(trainRows, trainSeed), draw(trainRows, testSeed)
	straight := predict(r, fit(r, s, train, nil), test)
	mixed := predict(r, fit(r, s, train.pick(shuffled(trainRows)), nil), test)
	compare(r, "fitted on shuffled rows", mixed, straight, s.RowOrder.Difference)
}

func checkWeights(r reporter, s Subject) {
	r.Helper()
	train, test := draw(trainRows, trainSeed), draw(trainRows, testSeed)
	rng := rand.New(rand.NewPCG(4, 0))
	weights := make([]float64, trainRows)
	var repeated []int
	for i := range weights {
		copies := 1 + rng.IntN(2)
		weights[i] = float64(copies)
		for range copies {
			repeated = append(repeated, i)
		}
	}
	weighted := predict(r, fit(r, s, train, weights), test)
	twice := predict(r, fit(r, s, train.pick(repeated), nil), test)
	compare(r, "fitted with weights", weighted, twice, s.Weights.Difference)
}

func checkCancelled(r reporter, s Subject) {
	r.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	train := draw(trainRows, trainSeed)
	if _, err := s.Fit(ctx, train.columns, train.x, train.y, nil); err == nil {
		r.Errorf("Fit under a cancelled context returned a model")
	}
}

func checkUselessColumns(r reporter, s Subject) {
	r.Helper()
	train := draw(trainRows, trainSeed)
	train.columns, train.x = train.columns[5:], train.x[5:] // constant and absent
	p := predict(r, fit(r, s, train, nil), train)
	const near = 0.02 // room for learners that shrink or draw rows
	if rate := mean(train.y); math.Abs(mean(p)-rate) > near {
		r.Errorf("with nothing to learn from, the mean probability is %.4f, far from the rate %.4f", mean(p), rate)
	}
	for i := range p {
		if p[i] != p[0] {
			r.Fatalf("equal rows 0 and %d have probabilities %v and %v", i, p[0], p[i])
		}
	}
}

func checkEasySignal(r reporter, s Subject) {
	r.Helper()
	floor := s.AUCFloor
	if floor == 0 {
		floor = defaultAUCFloor
	}
	train, test := draw(trainRows, trainSeed), draw(trainRows, testSeed)
	p := predict(r, fit(r, s, train, nil), test)
	if got := auc(test.y, p); got < floor {
		r.Errorf("AUC on an easy signal is %.4f, want at least %.4f", got, floor)
	}
	const near = 0.04 // three standard errors of the rate of 1,500 rows
	if rate := mean(test.y); math.Abs(mean(p)-rate) > near {
		r.Errorf("mean probability %.4f is far from the rate %.4f", mean(p), rate)
	}
}

func checkUnusableInput(r reporter, s Subject) {
	r.Helper()
	for _, c := range unusable() {
		if _, err := s.Fit(context.Background(), c.columns, c.x, c.y, c.weights); err == nil {
			r.Errorf("Fit on %s returned no error", c.name)
		}
	}
	train := draw(trainRows, trainSeed)
	m := fit(r, s, train, nil)
	if err := m.Predict(make([]float64, trainRows-1), train.columns, train.x); err == nil {
		r.Errorf("Predict into a slice one row short returned no error")
	}
	if err := m.Predict(make([]float64, trainRows), train.columns, train.x[1:]); err == nil {
		r.Errorf("Predict with more names than columns returned no error")
	}
	if err := m.Predict(nil, train.columns, make([][]float32, len(train.x))); err != nil {
		r.Errorf("Predict of zero rows: %v", err)
	}
}
