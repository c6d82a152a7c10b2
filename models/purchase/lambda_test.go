package purchase

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"perennial/models/leaderboard"
)

func TestOneStandardErrorRule(t *testing.T) {
	for _, test := range []struct {
		name                  string
		means, standardErrors []float64 // of penalties 0, 1, 2, …
		want                  float64
		tried                 int
	}{
		{"the strongest within an error of the best", []float64{5, 4, 4.5, 4.9, 5.1, 4}, []float64{9, 1, 9, 9, 9, 9}, 3, 5},
		{"exactly one error away", []float64{4, 5}, []float64{1, 9}, 1, 2},
		{"the best is the strongest", []float64{5, 4, 3}, []float64{1, 1, 1}, 2, 3},
		{"the weakest", []float64{4, 6, 9}, []float64{1, 9, 9}, 0, 2},
		{"of equals the strongest", []float64{4, 4, 4}, []float64{0, 0, 0}, 2, 3},
	} {
		tried := 0
		got, err := strongest([]float64{0, 1, 2, 3, 4, 5}[:len(test.means)], func(lambda float64) (float64, float64, error) {
			tried++
			return test.means[int(lambda)], test.standardErrors[int(lambda)], nil
		})
		if err != nil || got != test.want || tried != test.tried {
			t.Errorf("%s: penalty %v of %d tried, %v; want %v of %d", test.name, got, tried, err, test.want, test.tried)
		}
	}
}

func TestLossOf(t *testing.T) {
	y, p := []float64{1, 0, 1, 0}, []float64{0.5, 0.5, 0.25, 0.75}
	mean, standardError := lossOf(y, p)
	if want := 1.5 * math.Ln2; math.Abs(mean-want) > 1e-12 {
		t.Errorf("mean loss is %v, want %v", mean, want)
	}
	if want := 0.25 * math.Ln2; math.Abs(standardError-want) > 1e-12 {
		t.Errorf("standard error is %v, want %v", standardError, want)
	}
}

func TestChooseLambda(t *testing.T) {
	ctx := context.Background()
	lambdas := Lambdas()
	chosen, err := ChooseLambda(ctx, unlearnable(shop(1000, 1), 2))
	if err != nil {
		t.Fatal(err)
	}
	if strongest := lambdas[len(lambdas)-1]; chosen != strongest {
		t.Errorf("where nothing can be learnt the penalty is %g, want %g", chosen, strongest)
	}
	if chosen, err = ChooseLambda(ctx, steep(2000)); err != nil {
		t.Fatal(err)
	}
	if chosen != lambdas[0] {
		t.Errorf("where much can be learnt the penalty is %g, want %g", chosen, lambdas[0])
	}
	one := shop(50, 1)
	clear(one.Y)
	if _, err := ChooseLambda(ctx, one); err == nil {
		t.Error("a penalty was chosen for labels of one kind")
	}
}

// steep returns rows whose log-odds are ten times their first column.
func steep(n int) leaderboard.Rows {
	rng := rand.New(rand.NewPCG(1, 0))
	rows := shop(n, 1)
	for i := range rows.Y {
		z := rng.NormFloat64()
		rows.X[0][i], rows.Y[i] = float32(z), 0
		if rng.Float64() < 1/(1+math.Exp(-10*z)) {
			rows.Y[i] = 1
		}
	}
	return rows
}

func TestSampledTakesWholeCustomers(t *testing.T) {
	const n = 3 * sampleRows
	rng := rand.New(rand.NewPCG(1, 0))
	rows := leaderboard.Rows{Y: make([]float64, n), Group: make([]uint64, n)}
	for i := range n {
		if rows.Group[i] = rng.Uint64(); i%2 == 1 {
			rows.Group[i] = rows.Group[i-1]
		}
	}
	sample := sampled(rows)
	if got := len(sample.Y); math.Abs(float64(got)-sampleRows) > 0.03*sampleRows {
		t.Errorf("%d rows were drawn, want about %d", got, sampleRows)
	}
	count := map[uint64]int{}
	for _, group := range sample.Group {
		count[group]++
	}
	for group, n := range count {
		if n != 2 {
			t.Fatalf("customer %d has %d of her 2 rows in the sample", group, n)
		}
	}
	var inFold [folds]int
	for i := range sample.Y {
		inFold[sample.Fold(i, folds)]++
	}
	for fold, n := range inFold {
		if share := float64(n) / float64(len(sample.Y)); math.Abs(share-1.0/folds) > 0.02 {
			t.Errorf("fold %d holds %.3f of the sample", fold, share)
		}
	}
	if few := sampled(sample.Where(func(i int) bool { return i < 10 })); len(few.Y) != 10 {
		t.Errorf("%d of 10 rows were drawn", len(few.Y))
	}
}
