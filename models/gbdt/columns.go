package gbdt

import (
	"errors"
	"fmt"
	"slices"
)

// validateColumns checks that names do not repeat and that the columns which the
// configuration names are there.
func (c Config) validateColumns(columns []string) error {
	if len(columns) == 0 {
		return errors.New("no columns")
	}
	known := make(map[string]bool, len(columns))
	for _, name := range columns {
		if known[name] {
			return fmt.Errorf("two columns are named %q", name)
		}
		known[name] = true
	}
	for _, name := range c.Categorical {
		if !known[name] {
			return fmt.Errorf("there is no categorical column %q", name)
		}
	}
	for _, name := range slices.Concat(c.Interactions...) {
		if !known[name] {
			return fmt.Errorf("there is no column %q to interact", name)
		}
	}
	return c.validateMonotone(columns)
}

func (c Config) validateMonotone(columns []string) error {
	found := 0
	for _, name := range columns {
		direction, ok := c.Monotone[name]
		if !ok {
			continue
		}
		found++
		if direction < -1 || direction > 1 {
			return fmt.Errorf("column %q is monotone %d (choose -1, 0 or 1)", name, direction)
		}
		if direction != 0 && slices.Contains(c.Categorical, name) {
			return fmt.Errorf("column %q is monotone and categorical (choose one)", name)
		}
	}
	if found < len(c.Monotone) {
		return fmt.Errorf("monotone names %d columns, %d of which are there", len(c.Monotone), found)
	}
	return nil
}

// directions returns -1, 0 or +1 per column; nil when none is constrained.
func (c Config) directions(columns []string) []int8 {
	directions := make([]int8, len(columns))
	for j, name := range columns {
		directions[j] = int8(c.Monotone[name])
	}
	if !slices.ContainsFunc(directions, func(d int8) bool { return d != 0 }) {
		return nil
	}
	return directions
}

// groups returns the interaction groups as sets of used columns, one of its own
// for each column in none; nil when all may interact.
func (c Config) groups(columns []string, used []int) [][]bool {
	if len(c.Interactions) == 0 {
		return nil
	}
	var groups [][]bool
	listed := make([]bool, len(used))
	for _, names := range c.Interactions {
		group := make([]bool, len(used))
		for k, j := range used {
			group[k] = slices.Contains(names, columns[j])
			listed[k] = listed[k] || group[k]
		}
		groups = append(groups, group)
	}
	for k := range used {
		if !listed[k] {
			group := make([]bool, len(used))
			group[k] = true
			groups = append(groups, group)
		}
	}
	return groups
}
