package golearn

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/sjwhitworth/golearn/base"
	"github.com/sjwhitworth/golearn/trees"
)

// The two values of the class.
const (
	negative = "0"
	positive = "1"
)

// growthTable is the imputed sample that all trees grow on.
type growthTable struct {
	values  [][]float32 // values[f][r] is feature f of sampled row r
	outcome []bool
}

func newGrowthTable(p *imputer, x [][]float32, y []float64, rows []int32) growthTable {
	t := growthTable{values: make([][]float32, p.width()), outcome: make([]bool, len(rows))}
	for f := range t.values {
		t.values[f] = make([]float32, len(rows))
		for r, i := range rows {
			t.values[f][r] = p.value(x, f, int(i))
		}
	}
	for r, i := range rows {
		t.outcome[r] = y[i] == 1
	}
	return t
}

// grower grows one tree after another with golearn's ID3.
type grower struct {
	config ForestConfig
	table  growthTable
}

// grow trains tree number k.
func (g *grower) grow(ctx context.Context, k int) (tree, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	features := make([]int, len(g.table.values))
	for f := range features {
		features[f] = f
	}
	grid, err := newGrid(&g.table, features, g.distinctRows(k))
	if err != nil {
		return nil, err
	}
	rule := &nodeRule{ctx: ctx, config: g.config, table: &g.table, tree: uint64(k)}
	id3 := trees.NewID3DecisionTreeFromRule(0, rule)
	if err := id3.Fit(grid); err != nil {
		return nil, err
	}
	if err := rule.failure(); err != nil {
		return nil, err
	}
	return transplant(nil, id3.Root)
}

// distinctRows draws tree k's rows, ascending. A share of 1-1/e is what a
// bootstrap would show the tree.
func (g *grower) distinctRows(k int) []int {
	const share = 0.632
	rows := len(g.table.outcome)
	random := rand.New(rand.NewPCG(g.config.Seed, uint64(k)))
	drawn := random.Perm(rows)[:max(1, int(share*float64(rows)))]
	slices.Sort(drawn)
	return drawn
}

// newGrid copies features and rows of the table into golearn's format. The
// class is categorical: golearn learns nonsense from a numeric one. The hidden
// attribute "row" holds the row's number, by which nodeRule knows a node's rows.
func newGrid(t *growthTable, features, rows []int) (*base.DenseInstances, error) {
	grid := base.NewDenseInstances()
	id := grid.AddAttribute(rowAttribute())
	columns := make([]base.AttributeSpec, len(features))
	for k, f := range features {
		columns[k] = grid.AddAttribute(featureAttribute(f))
	}
	class := newClass()
	outcome := grid.AddAttribute(class)
	if err := grid.AddClassAttribute(class); err != nil {
		return nil, fmt.Errorf("class attribute: %w", err)
	}
	if err := grid.Extend(len(rows)); err != nil {
		return nil, fmt.Errorf("%d rows: %w", len(rows), err)
	}
	names := [2][]byte{class.GetSysVal(negative), class.GetSysVal(positive)}
	for r, row := range rows {
		grid.Set(id, r, base.PackFloatToBytes(float64(row)))
		for k, f := range features {
			grid.Set(columns[k], r, base.PackFloatToBytes(float64(t.values[f][row])))
		}
		if t.outcome[row] {
			grid.Set(outcome, r, names[1])
		} else {
			grid.Set(outcome, r, names[0])
		}
	}
	return grid, nil
}
