package simulate

import (
	"context"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sync/errgroup"

	"perennial/pipeline/history"
)

// blockSize is the number of customers whose rows are made at once: 2 MB of
// orders, which a disk takes well and a worker makes in some 50 ms.
const blockSize = 1000

// Summary says what Run wrote.
type Summary struct {
	Start, End  history.Day // days Start to End-1 are simulated; the truth is as of End
	Customers   int
	Products    int
	Orders      int
	Lines       int // rows of orders.csv, returns included
	Returns     int // of these, lines that came back
	Engagements int
	Actions     int
}

// Run simulates a shop and writes it into the folder dir, which is made if it is
// absent. It overwrites nothing: an existing file of the same name is an error.
// When Run fails or ctx ends, the files written so far are removed. progress, if
// not nil, is called from one goroutine with the customers done so far.
//
// The same Config gives the same bytes, whatever GOMAXPROCS is. Memory is bounded
// by the number of processors, not of customers.
func Run(ctx context.Context, cfg Config, dir string, progress func(done, total int)) (*Summary, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("simulate: %w", err)
	}
	out, err := create(dir)
	if err != nil {
		return nil, fmt.Errorf("simulate: %w", err)
	}
	shop := newShop(cfg)
	summary := &Summary{Start: cfg.Start, End: cfg.End(), Customers: cfg.Customers, Products: cfg.Products}
	err = out.writeShop(cfg, shop)
	if err == nil {
		err = inOrder(ctx, shop, cfg.Customers, func(b *block) error {
			if err := out.writeBlock(b); err != nil {
				return err
			}
			b.count.addTo(summary)
			if progress != nil {
				progress(b.last, cfg.Customers)
			}
			return nil
		})
	}
	if err = out.close(err); err != nil {
		return nil, fmt.Errorf("simulate: write shop into %s: %w", dir, err)
	}
	return summary, nil
}

// inOrder makes all customers of s, a block at a time on every processor, and
// hands the blocks to write in order.
func inOrder(ctx context.Context, s *shop, customers int, write func(*block) error) error {
	workers := runtime.GOMAXPROCS(0)
	group, ctx := errgroup.WithContext(ctx)
	free := make(chan *block, 2*workers) // every block there is
	for range cap(free) {
		free <- newBlock()
	}
	todo := make(chan *block)
	ordered := make(chan *block, cap(free))

	group.Go(func() error {
		defer close(todo)
		defer close(ordered)
		for first := 1; first <= customers && ctx.Err() == nil; first += blockSize {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case b := <-free:
				b.first, b.last = first, min(first+blockSize-1, customers)
				ordered <- b
				select {
				case <-ctx.Done():
					return ctx.Err()
				case todo <- b:
				}
			}
		}
		return ctx.Err()
	})
	for range workers {
		group.Go(func() error {
			maker := newMaker(s)
			for b := range todo {
				maker.make(b)
				b.made <- struct{}{}
			}
			return nil
		})
	}
	group.Go(func() error {
		for b := range ordered {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-b.made:
			}
			if err := write(b); err != nil {
				return err
			}
			free <- b
		}
		return nil
	})
	return group.Wait()
}
