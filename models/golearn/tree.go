package golearn

import (
	"fmt"

	"github.com/sjwhitworth/golearn/trees"
)

// tree is a binary tree; node 0 is the root and children stand after their
// parent.
type tree []node

// node is a leaf when Feature is -1. Otherwise a row goes left if its feature is
// at most Threshold.
type node struct {
	Feature     int32
	Left, Right int32
	Threshold   float64
	Probability float64 // share of positives among the node's training rows
}

const leaf = -1

// leafOf returns the node in which row i ends. x holds p's columns.
func (t tree) leafOf(p *imputer, x [][]float32, i int) int32 {
	at := int32(0)
	for t[at].Feature != leaf {
		if float64(p.value(x, int(t[at].Feature), i)) <= t[at].Threshold {
			at = t[at].Left
		} else {
			at = t[at].Right
		}
	}
	return at
}

// transplant copies the nodes below n from golearn's tree.
func transplant(t tree, n *trees.DecisionTreeNode) (tree, error) {
	negatives, positives := n.ClassDist[negative], n.ClassDist[positive]
	at := len(t)
	t = append(t, node{Feature: leaf, Probability: float64(positives) / float64(positives+negatives)})
	if n.Children == nil {
		return t, nil
	}
	feature, err := featureOf(n.SplitRule.SplitAttr)
	if err != nil {
		return nil, err
	}
	left, right := n.Children["0"], n.Children["1"] // golearn's names of x <= t and x > t
	if left == nil || right == nil {
		return nil, fmt.Errorf("split of feature %d at %v leaves a side empty", feature, n.SplitRule.SplitVal)
	}
	t[at].Feature = int32(feature)
	t[at].Threshold = n.SplitRule.SplitVal
	t[at].Left = int32(len(t))
	if t, err = transplant(t, left); err != nil {
		return nil, err
	}
	t[at].Right = int32(len(t))
	return transplant(t, right)
}
