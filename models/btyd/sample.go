package btyd

// sample returns about limit customers of more, chosen by a hash of their place:
// the same ones every time.
func sample(customers []Customer, d *design, limit int) ([]Customer, *design) {
	if len(customers) <= limit {
		return customers, d
	}
	threshold := uint64(float64(limit) / float64(len(customers)) * (1 << 63) * 2)
	sampled, chosen := make([]Customer, 0, limit), *d
	chosen.group = nil
	for i := range customers {
		if hash(uint64(i)) >= threshold {
			continue
		}
		sampled = append(sampled, customers[i])
		if d.group != nil {
			chosen.group = append(chosen.group, d.group[i])
		}
	}
	return sampled, &chosen
}

// hash mixes the bits of i (Steele, Lea & Flood 2014, SplitMix64).
func hash(i uint64) uint64 {
	i += 0x9e3779b97f4a7c15
	i = (i ^ i>>30) * 0xbf58476d1ce4e5b9
	i = (i ^ i>>27) * 0x94d049bb133111eb
	return i ^ i>>31
}
