package publish

import (
	"crypto/md5"
	"encoding/binary"
	"strconv"
)

// hash64 returns the lower 64 bits of the MD5 of a customer's id, what DuckDB
// calls md5_number_lower: SQL and Go agree on where a customer is.
func hash64(customerID string) uint64 {
	sum := md5.Sum([]byte(customerID))
	return binary.LittleEndian.Uint64(sum[8:])
}

// BucketOf returns the hash bucket of a customer, from 0 to buckets-1. Part k of
// a set holds bucket k.
func BucketOf(customerID string, buckets int) int {
	return int(hash64(customerID) % uint64(buckets))
}

// IDChecksum tells whether two sets of customers are the same without holding
// either: their number, and the sum (modulo 2^64) and exclusive or of the hash of
// each id. DuckDB has the same figures as count(*), sum(md5_number_lower(id))
// modulo 2^64 and bit_xor(md5_number_lower(id)). The zero value is the empty set.
type IDChecksum struct {
	Count uint64 `json:"count"`
	Sum   uint64 `json:"sum,string"` // a string: beyond 2^53 JSON readers round
	Xor   uint64 `json:"xor,string"`
}

// Add puts a customer into the set.
func (c *IDChecksum) Add(customerID string) {
	h := hash64(customerID)
	c.Count++
	c.Sum += h
	c.Xor ^= h
}

// Merge adds the customers of another set.
func (c *IDChecksum) Merge(other IDChecksum) {
	c.Count += other.Count
	c.Sum += other.Sum
	c.Xor ^= other.Xor
}

// String formats c as 3 customers, sum 0x…, xor 0x….
func (c IDChecksum) String() string {
	return strconv.FormatUint(c.Count, 10) + " customers, sum 0x" + strconv.FormatUint(c.Sum, 16) + ", xor 0x" + strconv.FormatUint(c.Xor, 16)
}
