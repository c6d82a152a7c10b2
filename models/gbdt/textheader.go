package gbdt

import (
	"fmt"
	"strings"
)

// header reads the lines before the first tree. sizes are the bytes of each tree,
// nil when the file does not say.
func (t *textReader) header() (m *Model, sizes []int64, err error) {
	f, err := t.block(
		keyVersion, "num_class", "num_tree_per_iteration", "label_index", keyLast, keyObjective, averageFlag,
		keyNames, keyMonotone, keyInfos, keySizes,
	)
	if err != nil {
		return nil, nil, err
	}
	if err := t.validateKind(f); err != nil {
		return nil, nil, err
	}
	m = &Model{Columns: strings.Fields(f[keyNames].value)}
	if m.Objective, err = readObjective(f[keyObjective].value); err != nil {
		return nil, nil, t.at(f, keyObjective, err)
	}
	_, m.Average = f[averageFlag]
	if err := t.columns(f, m); err != nil {
		return nil, nil, err
	}
	if _, there := f[keySizes]; there {
		trees := len(strings.Fields(f[keySizes].value))
		sizes, err = required(t, f, keySizes, trees, parseInt64)
	}
	return m, sizes, err
}

// at moves to the line of a key, for its error.
func (t *textReader) at(f fields, key string, err error) error {
	if line := f[key].line; line > 0 {
		t.line = line
	}
	return err
}

// validateKind refuses versions and kinds of model that are not read.
func (t *textReader) validateKind(f fields) error {
	switch f[keyVersion].value {
	case "v2", "v3", textVersion:
	default:
		return t.at(f, keyVersion, fmt.Errorf("version is %.40q (this program reads v2 to %s)", f[keyVersion].value, textVersion))
	}
	for _, key := range []string{"num_class", "num_tree_per_iteration"} {
		classes, err := t.one(f, key, 1)
		if err != nil {
			return err
		}
		if classes != 1 {
			return t.at(f, key, fmt.Errorf("%s is %d (train one binary model for each class)", key, classes))
		}
	}
	return nil
}

// columns reads what is said of columns.
func (t *textReader) columns(f fields, m *Model) error {
	last, err := t.one(f, keyLast, len(m.Columns)-1)
	if err != nil {
		return err
	}
	if len(m.Columns) == 0 || last != len(m.Columns)-1 {
		return t.at(f, keyNames, fmt.Errorf("%d column names, %s is %d", len(m.Columns), keyLast, last))
	}
	seen := make(map[string]bool, len(m.Columns))
	for _, name := range m.Columns {
		if seen[name] {
			return t.at(f, keyNames, fmt.Errorf("two columns are named %q (rename one)", name))
		}
		seen[name] = true
	}
	if m.Ranges = strings.Fields(f[keyInfos].value); len(m.Ranges) == 0 {
		m.Ranges = nil
	} else if len(m.Ranges) != len(m.Columns) {
		return t.at(f, keyInfos, fmt.Errorf("%d %s for %d columns", len(m.Ranges), keyInfos, len(m.Columns)))
	}
	m.Monotone, err = numbers(t, f, keyMonotone, len(m.Columns), parseInt8)
	return err
}
