package lab

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
)

// rowKey identifies a row by its features. 128 bits of SHA-256 do not collide
// by chance.
type rowKey [16]byte

// equalRows counts the rows of test that equal some row of train in every
// feature; x[j][i] is feature j of row i. Missing equals missing, and 0 equals -0.
func equalRows(train, test [][]float32) int {
	copies := map[rowKey]int{}
	eachKey(test, func(key rowKey) { copies[key]++ })
	n := 0
	eachKey(train, func(key rowKey) {
		n += copies[key]
		delete(copies, key)
	})
	return n
}

// eachKey calls visit with the key of every row.
func eachKey(x [][]float32, visit func(rowKey)) {
	cells := make([]byte, 4*len(x))
	for i := range x[0] {
		for j := range x {
			binary.LittleEndian.PutUint32(cells[4*j:], cellBits(x[j][i]))
		}
		sum := sha256.Sum256(cells)
		visit(rowKey(sum[:16]))
	}
}

// cellBits returns the same bits for equal cells.
func cellBits(v float32) uint32 {
	if v != v {
		return math.MaxUint32
	}
	return math.Float32bits(v + 0)
}
