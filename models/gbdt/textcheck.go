package gbdt

import (
	"errors"
	"fmt"
	"math"
)

// validate checks that the arrays of a tree fit together, that its numbers are
// usable and that every node and leaf is reached exactly once.
func (t *Tree) validate(columns int) error {
	if err := t.validateLengths(); err != nil {
		return err
	}
	for l, v := range t.LeafValue {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("leaf_value of leaf %d is %g", l, v)
		}
		if t.LeafCount[l] < 0 {
			return fmt.Errorf("leaf_count of leaf %d is %d", l, t.LeafCount[l])
		}
	}
	if err := t.validateSets(); err != nil {
		return err
	}
	for i := range t.Feature {
		if err := t.validateNode(i, columns); err != nil {
			return fmt.Errorf("node %d: %w", i, err)
		}
	}
	return t.validateStructure()
}

func (t *Tree) validateLengths() error {
	leaves := t.Leaves()
	if leaves < 1 || leaves > maxTextLeaves {
		return fmt.Errorf("%d leaves, not 1 to %d", leaves, maxTextLeaves)
	}
	for _, n := range []int{len(t.LeafWeight), len(t.LeafCount)} {
		if n != leaves {
			return fmt.Errorf("%d leaf weights or counts for %d leaves", n, leaves)
		}
	}
	inner := []int{
		len(t.Feature), len(t.Threshold), len(t.Decision), len(t.Left), len(t.Right), len(t.Gain),
		len(t.InnerValue), len(t.InnerWeight), len(t.InnerCount),
	}
	for _, n := range inner {
		if n != leaves-1 {
			return fmt.Errorf("%d entries about inner nodes for %d leaves, not one less", n, leaves)
		}
	}
	return nil
}

// validateSets checks that the bounds of category sets ascend through the bits.
func (t *Tree) validateSets() error {
	if len(t.CategoryBounds) == 0 && len(t.CategoryBits) == 0 {
		return nil
	}
	last := int32(0)
	for k, bound := range t.CategoryBounds {
		if bound < last || k == 0 && bound != 0 {
			return errors.New("cat_boundaries does not ascend from 0")
		}
		last = bound
	}
	if int(last) != len(t.CategoryBits) {
		return fmt.Errorf("cat_boundaries ends at %d, cat_threshold has %d words", last, len(t.CategoryBits))
	}
	return nil
}

func (t *Tree) validateNode(i, columns int) error {
	d, threshold := t.Decision[i], t.Threshold[i]
	switch {
	case t.Feature[i] < 0 || int(t.Feature[i]) >= columns:
		return fmt.Errorf("split_feature is %d, of %d columns", t.Feature[i], columns)
	case d > 15 || d.Missing() > MissingNaN:
		return fmt.Errorf("decision_type is %d", d)
	case math.IsNaN(threshold):
		return fmt.Errorf("threshold is %g", threshold)
	case d.Categorical() && (threshold != math.Trunc(threshold) || threshold < 0 || threshold >= float64(t.sets())):
		return fmt.Errorf("threshold of a categorical split is %g, of %d category sets", threshold, t.sets())
	}
	return nil
}

// validateStructure walks from the root: as there is one more leaf than inner
// nodes, reaching none twice means that all are reached.
func (t *Tree) validateStructure() error {
	inner, leaves := make([]bool, len(t.Feature)), make([]bool, t.Leaves())
	if len(inner) == 0 {
		return nil
	}
	inner[0] = true
	for waiting := []int32{0}; len(waiting) > 0; {
		i := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		for _, child := range []int32{t.Left[i], t.Right[i]} {
			reached, at, kind := inner, child, "node"
			if child < 0 {
				reached, at, kind = leaves, ^child, "leaf"
			}
			switch {
			case int(at) >= len(reached):
				return fmt.Errorf("node %d has the child %d, which is not there", i, child)
			case reached[at]:
				return fmt.Errorf("%s %d has two parents or is its own ancestor", kind, at)
			}
			reached[at] = true
			if child >= 0 {
				waiting = append(waiting, child)
			}
		}
	}
	return nil
}
