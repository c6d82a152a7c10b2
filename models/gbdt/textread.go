package gbdt

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// textLimit bounds what Read takes into memory: LightGBM needs some 100 bytes a
// leaf, which leaves room for five million.
const textLimit = 512 << 20

// Read reads LightGBM's model text of versions v2 to v4, written by LightGBM or
// by Write. It refuses what it cannot predict: several classes, linear trees, and
// objectives other than a Loss. A file that was cut off inside its trees, or in
// which a tree is not a tree, is an error that names the line.
//
// Lines after "end of trees" are ignored, pandas_categorical too: such a model
// takes the codes of the categories, not the categories. Where a file has no row
// counts, the model predicts but does not explain.
func Read(r io.Reader) (*Model, error) {
	data, err := io.ReadAll(io.LimitReader(r, textLimit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("gbdt: read model: %w", err)
	case len(data) > textLimit:
		return nil, fmt.Errorf("gbdt: read model: above %d MiB", textLimit>>20)
	}
	t := &textReader{text: string(data)}
	m, err := t.model()
	if err != nil {
		return nil, fmt.Errorf("gbdt: read model: line %d: %w", t.line, err)
	}
	m.Objective.recall(t.text[t.offset:])
	m.prepared = prepare(*m)
	return m, nil
}

// textReader walks through a model text; line is the last one read, from 1.
type textReader struct {
	text     string
	offset   int
	line     int
	previous int // offset at which the last line began
}

// next returns the next line that is not empty.
func (t *textReader) next() (string, error) {
	for t.offset < len(t.text) {
		t.previous = t.offset
		line, _, _ := strings.Cut(t.text[t.offset:], "\n")
		t.offset = min(t.offset+len(line)+1, len(t.text))
		t.line++
		if line = strings.TrimSuffix(line, "\r"); line != "" {
			return line, nil
		}
	}
	t.previous = t.offset
	return "", fmt.Errorf("the file ends before %q (it was cut off: copy it again)", endOfTrees)
}

// back makes next return the last line again.
func (t *textReader) back() { t.offset, t.line = t.previous, t.line-1 }

func (t *textReader) model() (*Model, error) {
	if line, err := t.next(); err != nil || line != textMagic {
		return nil, fmt.Errorf("the first line is not %q (this is not a LightGBM model text)", textMagic)
	}
	m, sizes, err := t.header()
	if err != nil {
		return nil, err
	}
	found := []int64(nil)
	for {
		line, err := t.next()
		if err != nil {
			return nil, err
		}
		if line == endOfTrees {
			break
		}
		k := len(m.Trees)
		if line != treePrefix+strconv.Itoa(k) {
			return nil, fmt.Errorf("%.40q where %s%d or %q belongs", line, treePrefix, k, endOfTrees)
		}
		start := t.previous
		tree, err := t.tree(len(m.Columns))
		if err != nil {
			return nil, fmt.Errorf("tree %d: %w", k, err)
		}
		m.Trees = append(m.Trees, tree)
		found = append(found, int64(t.offset-start))
	}
	if sizes != nil && !slices.Equal(sizes, found) {
		return nil, fmt.Errorf("trees have not the bytes that %s says (the file was changed: copy it again, or delete the line %s)", keySizes, keySizes)
	}
	return m, nil
}
