package golearn

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

const forestFormat = "perennial golearn forest 1"

// forestHeader is the first line of a forest's file; one line per tree follows.
type forestHeader struct {
	Format string `json:"format"`
	imputation
	Trees int `json:"trees"`
}

// treeLine is a tree in a file: entry i of each list belongs to node i.
type treeLine struct {
	Feature     []int32   `json:"feature"` // -1 in a leaf; columns first, then missing flags
	Threshold   []float64 `json:"threshold"`
	Left        []int32   `json:"left"`
	Right       []int32   `json:"right"`
	Probability []float64 `json:"probability"`
}

// Write saves the forest as lines of JSON: the columns first, then a line per tree.
func (m *Forest) Write(w io.Writer) error {
	buffered := bufio.NewWriter(w)
	lines := json.NewEncoder(buffered)
	err := lines.Encode(forestHeader{Format: forestFormat, imputation: m.imputer.file(), Trees: len(m.trees)})
	for k := 0; k < len(m.trees) && err == nil; k++ {
		err = lines.Encode(m.trees[k].line())
	}
	if err := errors.Join(err, buffered.Flush()); err != nil {
		return fmt.Errorf("golearn: write forest: %w", err)
	}
	return nil
}

// ReadForest reads what Forest.Write wrote. A file that is cut short, altered so
// that a tree is none, or followed by anything is an error.
func ReadForest(r io.Reader) (*Forest, error) {
	m, err := readForest(json.NewDecoder(r))
	if err != nil {
		return nil, fmt.Errorf("golearn: read forest: %w", err)
	}
	return m, nil
}

func readForest(lines *json.Decoder) (*Forest, error) {
	var h forestHeader
	if err := lines.Decode(&h); err != nil {
		return nil, unexpected(err)
	}
	if h.Format != forestFormat {
		return nil, fmt.Errorf("format is %q, not %q", h.Format, forestFormat)
	}
	if h.Trees < 1 {
		return nil, fmt.Errorf("%d trees", h.Trees)
	}
	p, err := h.imputer()
	if err != nil {
		return nil, err
	}
	m := &Forest{imputer: p}
	for k := range h.Trees {
		var line treeLine
		if err := lines.Decode(&line); err != nil {
			return nil, fmt.Errorf("tree %d of %d: %w", k, h.Trees, unexpected(err))
		}
		t, err := line.tree()
		if err == nil {
			err = t.validate(p.width())
		}
		if err != nil {
			return nil, fmt.Errorf("tree %d: %w", k, err)
		}
		m.trees = append(m.trees, t)
	}
	return m, atEnd(lines)
}

func (t tree) line() treeLine {
	var l treeLine
	for _, n := range t {
		l.Feature = append(l.Feature, n.Feature)
		l.Threshold = append(l.Threshold, n.Threshold)
		l.Left = append(l.Left, n.Left)
		l.Right = append(l.Right, n.Right)
		l.Probability = append(l.Probability, n.Probability)
	}
	return l
}

func (l *treeLine) tree() (tree, error) {
	n := len(l.Feature)
	if len(l.Threshold) != n || len(l.Left) != n || len(l.Right) != n || len(l.Probability) != n {
		return nil, fmt.Errorf("lists differ in length")
	}
	t := make(tree, n)
	for i := range t {
		t[i] = node{l.Feature[i], l.Left[i], l.Right[i], l.Threshold[i], l.Probability[i]}
	}
	return t, nil
}

// validate makes sure that every walk ends, in a probability.
func (t tree) validate(features int) error {
	if len(t) == 0 {
		return fmt.Errorf("no nodes")
	}
	for at, n := range t {
		inside := func(child int32) bool { return int(child) > at && int(child) < len(t) }
		switch {
		case !(n.Probability >= 0 && n.Probability <= 1):
			return fmt.Errorf("node %d: probability %v", at, n.Probability)
		case n.Feature == leaf:
		case n.Feature < 0 || int(n.Feature) >= features:
			return fmt.Errorf("node %d: feature %d of %d", at, n.Feature, features)
		case !inside(n.Left) || !inside(n.Right):
			return fmt.Errorf("node %d: children %d and %d of %d nodes", at, n.Left, n.Right, len(t))
		}
	}
	return nil
}

// unexpected says that a file ended where a value should be.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func atEnd(d *json.Decoder) error {
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("more follows the model")
	}
	return nil
}
