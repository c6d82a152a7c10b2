package jobs

import "runtime"

// workers lends a sum to each goroutine that adds to one, so that there are as
// many as work at once, however many buckets there are. It is for sums that do not
// depend on who added what.
type workers[Sum any] struct {
	free  chan *Sum
	empty func() *Sum
}

func newWorkers[Sum any](empty func() *Sum) workers[Sum] {
	return workers[Sum]{make(chan *Sum, runtime.GOMAXPROCS(0)), empty}
}

// add lends a sum to do.
func (w *workers[Sum]) add(do func(sum *Sum) error) error {
	var sum *Sum
	select {
	case sum = <-w.free:
	default:
		sum = w.empty()
	}
	defer func() { w.free <- sum }()
	return do(sum)
}

// merged returns the sum of all, an empty one if nobody added. Nobody may be adding.
func (w *workers[Sum]) merged(merge func(to, from *Sum) error) (*Sum, error) {
	if len(w.free) == 0 {
		return w.empty(), nil
	}
	total := <-w.free
	for len(w.free) > 0 {
		if err := merge(total, <-w.free); err != nil {
			return nil, err
		}
	}
	return total, nil
}
