package purchase

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"perennial/models/golearn"
	"perennial/models/leaderboard"
)

// TestMain makes the test binary a program that knows golearn.ChildCommand.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == golearn.ChildCommand {
		if err := golearn.ServeChild(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

const (
	cutoffDay   = 400.0
	horizonDays = 60
)

// shop simulates customers who buy at random at a rate of their own until they
// leave for good: what was known on cutoffDay, and whether they ordered within
// horizonDays after it.
func shop(customers int, seed uint64) leaderboard.Rows {
	rng := rand.New(rand.NewPCG(seed, 0))
	rows := leaderboard.Rows{Columns: []string{recencyColumn, gapColumn, repeatColumn, "tenure_days", "noise"}}
	rows.X = make([][]float32, len(rows.Columns))
	for len(rows.Y) < customers {
		first := cutoffDay * rng.Float64()
		gap := 60 * rng.ExpFloat64() / (0.2 + rng.Float64())
		leaves := first + 500*rng.ExpFloat64()
		last, repeats, ordered := first, 0.0, 0.0
		for day := first; ; {
			day += 1 + gap*rng.ExpFloat64()
			if day >= cutoffDay {
				if day < min(leaves, cutoffDay+horizonDays) {
					ordered = 1
				}
				break
			}
			if day >= leaves {
				break
			}
			last = day
			repeats++
		}
		mean := math.NaN()
		if repeats > 0 {
			mean = (last - first) / repeats
		}
		for j, v := range []float64{math.Ceil(cutoffDay - last), mean, repeats, math.Ceil(cutoffDay - first), rng.NormFloat64()} {
			rows.X[j] = append(rows.X[j], float32(v))
		}
		rows.Y = append(rows.Y, ordered)
		rows.Group = append(rows.Group, rng.Uint64())
	}
	return rows
}

// unlearnable gives the rows labels that nothing in them explains.
func unlearnable(rows leaderboard.Rows, seed uint64) leaderboard.Rows {
	rng := rand.New(rand.NewPCG(seed, 1))
	rows.Y = make([]float64, len(rows.Y))
	for i := range rows.Y {
		if rng.Float64() < 0.3 {
			rows.Y[i] = 1
		}
	}
	return rows
}

func train(t testing.TB, cfg Config, rows, judge leaderboard.Rows) *leaderboard.Board {
	t.Helper()
	board, err := Train(context.Background(), cfg, horizonDays, rows, judge)
	if err != nil {
		t.Fatal(err)
	}
	return board
}

// fitted returns the model of one candidate.
func fitted(t testing.TB, board *leaderboard.Board, name string) leaderboard.Model {
	t.Helper()
	entry := board.Entry(name)
	if entry == nil || entry.Model == nil {
		t.Fatalf("no model of %s: %+v", name, entry)
	}
	return entry.Model
}

func predict(t testing.TB, m leaderboard.Model, columns []string, x [][]float32) []float64 {
	t.Helper()
	p := make([]float64, len(x[0]))
	if err := m.Predict(p, columns, x); err != nil {
		t.Fatal(err)
	}
	return p
}

func mustWrite(t testing.TB, m leaderboard.Model, w io.Writer) {
	t.Helper()
	if err := m.Write(w); err != nil {
		t.Fatal(err)
	}
}
