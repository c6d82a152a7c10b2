package evaluate

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Interval is a difference and its uncertainty.
type Interval struct {
	Difference float64
	Low        float64 // 2.5% quantile over the replicates
	High       float64 // 97.5% quantile over the replicates
}

// Decided reports whether the interval leaves 0 out.
func (i Interval) Decided() bool { return i.Low > 0 || i.High < 0 }

// Bootstrap returns the mean of a[i] − b[i] with its paired percentile interval
// (Efron 1979): each replicate draws as many rows with replacement as there are.
// a and b hold the losses of two predictions of the same rows, such as LogLosses
// gives. Rows that belong together, as those of one customer at several cutoffs
// do, must be summed to one before. Default of replicates for 0: 1000.
//
// Replicate k draws from a generator of its own, seeded by seed and k, so that
// the result does not depend on the number of cores. All is NaN if there are no
// rows or a loss is NaN. It takes rows × replicates time: a million rows and
// 1000 replicates some seconds.
func Bootstrap(a, b []float64, replicates int, seed uint64) Interval {
	sameLength(a, b, nil)
	if replicates == 0 {
		replicates = 1000
	}
	differences := make([]float64, len(a))
	sum := 0.0
	for i := range a {
		differences[i] = a[i] - b[i]
		sum += differences[i]
	}
	observed := sum / float64(len(a))
	if math.IsNaN(observed) || replicates < 1 {
		return Interval{math.NaN(), math.NaN(), math.NaN()}
	}
	means := resample(differences, replicates, seed)
	slices.Sort(means)
	return Interval{observed, quantile(means, 0.025), quantile(means, 0.975)}
}

// resample returns the mean of each replicate.
func resample(v []float64, replicates int, seed uint64) []float64 {
	means := make([]float64, replicates)
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(replicates, runtime.GOMAXPROCS(0)) {
		wait.Go(func() {
			for k := int(next.Add(1)) - 1; k < replicates; k = int(next.Add(1)) - 1 {
				rng := rand.New(rand.NewPCG(seed, uint64(k)))
				sum := 0.0
				for range v {
					sum += v[rng.Uint64N(uint64(len(v)))]
				}
				means[k] = sum / float64(len(v))
			}
		})
	}
	wait.Wait()
	return means
}

// quantile returns the q quantile of sorted values, linear between them (type 7
// of Hyndman & Fan 1996).
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	k := int(at)
	if k == len(sorted)-1 {
		return sorted[k]
	}
	return sorted[k] + (at-float64(k))*(sorted[k+1]-sorted[k])
}
