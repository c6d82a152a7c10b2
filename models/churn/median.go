package churn

// median returns the element of v, which holds one at least and no NaN, that
// has (len(v)-1)/2 elements before it in ascending order. It moves the elements
// and takes linear time on average (Hoare's selection, 1961).
func median(v []float32) float32 {
	k := (len(v) - 1) / 2
	low, high := 0, len(v)-1
	for low < high {
		pivot := v[low+(high-low)/2]
		i, j := low, high
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for pivot < v[j] {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			high = j
		case k >= i:
			low = i
		default:
			return v[k]
		}
	}
	return v[k]
}
