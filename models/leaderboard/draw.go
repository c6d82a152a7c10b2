package leaderboard

import "math"

// Draw returns which rows belong to a sample of about limit of them, given the
// hash of each row's customer. Every row is drawn by that hash and its place among
// the customer's rows, whoever else is there. Rows are drawn and not customers,
// because what a customer does after one cutoff says most of what she does after
// the next: 40,000 rows of 40,000 customers tell more than those of 3,000.
func Draw(group []uint64, limit int) func(row int) bool {
	if len(group) <= limit {
		return func(int) bool { return true }
	}
	highest := uint64(float64(limit) / float64(len(group)) * math.MaxUint64)
	drawn := make([]bool, len(group))
	before := make(map[uint64]uint64)
	for i, customer := range group {
		drawn[i] = mix(customer+before[customer]) < highest
		before[customer]++
	}
	return func(row int) bool { return drawn[row] }
}

// Sample returns about limit of the rows, drawn one by one.
func (r Rows) Sample(limit int) Rows {
	if len(r.Y) <= limit {
		return r
	}
	return r.Where(Draw(r.Group, limit))
}

// mix is the finaliser of SplitMix64 (Steele, Lea and Flood 2014).
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
