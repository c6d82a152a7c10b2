package gbdt

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// fields are the lines key=value of a block.
type fields map[string]field

type field struct {
	value string
	line  int
}

// block reads lines key=value up to one that begins the next block. A key that is
// neither known nor comes once is an error.
func (t *textReader) block(known ...string) (fields, error) {
	f := make(fields)
	for {
		line, err := t.next()
		if err != nil {
			return nil, err
		}
		if line == endOfTrees || strings.HasPrefix(line, treePrefix) {
			t.back()
			return f, nil
		}
		key, value, _ := strings.Cut(line, "=")
		if _, twice := f[key]; twice {
			return nil, fmt.Errorf("%s comes twice", key)
		}
		if !slices.Contains(known, key) {
			return nil, fmt.Errorf("unknown line %.40q (this program reads LightGBM's versions v2 to %s)", line, textVersion)
		}
		f[key] = field{value, t.line}
	}
}

// numbers returns the n numbers of a key: nil when the key is absent or empty.
// An error is at the line of the key.
func numbers[T any](t *textReader, f fields, key string, n int, parse func(word string) (T, error)) ([]T, error) {
	var values []T
	for word := range strings.FieldsSeq(f[key].value) {
		v, err := parse(word)
		if err != nil {
			t.line = f[key].line
			return nil, fmt.Errorf("%s: %.40q is not a number of its kind", key, word)
		}
		values = append(values, v)
	}
	if values != nil && len(values) != n {
		t.line = f[key].line
		return nil, fmt.Errorf("%s has %d numbers, not %d", key, len(values), n)
	}
	return values, nil
}

// required is numbers for a key without which there is no model.
func required[T any](t *textReader, f fields, key string, n int, parse func(word string) (T, error)) ([]T, error) {
	values, err := numbers(t, f, key, n, parse)
	if err == nil && len(values) != n {
		return nil, fmt.Errorf("%s is missing", key)
	}
	return values, err
}

// optional is numbers for a key that may be absent: zeros, then.
func optional[T any](t *textReader, f fields, key string, n int, parse func(word string) (T, error)) ([]T, error) {
	values, err := numbers(t, f, key, n, parse)
	if err == nil && values == nil {
		values = make([]T, n)
	}
	return values, err
}

// one returns the single whole number of a key, fallback when it is absent.
func (t *textReader) one(f fields, key string, fallback int) (int, error) {
	if _, there := f[key]; !there {
		return fallback, nil
	}
	values, err := required(t, f, key, 1, strconv.Atoi)
	if err != nil {
		return 0, err
	}
	return values[0], nil
}

func parseFloat32(word string) (float32, error) {
	v, err := strconv.ParseFloat(word, 32)
	return float32(v), err
}

func parseFloat64(word string) (float64, error) { return strconv.ParseFloat(word, 64) }

func parseInt64(word string) (int64, error) { return strconv.ParseInt(word, 10, 64) }

func parseInt32(word string) (int32, error) {
	v, err := strconv.ParseInt(word, 10, 32)
	return int32(v), err
}

func parseInt8(word string) (int8, error) {
	v, err := strconv.ParseInt(word, 10, 8)
	return int8(v), err
}

func parseUint32(word string) (uint32, error) {
	v, err := strconv.ParseUint(word, 10, 32)
	return uint32(v), err
}

func parseDecision(word string) (Decision, error) {
	v, err := strconv.ParseUint(word, 10, 8)
	return Decision(v), err
}
