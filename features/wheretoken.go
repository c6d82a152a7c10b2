package features

import (
	"fmt"
	"slices"
	"strings"
)

// scanWhere splits where into words, numbers, quoted texts and operators.
func scanWhere(where string) ([]string, error) {
	var tokens []string
	for rest := strings.TrimSpace(where); rest != ""; rest = strings.TrimSpace(rest) {
		n := tokenLength(rest)
		if n == 0 {
			return nil, fmt.Errorf("%s is not understood (columns are bare words, texts are in single quotes)", rest)
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
		return textLength(s)
	case len(s) > 1 && slices.Contains([]string{"!=", "<>", "<=", ">="}, s[:2]):
		return 2
	case strings.IndexByte("=<>(),", s[0]) >= 0:
		return 1
	}
	n := 0
	for n < len(s) && isWord(s[n]) {
		n++
	}
	return n
}

// textLength returns the length of the quoted text that s begins with, 0 if it
// does not end. A quote inside is written twice.
func textLength(s string) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] != '\'':
		case i+1 < len(s) && s[i+1] == '\'':
			i++
		default:
			return i + 1
		}
	}
	return 0
}

// isWord reports whether c may be part of a column name, keyword or number.
func isWord(c byte) bool {
	return strings.IndexByte("_.+-", c) >= 0 || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
