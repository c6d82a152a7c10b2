package gbdt

// What a key draws. Draws of different kinds share no stream.
const (
	drawEdges uint64 = iota + 1
	drawLimit
	drawRows
	drawColumns
	drawRounding
)

// stream returns the key of the draws of one kind in one round.
func stream(seed, kind, round uint64) uint64 {
	return mix(mix(mix(seed)+kind) + round)
}

// mix is the finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable
// pseudorandom number generators", 2014).
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// chosen says whether index belongs to a keyed sample of the given fraction.
func chosen(key, index uint64, fraction float64) bool {
	return float64(mix(key+index)>>11) < fraction*(1<<53)
}
