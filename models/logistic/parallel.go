package logistic

import (
	"sync"
	"sync/atomic"
)

// forEach calls do(0) … do(n-1) from workers goroutines and waits for them.
// Which worker takes which index is open: do(k) writes only what belongs to k.
func forEach(workers, n int, do func(k int)) {
	workers = min(workers, n)
	if workers == 1 {
		for k := range n {
			do(k)
		}
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for k := int(next.Add(1)) - 1; k < n; k = int(next.Add(1)) - 1 {
				do(k)
			}
		})
	}
	wait.Wait()
}
