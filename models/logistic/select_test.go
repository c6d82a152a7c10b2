package logistic

import (
	"context"
	"testing"
)

func TestSelectPrefersThePenaltyThatFewRowsNeed(t *testing.T) {
	columns, x, y := table(120, 40, 9)
	fold := make([]int, len(y))
	for i := range fold {
		fold[i] = 10 * (i % 4)
	}
	configs := []Config{{Lambda: 1e-6}, {Lambda: 10}}
	best, losses, err := Select(context.Background(), configs, columns, x, y, nil, fold)
	if err != nil {
		t.Fatal(err)
	}
	if best.Lambda != 10 || !(losses[1] < losses[0]) {
		t.Errorf("selected λ = %g, losses %v", best.Lambda, losses)
	}
}

// TestSelectHoldsOut compares with fits on tables from which the fold is cut.
func TestSelectHoldsOut(t *testing.T) {
	columns, x, y := table(400, 5, 9)
	fold := make([]int, len(y))
	for i := range fold {
		fold[i] = 1
		if i%4 == 3 { // as split does
			fold[i] = 7
		}
	}
	_, losses, err := Select(context.Background(), []Config{{}}, columns, x, y, nil, fold)
	if err != nil {
		t.Fatal(err)
	}
	a, b, aY, bY := split(x, y)
	sum := 0.0
	for _, part := range []struct {
		train, test   [][]float32
		trainY, testY []float64
	}{{a, b, aY, bY}, {b, a, bY, aY}} {
		p := make([]float64, len(part.testY))
		if err := mustFit(t, Config{}, columns, part.train, part.trainY, nil).Predict(p, columns, part.test); err != nil {
			t.Fatal(err)
		}
		sum += meanLoss(part.testY, p) * float64(len(p))
	}
	near(t, "held-out loss", losses[0], sum/float64(len(y)), 1e-10)
}

func TestSelectRefuses(t *testing.T) {
	columns, x, y := table(60, 2, 1)
	fold := make([]int, len(y))
	for i := range fold {
		fold[i] = i % 2
	}
	byLabel := make([]int, len(y))
	for i := range y {
		byLabel[i] = int(y[i])
	}
	tests := []struct {
		name    string
		configs []Config
		fold    []int
	}{
		{"no configs", nil, fold},
		{"one fold", []Config{{}}, make([]int, len(y))},
		{"too few fold numbers", []Config{{}}, fold[1:]},
		{"a fold with all of a class", []Config{{}}, byLabel},
		{"a bad config", []Config{{}, {Lambda: -1}}, fold},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, _, err := Select(context.Background(), tt.configs, columns, x, y, nil, tt.fold); err == nil {
				t.Error("accepted")
			}
		})
	}
	if _, _, err := Select(context.Background(), []Config{{}}, columns, x, y, ones(3), fold); err == nil {
		t.Error("accepted three weights")
	}
}
