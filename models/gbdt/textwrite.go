package gbdt

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// Write saves the model as LightGBM's model text, version v4, which LightGBM
// and Read read. Numbers are written so that reading gives the same bits. Lines
// that LightGBM derives or ignores (importances, training parameters) are not
// written. LightGBM takes cells up to 1e-35 in size for 0 before it asks a tree; Fit
// places no threshold among them, where the two would part. It is an error when a
// column's name is empty or has a space in it, or when a tree is not one.
func (m *Model) Write(w io.Writer) error {
	text, err := m.appendText(nil)
	if err != nil {
		return fmt.Errorf("gbdt: write model: %w", err)
	}
	if _, err := w.Write(text); err != nil {
		return fmt.Errorf("gbdt: write model: %w", err)
	}
	return nil
}

func (m *Model) appendText(text []byte) ([]byte, error) {
	objective, err := m.Objective.text()
	if err != nil {
		return nil, err
	}
	if err := m.validateHeader(); err != nil {
		return nil, err
	}
	var trees []byte
	sizes := make([]int, len(m.Trees))
	for k := range m.Trees {
		t := &m.Trees[k]
		if err := t.validate(len(m.Columns)); err != nil {
			return nil, fmt.Errorf("tree %d: %w", k, err)
		}
		before := len(trees)
		trees = t.appendText(trees, k)
		sizes[k] = len(trees) - before
	}
	text = append(text, textMagic+"\n"...)
	text = appendLine(text, keyVersion, textVersion)
	text = append(text, "num_class=1\nnum_tree_per_iteration=1\nlabel_index=0\n"...)
	text = appendLine(text, keyLast, strconv.Itoa(len(m.Columns)-1))
	text = appendLine(text, keyObjective, objective)
	if m.Average {
		text = append(text, averageFlag+"\n"...)
	}
	text = appendLine(text, keyNames, strings.Join(m.Columns, " "))
	if m.Monotone != nil {
		text = appendInts(text, keyMonotone, m.Monotone)
	}
	text = appendLine(text, keyInfos, strings.Join(m.ranges(), " "))
	text = append(appendInts(text, keySizes, sizes), '\n')
	return append(append(text, trees...), endOfTrees+"\n"...), nil
}

// ranges returns Ranges, or one for each column when there are none.
func (m *Model) ranges() []string {
	if m.Ranges != nil {
		return m.Ranges
	}
	return strings.Fields(strings.Repeat(noRange+" ", len(m.Columns)))
}

// validateHeader checks what is said of columns.
func (m *Model) validateHeader() error {
	switch {
	case len(m.Columns) == 0:
		return errors.New("no columns")
	case m.Ranges != nil && len(m.Ranges) != len(m.Columns):
		return fmt.Errorf("%d ranges for %d columns", len(m.Ranges), len(m.Columns))
	case m.Monotone != nil && len(m.Monotone) != len(m.Columns):
		return fmt.Errorf("%d monotone constraints for %d columns", len(m.Monotone), len(m.Columns))
	}
	for j, name := range m.Columns {
		if !isWord(name) {
			return fmt.Errorf("column %q is empty or has a space in its name (rename it: LightGBM's text parts names by spaces)", name)
		}
		if m.Ranges != nil && !isWord(m.Ranges[j]) {
			return fmt.Errorf("range %q of column %q is empty or has a space in it", m.Ranges[j], name)
		}
	}
	return nil
}

func isWord(s string) bool { return s != "" && strings.IndexFunc(s, unicode.IsSpace) < 0 }

// appendText appends the block of tree k.
func (t *Tree) appendText(text []byte, k int) []byte {
	text = append(strconv.AppendInt(append(text, treePrefix...), int64(k), 10), '\n')
	text = appendInts(text, "num_leaves", []int{t.Leaves()})
	text = appendInts(text, "num_cat", []int{t.sets()})
	if len(t.Feature) > 0 {
		text = appendInts(text, "split_feature", t.Feature)
		text = appendFloats(text, "split_gain", t.Gain, 32)
		text = appendFloats(text, "threshold", t.Threshold, 64)
		text = appendInts(text, "decision_type", t.Decision)
		text = appendInts(text, "left_child", t.Left)
		text = appendInts(text, "right_child", t.Right)
	}
	text = appendFloats(text, "leaf_value", t.LeafValue, 64)
	text = appendFloats(text, "leaf_weight", t.LeafWeight, 64)
	text = appendInts(text, "leaf_count", t.LeafCount)
	if len(t.Feature) > 0 {
		text = appendFloats(text, "internal_value", t.InnerValue, 64)
		text = appendFloats(text, "internal_weight", t.InnerWeight, 64)
		text = appendInts(text, "internal_count", t.InnerCount)
	}
	if t.sets() > 0 {
		text = appendInts(text, "cat_boundaries", t.CategoryBounds)
		text = appendInts(text, "cat_threshold", t.CategoryBits)
	}
	text = append(text, "is_linear=0\n"...)
	text = appendFloats(text, "shrinkage", []float64{t.Shrinkage}, 64)
	return append(text, "\n\n"...)
}

// sets returns the number of category sets.
func (t *Tree) sets() int { return max(len(t.CategoryBounds)-1, 0) }

func appendLine(text []byte, key, value string) []byte {
	return append(append(append(append(text, key...), '='), value...), '\n')
}

func appendInts[T int | int8 | int32 | int64 | uint32 | Decision](text []byte, key string, values []T) []byte {
	return appendValues(text, key, len(values), func(text []byte, i int) []byte {
		return strconv.AppendInt(text, int64(values[i]), 10)
	})
}

// appendFloats writes the shortest decimals that read back as the same bits: at
// most 17 digits.
func appendFloats[T float32 | float64](text []byte, key string, values []T, bits int) []byte {
	return appendValues(text, key, len(values), func(text []byte, i int) []byte {
		v := float64(values[i])
		switch { // LightGBM splits missing cells from all others at inf
		case math.IsInf(v, 1):
			return append(text, "inf"...)
		case math.IsInf(v, -1):
			return append(text, "-inf"...)
		}
		return strconv.AppendFloat(text, v, 'g', -1, bits)
	})
}

func appendValues(text []byte, key string, n int, value func([]byte, int) []byte) []byte {
	text = append(append(text, key...), '=')
	for i := range n {
		text = append(value(text, i), ' ')
	}
	return append(bytes.TrimSuffix(text, []byte(" ")), '\n')
}
