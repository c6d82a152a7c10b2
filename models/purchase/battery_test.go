package purchase

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"slices"
	"testing"

	"perennial/models/leaderboard"
	"perennial/models/modeltest"
	"perennial/pipeline/history"
)

// renamed is a model that meets the battery's columns under the names of
// features.
type renamed struct {
	leaderboard.Model
	names map[string]string
}

func (m renamed) Predict(dst []float64, columns []string, x [][]float32) error {
	return m.Model.Predict(dst, rename(columns, m.names), x)
}

func rename(columns []string, names map[string]string) []string {
	out := slices.Clone(columns)
	for j, name := range columns {
		if feature, ok := names[name]; ok {
			out[j] = feature
		}
	}
	return out
}

// subject is the candidate called name as Train fits it.
func subject(cfg Config, name string, names map[string]string) modeltest.Subject {
	return modeltest.Subject{
		Fit: func(ctx context.Context, columns []string, x [][]float32, y, weights []float64) (modeltest.Model, error) {
			if slices.ContainsFunc(weights, func(w float64) bool { return w != 1 }) || (weights != nil && len(weights) != len(y)) {
				return nil, errors.New("labelled rows have no weights")
			}
			rows := leaderboard.Rows{Columns: rename(columns, names), X: x, Y: y, Group: contentHashes(x, y)}
			if cfg.Boosting.Trees > 0 {
				cfg.Times = sameDay(rows)
			}
			board, err := Train(ctx, cfg, horizonDays, rows, rows)
			if err != nil {
				return nil, err
			}
			entry := board.Entry(name)
			if entry.Failure != "" {
				return nil, errors.New(entry.Failure)
			}
			return renamed{entry.Model, names}, nil
		},
		Read: func(r io.Reader) (modeltest.Model, error) {
			m, err := Read(r)
			return renamed{m, names}, err
		},
		RowOrder: modeltest.Tolerance{Difference: 1e-9, Because: "sums over rows round in their order"},
		Skip:     map[string]string{"weight 2 is the row twice": "labelled rows have no weights"},
	}
}

// contentHashes makes every row a customer who is the same in any order of
// rows; equal rows are told apart by a number.
func contentHashes(x [][]float32, y []float64) []uint64 {
	groups := make([]uint64, len(y))
	met := map[uint64]int{}
	for i := range groups {
		h := fnv.New64a()
		fmt.Fprintf(h, "%v", y[i])
		for j := range x {
			if i < len(x[j]) {
				fmt.Fprintf(h, " %x", math.Float32bits(x[j][i]))
			}
		}
		row := h.Sum64()
		met[row]++
		fmt.Fprintf(h, " %d", met[row])
		groups[i] = h.Sum64()
	}
	return groups
}

func TestLogisticPassesBattery(t *testing.T) {
	modeltest.Run(t, subject(Config{Lambda: 10}, withLogistic, nil))
}

// sameDay is rows as times: who ordered did so in the middle of the horizon.
func sameDay(rows leaderboard.Rows) Times {
	t := Times{Columns: rows.Columns, X: rows.X, Group: rows.Group, Cutoff: make([]history.Day, len(rows.Y)), End: horizonDays}
	for _, y := range rows.Y {
		first := math.NaN()
		if y == 1 {
			first = horizonDays / 2
		}
		t.First = append(t.First, first)
	}
	return t
}

func TestHazardsPassBattery(t *testing.T) {
	for _, name := range []string{linearHazard, boostedHazard, blended, blendedKinds} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && name != boostedHazard {
				t.Skip("they share their fits; left out by -short")
			}
			s := subject(Config{Lambda: 10, Boosting: unsearched()}, name, nil)
			s.RowOrder = modeltest.Tolerance{Difference: 0.05, Because: "gradients are rounded by the number of the row"}
			s.AUCFloor = 0.8
			modeltest.Run(t, s)
		})
	}
}

func TestRulesPassBattery(t *testing.T) {
	names := map[string]string{"gappy": recencyColumn, "skewed": gapColumn, "flag": repeatColumn}
	for name, floor := range map[string]float64{recencyRule: 0.6, ownRhythm: 0.63} {
		t.Run(name, func(t *testing.T) {
			s := subject(Config{RulesOnly: true, PopulationGapDays: 1}, name, names)
			s.AUCFloor = floor
			s.Skip["missing column is an error that names it"] = "a rule reads some of the columns; TestRulesNeedTheirColumns"
			s.Skip["constant and missing columns are harmless"] = "a rule needs its columns; TestRulesWithoutInformation"
			modeltest.Run(t, s)
		})
	}
}

func TestBaseRatePassesBattery(t *testing.T) {
	s := subject(Config{RulesOnly: true}, baseRate, nil)
	s.Skip["missing column is an error that names it"] = "the base rate reads no column"
	s.Skip["easy signal is learnt"] = "the base rate learns nothing"
	s.Skip["unusable input is an error"] = "customers who all ordered have a base rate, too; TestBaseRate"
	modeltest.Run(t, s)
}
