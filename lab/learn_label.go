package lab

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"perennial/command"
	"perennial/pipeline/table"
)

// labLabel is a column of two values, one of which is predicted.
type labLabel struct {
	column             string
	negative, positive string
}

// fitLabel finds the two values of a column. Positive is the one to predict; ""
// means yes or true, the opposite of no or false, the larger of two numbers or
// the later of two texts.
func fitLabel(c table.Column, positive string) (labLabel, error) {
	values, err := labelValues(c)
	if err != nil {
		return labLabel{}, err
	}
	l := labLabel{column: c.Name, negative: values[0], positive: values[1]}
	turn := c.Numbers == nil && saysYes(values[0], values[1])
	if positive != "" {
		if !slices.Contains(values, positive) {
			return l, command.Usage("--positive %q: no row has it in %q (the values are %s)", positive, c.Name, command.Quoted(values))
		}
		turn = positive == values[0]
	}
	if turn {
		l.negative, l.positive = l.positive, l.negative
	}
	return l, nil
}

// labelValues returns the two values of a column in ascending order. Empty cells
// are for outcomes to report.
func labelValues(c table.Column) ([]string, error) {
	var values []string
	for i := range max(len(c.Numbers), len(c.Texts)) {
		value := cellText(c, i)
		if value == "" || slices.Contains(values, value) {
			continue
		}
		values = append(values, value)
		if len(values) > 2 {
			return nil, command.Data("label %q: more than two values, %s among them (name a column of two values)", c.Name, command.Quoted(values))
		}
	}
	if len(values) < 2 {
		return nil, command.Data("label %q: its only values are [%s] (both outcomes are needed)", c.Name, command.Quoted(values))
	}
	if c.Numbers != nil {
		slices.SortFunc(values, compareNumbers)
	} else {
		slices.Sort(values)
	}
	return values, nil
}

// compareNumbers orders what cellText makes of numbers.
func compareNumbers(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX != nil || errY != nil {
		return strings.Compare(a, b)
	}
	return cmp.Compare(x, y)
}

// saysYes reports whether value means yes, or other means no.
func saysYes(value, other string) bool {
	answer := func(v string) int {
		switch strings.ToLower(v) {
		case "yes", "y", "true", "t", "1":
			return 1
		case "no", "n", "false", "f", "0":
			return -1
		}
		return 0
	}
	return answer(value) > answer(other)
}

// outcomes returns 1 for the rows that are positive and 0 for the others.
func (l labLabel) outcomes(c table.Column) ([]float64, error) {
	y := make([]float64, max(len(c.Numbers), len(c.Texts)))
	for i := range y {
		switch value := cellText(c, i); value {
		case l.positive:
			y[i] = 1
		case l.negative:
		case "":
			return nil, command.Data("label %q: row %d is empty (remove rows without a label)", l.column, i+1)
		default:
			return nil, command.Data("label %q: row %d is %q, neither %q nor %q (the values of the training table)", l.column, i+1, value, l.negative, l.positive)
		}
	}
	return y, nil
}

// cellText returns a cell as text without space around it, "" when missing.
func cellText(c table.Column, i int) string {
	if c.Numbers == nil {
		return strings.TrimSpace(c.Texts[i])
	}
	v := c.Numbers[i]
	if v != v {
		return ""
	}
	return strconv.FormatFloat(float64(v), 'f', -1, 32)
}
