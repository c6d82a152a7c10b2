package features

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"perennial/pipeline/history"
)

// condition selects rows of a source.
type condition struct {
	holds   predicate
	columns []string // it reads
}

// predicate decides about row i of a source.
type predicate func(p *past, i int) bool

// parseWhere compiles a condition in the small part of SQL that features need:
//
//	category = 'gift' AND (quantity >= 2 OR channel NOT IN ('web', 'app'))
//
// Operators are = != <> < <= > >=, and = != <> IN and NOT IN for texts. A
// comparison with a missing value is false, and so its NOT is true, where SQL
// would say unknown. Keywords are case-insensitive, column names and texts are
// not. An empty condition holds for every row.
func parseWhere(where string, s *source) (condition, error) {
	if strings.TrimSpace(where) == "" {
		return condition{holds: func(*past, int) bool { return true }}, nil
	}
	tokens, err := scanWhere(where)
	if err != nil {
		return condition{}, fmt.Errorf("where %q: %w", where, err)
	}
	parser := &whereParser{source: s, tokens: tokens}
	holds, err := parser.whole()
	if err != nil {
		return condition{}, fmt.Errorf("where %q: %w", where, err)
	}
	return condition{holds, parser.columns}, nil
}

// whereParser is a recursive descent over tokens.
type whereParser struct {
	source  *source
	tokens  []string
	i       int
	depth   int
	columns []string // met so far
}

// maxDepth bounds nesting, so that a hostile text cannot exhaust the stack.
const maxDepth = 100

// next consumes a token; it is "" at the end.
func (w *whereParser) next() string {
	if w.i == len(w.tokens) {
		return ""
	}
	w.i++
	return w.tokens[w.i-1]
}

// accept consumes the next token if it is word.
func (w *whereParser) accept(word string) bool {
	if w.i < len(w.tokens) && strings.EqualFold(w.tokens[w.i], word) {
		w.i++
		return true
	}
	return false
}

func (w *whereParser) whole() (predicate, error) {
	holds, err := w.either()
	if err != nil {
		return nil, err
	}
	if rest := w.next(); rest != "" {
		return nil, fmt.Errorf("%s was not expected (join conditions with AND or OR)", rest)
	}
	return holds, nil
}

func (w *whereParser) either() (predicate, error) {
	left, err := w.both()
	for err == nil && w.accept("OR") {
		var right predicate
		a := left
		right, err = w.both()
		left = func(p *past, i int) bool { return a(p, i) || right(p, i) }
	}
	return left, err
}

func (w *whereParser) both() (predicate, error) {
	left, err := w.negated()
	for err == nil && w.accept("AND") {
		var right predicate
		a := left
		right, err = w.negated()
		left = func(p *past, i int) bool { return a(p, i) && right(p, i) }
	}
	return left, err
}

func (w *whereParser) negated() (predicate, error) {
	w.depth++
	defer func() { w.depth-- }()
	switch {
	case w.depth > maxDepth:
		return nil, fmt.Errorf("nested deeper than %d (simplify it)", maxDepth)
	case w.accept("NOT"):
		holds, err := w.negated()
		return func(p *past, i int) bool { return !holds(p, i) }, err
	case w.accept("("):
		holds, err := w.either()
		if err == nil && !w.accept(")") {
			err = errors.New("a ) is missing")
		}
		return holds, err
	}
	return w.comparison()
}

func (w *whereParser) comparison() (predicate, error) {
	column := w.next()
	text, isText := w.source.texts[column]
	number, isNumber := w.source.numbers[column]
	w.columns = append(w.columns, column)
	switch {
	case isText:
		return w.textComparison(column, text)
	case isNumber:
		return w.numberComparison(column, number.value)
	case column == "":
		return nil, fmt.Errorf("it ends where a column should follow (use %s)", join(w.source.columnNames()))
	}
	return nil, fmt.Errorf("%s has no column %s (use %s)", w.source.name, column, join(w.source.columnNames()))
}

func (w *whereParser) textComparison(column string, text textColumn) (predicate, error) {
	op := strings.ToUpper(w.next())
	if op == "NOT" && w.accept("IN") {
		op = "NOT IN"
	}
	var codes []history.Code
	var err error
	switch op {
	case "=", "!=", "<>":
		codes, err = w.code(nil, text.dictionary)
	case "IN", "NOT IN":
		codes, err = w.codes(text.dictionary)
	default:
		return nil, fmt.Errorf("%s is a text column (compare it by =, !=, IN or NOT IN)", column)
	}
	among := op == "=" || op == "IN"
	return func(p *past, i int) bool {
		c := text.code(p, i)
		return c != 0 && slices.Contains(codes, c) == among
	}, err
}

// codes reads ('a', 'b') and returns the codes of the texts.
func (w *whereParser) codes(dictionary history.Dictionary) (codes []history.Code, err error) {
	if !w.accept("(") {
		return nil, errors.New("IN needs a list (write IN ('a', 'b'))")
	}
	for {
		if codes, err = w.code(codes, dictionary); err != nil {
			return nil, err
		}
		if w.accept(")") {
			return codes, nil
		}
		if !w.accept(",") {
			return nil, errors.New("a , or ) is missing in the list")
		}
	}
}

// code reads a quoted text and appends its code to codes, if any row has it.
func (w *whereParser) code(codes []history.Code, dictionary history.Dictionary) ([]history.Code, error) {
	token := w.next()
	if !strings.HasPrefix(token, "'") {
		return nil, fmt.Errorf("%q is not a text (write 'text')", token)
	}
	name := strings.ReplaceAll(token[1:len(token)-1], "''", "'")
	if code := dictionary.Code(name); code != 0 {
		codes = append(codes, code)
	}
	return codes, nil
}

func (w *whereParser) numberComparison(column string, value func(*past, int) float64) (predicate, error) {
	op, token := w.next(), w.next()
	compare, ok := comparisons[op]
	if !ok {
		return nil, fmt.Errorf("%s is a number column (compare it by =, !=, <, <=, > or >=)", column)
	}
	limit, err := strconv.ParseFloat(token, 64)
	if err != nil || math.IsNaN(limit) || math.IsInf(limit, 0) {
		return nil, fmt.Errorf("%s %s %s: not a number", column, op, token)
	}
	return func(p *past, i int) bool { return compare(value(p, i), limit) }, nil
}

// comparisons are all false where v is NaN.
var comparisons = map[string]func(v, limit float64) bool{
	"=":  func(v, limit float64) bool { return v == limit },
	"!=": func(v, limit float64) bool { return v < limit || v > limit },
	"<>": func(v, limit float64) bool { return v < limit || v > limit },
	"<":  func(v, limit float64) bool { return v < limit },
	"<=": func(v, limit float64) bool { return v <= limit },
	">":  func(v, limit float64) bool { return v > limit },
	">=": func(v, limit float64) bool { return v >= limit },
}
