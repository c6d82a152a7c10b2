package modeltest

import (
	"math"
	"slices"
	"strings"
	"sync"
)

func checkMissingColumn(r reporter, s Subject) {
	r.Helper()
	train := draw(trainRows, trainSeed)
	m := fit(r, s, train, nil)
	for j, name := range train.columns {
		rest := train.without(j)
		err := m.Predict(make([]float64, trainRows), rest.columns, rest.x)
		switch {
		case err == nil:
			r.Errorf("Predict without column %q returned no error", name)
		case !strings.Contains(err.Error(), name):
			r.Errorf("Predict without column %q: the error does not name it: %v", name, err)
		}
	}
}

func checkColumnOrder(r reporter, s Subject) {
	r.Helper()
	train, test := draw(trainRows, trainSeed), draw(trainRows, testSeed)
	m := fit(r, s, train, nil)
	want := predict(r, m, test)

	mixed := test.clone()
	slices.Reverse(mixed.columns)
	slices.Reverse(mixed.x)
	mixed.columns = slices.Insert(mixed.columns, 2, "unheard of")
	mixed.x = slices.Insert(mixed.x, 2, make([]float32, trainRows))
	compare(r, "predicted from reversed columns and one more", predict(r, m, mixed), want, 0)
}

// checkAnyCell spoils one column at a time, then all of them.
func checkAnyCell(r reporter, s Subject) {
	r.Helper()
	train := draw(trainRows, trainSeed)
	m := fit(r, s, train, nil)
	for spoilt := range len(train.x) + 1 {
		test := draw(len(wildCells), testSeed)
		for j := range test.x {
			if j == spoilt || spoilt == len(train.x) {
				copy(test.x[j], wildCells)
			}
		}
		for i, p := range predict(r, m, test) {
			if !(p >= 0 && p <= 1) {
				r.Errorf("a row with a cell of %v has probability %v", wildCells[i], p)
			}
		}
	}
	for _, cell := range wildCells {
		wild := train.clone()
		for i := 0; i < trainRows; i += 100 {
			wild.x[0][i] = cell
		}
		for i, p := range predict(r, fit(r, s, wild, nil), train) {
			if !(p >= 0 && p <= 1) {
				r.Fatalf("fitted on cells of %v, row %d has probability %v", cell, i, p)
			}
		}
	}
}

func checkContributions(r reporter, s Subject) {
	r.Helper()
	train, test := draw(trainRows, trainSeed), draw(trainRows, testSeed)
	for j := range test.x { // contributions must hold for missing cells too
		test.x[j][j] = nan32
	}
	m, explains := fit(r, s, train, nil).(Explainer)
	if !explains {
		return
	}
	p := predict(r, m, test)
	contributions := make([][]float64, len(train.columns))
	for j := range contributions {
		contributions[j] = make([]float64, trainRows)
	}
	if err := m.Explain(contributions, test.columns, test.x); err != nil {
		r.Fatalf("Explain: %v", err)
	}
	const within = 1e-9
	for i := range p {
		margin := m.Base()
		for j := range contributions {
			margin += contributions[j][i]
		}
		if got := 1 / (1 + math.Exp(-margin)); !(math.Abs(got-p[i]) <= within) {
			r.Fatalf("row %d: base and contributions give %v, Predict gives %v", i, got, p[i])
		}
		odds := math.Log(p[i] / (1 - p[i]))
		const precise = 10 // beyond it, log-odds taken from a probability lose digits
		if math.Abs(margin) < precise && !(math.Abs(margin-odds) <= within) {
			r.Fatalf("row %d: base and contributions give log-odds %v, Predict gives %v", i, margin, odds)
		}
	}
	if err := m.Explain(contributions[1:], test.columns, test.x); err == nil {
		r.Errorf("Explain into one column too few returned no error")
	}
}

func checkInputsLeftAlone(r reporter, s Subject) {
	r.Helper()
	train, weights := draw(trainRows, trainSeed), ones(trainRows)
	before := train.clone()
	m := fit(r, s, train, weights)
	unchanged(r, "Fit", train, before)
	if !slices.Equal(weights, ones(trainRows)) {
		r.Errorf("Fit changed its weights")
	}
	predict(r, m, train)
	unchanged(r, "Predict", train, before)
}

func unchanged(r reporter, by string, after, before sample) {
	r.Helper()
	if !slices.Equal(after.columns, before.columns) || !slices.Equal(after.y, before.y) {
		r.Errorf("%s changed its columns or labels", by)
	}
	for j := range before.x {
		same := slices.EqualFunc(after.x[j], before.x[j], func(a, b float32) bool {
			return math.Float32bits(a) == math.Float32bits(b)
		})
		if !same {
			r.Errorf("%s changed cells of column %q", by, before.columns[j])
		}
	}
}

// checkShared predicts from several goroutines; the race detector does the rest.
func checkShared(r reporter, s Subject) {
	r.Helper()
	train := draw(trainRows, trainSeed)
	m := fit(r, s, train, nil)
	want := predict(r, m, train)
	got := make([][]float64, 4)
	errs := make([]error, len(got))
	var wait sync.WaitGroup
	for k := range got {
		wait.Go(func() {
			got[k] = make([]float64, trainRows)
			errs[k] = m.Predict(got[k], train.columns, train.x)
		})
	}
	wait.Wait()
	for k := range got {
		if errs[k] != nil {
			r.Fatalf("Predict beside others: %v", errs[k])
		}
		compare(r, "predicted beside others", got[k], want, 0)
	}
}
