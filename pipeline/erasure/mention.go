package erasure

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// Mentions reports whether text holds the id as a whole: what stands before and
// behind it is no letter and no digit, so that c1 is not found in c10. It is for
// prose; cells are compared with List.Erased.
func Mentions(text []byte, id string) bool {
	for from := 0; id != ""; {
		i := bytes.Index(text[from:], []byte(id))
		if i < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRune(text[:from+i])
		after, _ := utf8.DecodeRune(text[from+i+len(id):])
		if !wordRune(before) && !wordRune(after) {
			return true
		}
		from += i + 1
	}
	return false
}

func wordRune(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
