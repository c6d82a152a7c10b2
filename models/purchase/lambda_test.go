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
		name   string
		losses [][]float64 // of two rows, by penalties 0, 1, 2, …
		want   float64
		tried  int
	}{
		{"within an error of the best", [][]float64{{4, 4}, {4.2, 3.9}, {4.3, 3.8}, {9, 9}}, 2, 4},
		{"the best is the strongest", [][]float64{{5, 5}, {4, 4}, {3, 3}}, 2, 3},
		{"a little worse, but everywhere", [][]float64{{4, 4}, {4.01, 4.01}, {1, 1}}, 0, 2},
		{"worse than the best, not than the first", [][]float64{{5, 5}, {4, 4}, {4.5, 4.5}}, 1, 3},
		{"of equals the strongest", [][]float64{{4, 4}, {4, 4}, {4, 4}}, 2, 3},
	} {
		tried := 0
		got, err := strongest([]float64{0, 1, 2, 3}[:len(test.losses)], func(lambda float64) ([]float64, error) {
			tried++
			return test.losses[int(lambda)], nil
		})
		if err != nil || got != test.want || tried != test.tried {
			t.Errorf("%s: penalty %v of %d tried, %v; want %v of %d", test.name, got, tried, err, test.want, test.tried)
		}
	}
}

func TestExcess(t *testing.T) {
	if mean, standardError := excess([]float64{1, 2}, nil); mean != 0 || standardError != 0 {
		t.Errorf("nothing is exceeded by %v ± %v", mean, standardError)
	}
	mean, standardError := excess([]float64{4, 7, 4, 7}, []float64{3, 4, 3, 4})
	if mean != 2 || standardError != 0.5 {
		t.Errorf("excess is %v ± %v, want 2 ± 0.5", mean, standardError)
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
	if chosen, err = ChooseLambda(ctx, one); err != nil || chosen != unchosen {
		t.Errorf("for labels of one kind the penalty is %g, %v; want %d", chosen, err, unchosen)
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
