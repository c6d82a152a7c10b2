package simulate

import (
	"math"
	"math/rand/v2"
)

// A stream is an independent source of random numbers of one customer. Streams
// are apart so that a change in one aspect leaves the others as they were.
type stream int

const (
	traitStream stream = iota
	actionStream
	lifeStream
	basketStream
	engagementStream
	streamCount
)

// catalogueStream lies beyond every customer's streams.
const catalogueStream = math.MaxUint64

// dice holds the streams of the customer last rolled for.
type dice struct {
	sources [streamCount]rand.PCG
	rands   [streamCount]*rand.Rand
}

func newDice() *dice {
	d := new(dice)
	for s := range d.rands {
		d.rands[s] = rand.New(&d.sources[s])
	}
	return d
}

// reseed starts all streams of a customer.
func (d *dice) reseed(seed uint64, customer int) {
	for s := range d.sources {
		d.sources[s].Seed(seed, scramble(uint64(customer)*uint64(streamCount)+uint64(s)))
	}
}

func (d *dice) of(s stream) *rand.Rand { return d.rands[s] }

// scramble is the finaliser of SplitMix64 (Steele, Lea and Flood 2014): counters
// become seeds that share no pattern.
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// gamma draws from the gamma distribution with scale 1 (Marsaglia and Tsang
// 2000, with their boost for shapes below 1).
func gamma(r *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gamma(r, shape+1) * math.Pow(1-r.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(1-r.Float64()) < x*x/2+d*(1-v+math.Log(v)) {
			return d * v
		}
	}
}

func beta(r *rand.Rand, a, b float64) float64 {
	x := gamma(r, a)
	return x / (x + gamma(r, b))
}

func logNormal(r *rand.Rand, median, sigma float64) float64 {
	return median * math.Exp(sigma*r.NormFloat64())
}

// poisson counts the arrivals of a unit Poisson process until mean; its cost
// grows with mean, which is small everywhere here.
func poisson(r *rand.Rand, mean float64) int {
	n := 0
	for t := r.ExpFloat64(); t < mean; t += r.ExpFloat64() {
		n++
	}
	return n
}

// pick returns the index of the first cumulative weight above u times the total.
func pick(cumulative []float64, u float64) int {
	u *= cumulative[len(cumulative)-1]
	low, high := 0, len(cumulative)-1
	for low < high {
		mid := (low + high) / 2
		if cumulative[mid] > u {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low
}
