package extract

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// errWide says that a text is not of the encoding that it is taken for.
var errWide = errors.New("UTF-16 text (set encoding: utf-16)")

// utf8Reader returns r's text as UTF-8 without a byte order mark. Bytes of UTF-8
// text are passed on as they are; recordReader finds the lines that are not.
func utf8Reader(r io.Reader, encoding string) (io.Reader, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	mark, err := b.Peek(3)
	if err != nil && err != io.EOF {
		return nil, err
	}
	wide := bytes.HasPrefix(mark, []byte{0xff, 0xfe}) || bytes.HasPrefix(mark, []byte{0xfe, 0xff})
	switch {
	case wide && encoding != "utf-16":
		return nil, dataError("%w", errWide)
	case encoding == "utf-16":
		order := binary.ByteOrder(binary.LittleEndian)
		if bytes.HasPrefix(mark, []byte{0xfe, 0xff}) {
			order = binary.BigEndian
		}
		if wide {
			b.Discard(2)
		}
		return &transcoder{next: utf16Runes(b, order)}, nil
	case encoding == "latin-1", encoding == "windows-1252":
		return &transcoder{next: byteRunes(b, encoding)}, nil
	}
	if bytes.Equal(mark, []byte{0xef, 0xbb, 0xbf}) {
		b.Discard(3)
	}
	return b, nil
}

// transcoder writes the runes of next as UTF-8.
type transcoder struct {
	next func() (rune, error)
	one  [utf8.UTFMax]byte // the last rune
	rest []byte            // of one, what did not fit any more
	err  error             // that ended next
}

func (t *transcoder) Read(p []byte) (int, error) {
	n := copy(p, t.rest)
	t.rest = t.rest[n:]
	for n < len(p) && t.err == nil {
		var r rune
		if r, t.err = t.next(); t.err != nil {
			break
		}
		if len(p)-n >= utf8.UTFMax {
			n += utf8.EncodeRune(p[n:], r)
			continue
		}
		text := utf8.AppendRune(t.one[:0], r)
		copied := copy(p[n:], text)
		n, t.rest = n+copied, text[copied:]
	}
	if n == 0 {
		return 0, t.err
	}
	return n, nil
}

// windows1252 are the characters of the bytes 0x80 to 0x9f, where Windows-1252
// differs from Latin-1. 0 stands for the five bytes without a character.
var windows1252 = [32]rune{
	'€', 0, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0, 'Ž', 0,
	0, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0, 'ž', 'Ÿ',
}

func byteRunes(b *bufio.Reader, encoding string) func() (rune, error) {
	return func() (rune, error) {
		c, err := b.ReadByte()
		if encoding == "windows-1252" && c >= 0x80 && c < 0xa0 {
			if r := windows1252[c-0x80]; r != 0 {
				return r, err
			}
			return utf8.RuneError, err
		}
		return rune(c), err
	}
}

func utf16Runes(b *bufio.Reader, order binary.ByteOrder) func() (rune, error) {
	unit := func() (rune, error) {
		var two [2]byte
		_, err := io.ReadFull(b, two[:])
		return rune(order.Uint16(two[:])), err
	}
	return func() (rune, error) {
		r, err := unit()
		if err != nil || !utf16.IsSurrogate(r) {
			return r, err
		}
		low, err := unit()
		return utf16.DecodeRune(r, low), err
	}
}
