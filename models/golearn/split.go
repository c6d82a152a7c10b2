package golearn

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/sjwhitworth/golearn/base"
	"github.com/sjwhitworth/golearn/trees"
)

// rowName names the attribute with a row's number. Feature attributes are named
// by their numbers.
const rowName = "row"

func rowAttribute() *base.FloatAttribute { return base.NewFloatAttribute(rowName) }

func featureAttribute(f int) *base.FloatAttribute {
	return base.NewFloatAttribute(strconv.Itoa(f))
}

func featureOf(a base.Attribute) (int, error) {
	f, err := strconv.Atoi(a.GetName())
	if err != nil {
		return 0, fmt.Errorf("attribute %s is no feature", a)
	}
	return f, nil
}

func newClass() *base.CategoricalAttribute {
	class := base.NewCategoricalAttribute()
	class.SetName("class")
	class.GetSysValFromString(negative) // numbers the class
	class.GetSysValFromString(positive)
	return class
}

// nodeRule chooses the split of each node that golearn's ID3 grows: the one of
// highest information gain, by golearn's search, among randomly drawn features.
// The draw is keyed by the node's rows, because ID3 visits nodes in random order,
// and the search sees rows in ascending order, because its rounding depends on
// their order.
type nodeRule struct {
	ctx    context.Context // ends the growth: ID3 takes no context itself
	config ForestConfig
	table  *growthTable
	tree   uint64
	err    error
}

// failure says why the growth ended early, if it did.
func (r *nodeRule) failure() error {
	if r.err != nil {
		return r.err
	}
	return r.ctx.Err()
}

// GenerateSplitRule implements trees.RuleGenerator. nil makes the node a leaf.
func (r *nodeRule) GenerateSplitRule(node base.FixedDataGrid) *trees.DecisionTreeRule {
	if r.failure() != nil {
		return nil
	}
	if _, rows := node.Size(); rows < r.config.MinSplit {
		return nil
	}
	rule, err := r.split(node)
	if err != nil {
		r.err = err
	}
	return rule
}

func (r *nodeRule) split(node base.FixedDataGrid) (*trees.DecisionTreeRule, error) {
	rows, err := rowsOf(node)
	if err != nil {
		return nil, err
	}
	features, err := r.draw(node, rows)
	if err != nil || len(features) == 0 {
		return nil, err
	}
	grid, err := newGrid(r.table, features, rows)
	if err != nil {
		return nil, err
	}
	candidates := make([]base.Attribute, len(features))
	for k, f := range features {
		candidates[k] = featureAttribute(f)
	}
	var search trees.InformationGainRuleGenerator
	rule := search.GetSplitRuleFromSelection(candidates, grid)
	// The search scores x < t, but ID3 splits on x <= t.
	rule.SplitVal = math.Nextafter(rule.SplitVal, math.Inf(-1))
	return rule, nil
}

// draw returns up to config.Features of the features that golearn has left at a
// node and that differ between its rows.
func (r *nodeRule) draw(node base.FixedDataGrid, rows []int) ([]int, error) {
	var available []int
	for _, a := range base.NonClassAttributes(node) {
		if a.GetName() == rowName {
			continue
		}
		f, err := featureOf(a)
		if err != nil {
			return nil, err
		}
		available = append(available, f)
	}
	slices.Sort(available)
	key := mix(r.tree)
	for _, row := range rows {
		key = mix(key ^ uint64(row))
	}
	random := rand.New(rand.NewPCG(r.config.Seed, key))
	random.Shuffle(len(available), func(a, b int) { available[a], available[b] = available[b], available[a] })
	drawn := available[:0]
	for _, f := range available {
		if len(drawn) < r.config.Features && varies(r.table.values[f], rows) {
			drawn = append(drawn, f)
		}
	}
	return drawn, nil
}

func varies(values []float32, rows []int) bool {
	for _, row := range rows {
		if values[row] != values[rows[0]] {
			return true
		}
	}
	return false
}

// rowsOf returns the sampled rows of a node, ascending.
func rowsOf(node base.FixedDataGrid) ([]int, error) {
	id, err := node.GetAttribute(rowAttribute())
	if err != nil {
		return nil, fmt.Errorf("row numbers of a node: %w", err)
	}
	_, n := node.Size()
	rows := make([]int, n)
	for k := range rows {
		rows[k] = int(base.UnpackBytesToFloat(node.Get(id, k)))
	}
	slices.Sort(rows)
	return rows, nil
}
