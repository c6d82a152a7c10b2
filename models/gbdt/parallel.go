package gbdt

import (
	"sync"
	"sync/atomic"
)

// forEach calls do(0) … do(n-1) from workers goroutines and waits for them.
// Which worker takes which index is open: do(k) writes only what belongs to k.
func forEach(workers, n int, do func(k int)) {
	workers = min(workers, n)
	if workers <= 1 {
		for k := range n {
			do(k)
		}
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	work := func() {
		for k := int(next.Add(1)) - 1; k < n; k = int(next.Add(1)) - 1 {
			do(k)
		}
	}
	for range workers - 1 {
		wait.Go(work)
	}
	work()
	wait.Wait()
}

// sumBlock is the number of rows whose sums are taken in row order; the blocks'
// sums are added in block order. It is part of the definition of a model.
const sumBlock = 1 << 14

func blocks(rows, size int) int { return (rows + size - 1) / size }

// forBlocks calls do for each block of size rows.
func forBlocks(workers, rows, size int, do func(block, first, last int)) {
	forEach(workers, blocks(rows, size), func(k int) {
		do(k, k*size, min((k+1)*size, rows))
	})
}
