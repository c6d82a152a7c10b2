package gbdt

import (
	"errors"
	"fmt"
)

// tree reads the block of a tree.
func (t *textReader) tree(columns int) (Tree, error) {
	f, err := t.block(
		"num_leaves", "num_cat", "split_feature", "split_gain", "threshold", "decision_type", "left_child", "right_child",
		"leaf_value", "leaf_weight", "leaf_count", "internal_value", "internal_weight", "internal_count",
		"cat_boundaries", "cat_threshold", "is_linear", "leaf_const", "num_features", "leaf_features", "leaf_coeff", "shrinkage",
	)
	if err != nil {
		return Tree{}, err
	}
	linear, err := t.one(f, "is_linear", 0)
	if err != nil {
		return Tree{}, err
	}
	if linear != 0 {
		return Tree{}, t.at(f, "is_linear", errors.New("leaves are linear models (train with linear_tree=false)"))
	}
	leaves, err := t.one(f, "num_leaves", 0)
	if err != nil {
		return Tree{}, err
	}
	if leaves < 1 || leaves > maxTextLeaves {
		return Tree{}, t.at(f, "num_leaves", fmt.Errorf("num_leaves is %d, not 1 to %d", leaves, maxTextLeaves))
	}
	var tree Tree
	for _, read := range []func(fields, *Tree, int) error{t.leaves, t.nodes, t.sets} {
		if err := read(f, &tree, leaves); err != nil {
			return Tree{}, err
		}
	}
	shrinkage, err := numbers(t, f, "shrinkage", 1, parseFloat64)
	if err != nil {
		return Tree{}, err
	}
	tree.Shrinkage = 1
	if shrinkage != nil {
		tree.Shrinkage = shrinkage[0]
	}
	return tree, tree.validate(columns)
}

// leaves reads what is said of leaves. The leaf values come first: as they are
// there, room for the rest is in proportion to the file.
func (t *textReader) leaves(f fields, tree *Tree, leaves int) (err error) {
	if tree.LeafValue, err = required(t, f, "leaf_value", leaves, parseFloat64); err != nil {
		return err
	}
	if tree.LeafWeight, err = optional(t, f, "leaf_weight", leaves, parseFloat64); err != nil {
		return err
	}
	tree.LeafCount, err = optional(t, f, "leaf_count", leaves, parseInt64)
	return err
}

// nodes reads what is said of inner nodes.
func (t *textReader) nodes(f fields, tree *Tree, leaves int) (err error) {
	n := leaves - 1
	if tree.Feature, err = required(t, f, "split_feature", n, parseInt32); err != nil {
		return err
	}
	if tree.Threshold, err = required(t, f, "threshold", n, parseFloat64); err != nil {
		return err
	}
	if tree.Decision, err = required(t, f, "decision_type", n, parseDecision); err != nil {
		return err
	}
	if tree.Left, err = required(t, f, "left_child", n, parseInt32); err != nil {
		return err
	}
	if tree.Right, err = required(t, f, "right_child", n, parseInt32); err != nil {
		return err
	}
	if tree.Gain, err = optional(t, f, "split_gain", n, parseFloat32); err != nil {
		return err
	}
	if tree.InnerValue, err = optional(t, f, "internal_value", n, parseFloat64); err != nil {
		return err
	}
	if tree.InnerWeight, err = optional(t, f, "internal_weight", n, parseFloat64); err != nil {
		return err
	}
	tree.InnerCount, err = optional(t, f, "internal_count", n, parseInt64)
	return err
}

// sets reads the category sets.
func (t *textReader) sets(f fields, tree *Tree, _ int) error {
	sets, err := t.one(f, "num_cat", 0)
	if err != nil || sets == 0 {
		return err
	}
	if sets < 0 {
		return t.at(f, "num_cat", fmt.Errorf("num_cat is %d", sets))
	}
	if tree.CategoryBounds, err = required(t, f, "cat_boundaries", sets+1, parseInt32); err != nil {
		return err
	}
	words := int(tree.CategoryBounds[sets])
	tree.CategoryBits, err = required(t, f, "cat_threshold", words, parseUint32)
	return err
}
