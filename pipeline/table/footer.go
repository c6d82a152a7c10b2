package table

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

var errFooter = errors.New("damaged footer")

// checkFooter reads the footer of a Parquet file for nothing but its lengths.
// A decoder makes room for as many list elements as the file claims, so a few
// bad bytes could ask for more memory than there is, which nothing recovers
// from. A list that fits into the footer is harmless.
func checkFooter(r io.ReaderAt, size int64) error {
	_, err := readFooter(r, size, size)
	return err
}

// readFooter returns the bytes of a footer of at most most, checked as
// checkFooter does.
func readFooter(r io.ReaderAt, size, most int64) ([]byte, error) {
	const tail = 8 // length of the footer, "PAR1"
	if size < tail+4 {
		return nil, fmt.Errorf("%w: only %d bytes", errFooter, size)
	}
	var end [tail]byte
	if _, err := r.ReadAt(end[:], size-tail); err != nil {
		return nil, err
	}
	length := int64(binary.LittleEndian.Uint32(end[:4]))
	if string(end[4:]) != "PAR1" || length > size-tail-4 {
		return nil, fmt.Errorf("%w: not the end of a Parquet file", errFooter)
	}
	if length > most {
		return nil, fmt.Errorf("%w: %d bytes, more than %d", errFooter, length, most)
	}
	footer := make([]byte, length)
	if _, err := r.ReadAt(footer, size-tail-length); err != nil {
		return nil, err
	}
	t := thriftWalk{rest: footer}
	t.structure(0)
	if t.bad {
		return nil, errFooter
	}
	return footer, nil
}

// Types of Thrift's compact protocol.
const (
	thriftTrue = iota + 1
	thriftFalse
	thriftByte
	thriftI16
	thriftI32
	thriftI64
	thriftDouble
	thriftBinary
	thriftList
	thriftSet
	thriftMap
	thriftStruct
)

// maxThriftDepth is far more than Parquet's metadata nests.
const maxThriftDepth = 64

// thriftWalk skips over values of Thrift's compact protocol.
type thriftWalk struct {
	rest []byte
	bad  bool
}

func (t *thriftWalk) structure(depth int) {
	for !t.bad && depth < maxThriftDepth {
		header := t.byte()
		if header == 0 {
			return
		}
		if header>>4 == 0 {
			t.varint() // field id, where it is not a small step on
		}
		t.value(header&0xf, depth, false)
	}
	t.bad = true
}

func (t *thriftWalk) value(kind byte, depth int, inList bool) {
	switch kind {
	case thriftTrue, thriftFalse:
		if inList {
			t.byte()
		}
	case thriftByte:
		t.byte()
	case thriftI16, thriftI32, thriftI64:
		t.varint()
	case thriftDouble:
		t.skip(8)
	case thriftBinary:
		t.skip(t.varint())
	case thriftList, thriftSet:
		header := t.byte()
		size := uint64(header >> 4)
		if size == 15 {
			size = t.varint()
		}
		t.elements(size, depth, header&0xf)
	case thriftMap:
		if size := t.varint(); size > 0 {
			header := t.byte()
			t.elements(size, depth, header>>4, header&0xf)
		}
	case thriftStruct:
		t.structure(depth + 1)
	default:
		t.bad = true
	}
}

func (t *thriftWalk) elements(n uint64, depth int, kinds ...byte) {
	if n > uint64(len(t.rest)) { // every element has at least a byte
		t.bad = true
		return
	}
	for ; n > 0 && !t.bad; n-- {
		for _, kind := range kinds {
			t.value(kind, depth, true)
		}
	}
}

func (t *thriftWalk) byte() byte {
	if len(t.rest) == 0 {
		t.bad = true
		return 0
	}
	b := t.rest[0]
	t.rest = t.rest[1:]
	return b
}

func (t *thriftWalk) varint() uint64 {
	v, n := binary.Uvarint(t.rest)
	if n <= 0 {
		t.bad = true
		return 0
	}
	t.rest = t.rest[n:]
	return v
}

func (t *thriftWalk) skip(n uint64) {
	if n > uint64(len(t.rest)) {
		t.bad = true
		return
	}
	t.rest = t.rest[n:]
}
