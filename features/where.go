package features

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"perennial/pipeline/history"
)

// condition decides about row i of a source.
type condition func(p *past, i int) bool

// parseWhere compiles a condition in the small part of SQL that features need:
//
//	category = 'gift' AND (quantity >= 2 OR NOT channel IN ('web', 'app'))
//
// Operators are = != <> < <= > >= and IN; texts take = != <> and IN only. A
// comparison with a missing value is false. Keywords are case-insensitive.
func parseWhere(where string, s *source) (condition, error) {
	if strings.TrimSpace(where) == "" {
		return func(*past, int) bool { return true }, nil
	}
	tokens, err := scanWhere(where)
	if err != nil {
		return nil, fmt.Errorf("where %q: %w", where, err)
	}
	parser := &whereParser{source: s, tokens: tokens}
	c, err := parser.either()
	if err == nil && parser.next() != "" {
		parser.i--
		err = fmt.Errorf("%q was not expected", parser.next())
	}
	if err != nil {
		return nil, fmt.Errorf("where %q: %w", where, err)
	}
	return c, nil
}

// scanWhere splits where into words, numbers, quoted texts and operators.
func scanWhere(where string) ([]string, error) {
	var tokens []string
	for rest := strings.TrimSpace(where); rest != ""; rest = strings.TrimSpace(rest) {
		n := tokenLength(rest)
		if n == 0 {
			return nil, fmt.Errorf("%q is not understood", rest)
		}
		tokens = append(tokens, rest[:n])
		rest = rest[n:]
	}
	return tokens, nil
}

// tokenLength returns the length of the token that s begins with, 0 if none.
func tokenLength(s string) int {
	switch {
	case s[0] == '\'':
		for i := 1; i < len(s); i++ {
			if s[i] != '\'' {
				continue
			}
			if i+1 == len(s) || s[i+1] != '\'' {
				return i + 1
			}
			i++ // '' is a quote inside the text
		}
		return 0
	case len(s) > 1 && slices.Contains([]string{"!=", "<>", "<=", ">="}, s[:2]):
		return 2
	case strings.ContainsRune("=<>(),", rune(s[0])):
		return 1
	}
	n := 0
	for n < len(s) && isWord(s[n]) {
		n++
	}
	return n
}

func isWord(c byte) bool {
	return c == '_' || c == '.' || c == '-' || c == '+' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// whereParser is a recursive descent over tokens.
type whereParser struct {
	source *source
	tokens []string
	i      int
	depth  int
}

// maxDepth bounds nesting, so that a hostile text cannot exhaust the stack.
const maxDepth = 100

func (w *whereParser) next() string {
	w.i++
	if w.i > len(w.tokens) {
		return ""
	}
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

func (w *whereParser) either() (condition, error) {
	left, err := w.both()
	for err == nil && w.accept("OR") {
		var right condition
		a := left
		right, err = w.both()
		left = func(p *past, i int) bool { return a(p, i) || right(p, i) }
	}
	return left, err
}

func (w *whereParser) both() (condition, error) {
	left, err := w.negated()
	for err == nil && w.accept("AND") {
		var right condition
		a := left
		right, err = w.negated()
		left = func(p *past, i int) bool { return a(p, i) && right(p, i) }
	}
	return left, err
}

func (w *whereParser) negated() (condition, error) {
	w.depth++
	defer func() { w.depth-- }()
	switch {
	case w.depth > maxDepth:
		return nil, fmt.Errorf("nested deeper than %d", maxDepth)
	case w.accept("NOT"):
		c, err := w.negated()
		return func(p *past, i int) bool { return !c(p, i) }, err
	case w.accept("("):
		c, err := w.either()
		if err == nil && !w.accept(")") {
			err = fmt.Errorf("a ) is missing")
		}
		return c, err
	}
	return w.comparison()
}

func (w *whereParser) comparison() (condition, error) {
	column := w.next()
	if text, ok := w.source.texts[column]; ok {
		return w.textComparison(column, text)
	}
	if number, ok := w.source.numbers[column]; ok {
		return w.numberComparison(column, number)
	}
	known := slices.Sorted(maps.Keys(w.source.texts))
	known = append(known, slices.Sorted(maps.Keys(w.source.numbers))...)
	return nil, fmt.Errorf("%s has no column %q (use %s)", w.source.name, column, strings.Join(known, ", "))
}

func (w *whereParser) textComparison(column string, text textColumn) (condition, error) {
	switch op := w.next(); strings.ToUpper(op) {
	case "=":
		code, err := w.code(text.dictionary)
		return func(p *past, i int) bool { c := text.code(p, i); return c != 0 && c == code }, err
	case "!=", "<>":
		code, err := w.code(text.dictionary)
		return func(p *past, i int) bool { c := text.code(p, i); return c != 0 && c != code }, err
	case "IN":
		codes, err := w.codes(text.dictionary)
		return func(p *past, i int) bool { return slices.Contains(codes, text.code(p, i)) }, err
	default:
		return nil, fmt.Errorf("%s %s: a text column takes =, != or IN", column, op)
	}
}

// codes reads ('a', 'b'). A text that no row has stands for no code.
func (w *whereParser) codes(dictionary history.Dictionary) ([]history.Code, error) {
	if !w.accept("(") {
		return nil, fmt.Errorf("IN needs a list in brackets")
	}
	var codes []history.Code
	for {
		code, err := w.code(dictionary)
		if err != nil {
			return nil, err
		}
		if code > 0 {
			codes = append(codes, code)
		}
		if w.accept(")") {
			return codes, nil
		}
		if !w.accept(",") {
			return nil, fmt.Errorf("a , or ) is missing in the list")
		}
	}
}

// code reads a quoted text and returns its code, -1 if no row has it.
func (w *whereParser) code(dictionary history.Dictionary) (history.Code, error) {
	token := w.next()
	if len(token) < 2 || token[0] != '\'' {
		return 0, fmt.Errorf("%q is not a text (write 'text')", token)
	}
	name := strings.ReplaceAll(token[1:len(token)-1], "''", "'")
	if code := dictionary.Code(name); code != 0 {
		return code, nil
	}
	return -1, nil
}

func (w *whereParser) numberComparison(column string, number func(*past, int) float64) (condition, error) {
	op, token := w.next(), w.next()
	limit, err := strconv.ParseFloat(token, 64)
	if err != nil {
		return nil, fmt.Errorf("%s %s %q: not a number", column, op, token)
	}
	switch op {
	case "=":
		return func(p *past, i int) bool { return number(p, i) == limit }, nil
	case "!=", "<>":
		return func(p *past, i int) bool { v := number(p, i); return v < limit || v > limit }, nil
	case "<":
		return func(p *past, i int) bool { return number(p, i) < limit }, nil
	case "<=":
		return func(p *past, i int) bool { return number(p, i) <= limit }, nil
	case ">":
		return func(p *past, i int) bool { return number(p, i) > limit }, nil
	case ">=":
		return func(p *past, i int) bool { return number(p, i) >= limit }, nil
	}
	return nil, fmt.Errorf("%s %q: a number column takes = != < <= > or >=", column, op)
}
