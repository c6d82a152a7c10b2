package erasure

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// Mentions reports whether text holds the id as a whole: what stands before and
// behind it is no letter and no digit, so that c1 is not found in c10. It is for
// prose; cells are compared with List.Erased.
func Mentions(text []byte, id string) bool { return mention(text, id, 0) >= 0 }

// Redact returns text with other in the place of every mention of the id.
func Redact(text []byte, id, other string) []byte {
	var out []byte
	from := 0
	for {
		i := mention(text, id, from)
		if i < 0 {
			return append(out, text[from:]...)
		}
		out = append(append(out, text[from:i]...), other...)
		from = i + len(id)
	}
}

// mention returns where the id is mentioned at or after from, or -1.
func mention(text []byte, id string, from int) int {
	for id != "" {
		i := bytes.Index(text[from:], []byte(id))
		if i < 0 {
			return -1
		}
		from += i
		before, _ := utf8.DecodeLastRune(text[:from])
		after, _ := utf8.DecodeRune(text[from+len(id):])
		if !wordRune(before) && !wordRune(after) {
			return from
		}
		from++
	}
	return -1
}

func wordRune(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
