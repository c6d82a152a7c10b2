package golearn

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// parseWeights reads liblinear's model text of a two-class problem and returns the
// weights of the first columns features, towards label 1.
func parseWeights(r io.Reader, columns int) ([]float64, error) {
	lines := bufio.NewScanner(r)
	sign := 0.0
	for lines.Scan() && lines.Text() != "w" {
		key, value, _ := strings.Cut(lines.Text(), " ")
		if key != "label" {
			continue
		}
		switch value { // the class that positive sums speak for comes first
		case "1 0":
			sign = 1
		case "0 1":
			sign = -1
		default:
			return nil, fmt.Errorf("labels %q, not 0 and 1", value)
		}
	}
	if sign == 0 {
		return nil, fmt.Errorf("no labels in the model text")
	}
	weights := make([]float64, 0, columns)
	for len(weights) < columns && lines.Scan() {
		w, err := strconv.ParseFloat(strings.TrimSpace(lines.Text()), 64)
		if err != nil || math.IsNaN(w) || math.IsInf(w, 0) {
			return nil, fmt.Errorf("weight %d: %q is not a finite number", len(weights), lines.Text())
		}
		weights = append(weights, sign*w)
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(weights) < columns {
		return nil, fmt.Errorf("%d weights for %d columns", len(weights), columns)
	}
	return weights, nil
}
