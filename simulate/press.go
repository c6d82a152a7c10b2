package simulate

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// blockSize is the number of customers whose rows are made at once: 1.5 MB of
// orders, which a disk takes well and a worker makes in some 40 ms.
const blockSize = 1000

// press makes blocks on every processor and hands them on in order. There are as
// many blocks as free can hold; each goes free, todo and ordered, free again.
type press struct {
	shop          *shop
	free, ordered chan *block
	todo          chan *block
}

// inOrder makes all customers of s and calls write with their blocks in order.
func inOrder(ctx context.Context, s *shop, customers int, write func(*block) error) error {
	workers := runtime.GOMAXPROCS(0)
	blocks := 2 * workers // a worker is busy while its last block is written
	p := press{
		shop:    s,
		free:    make(chan *block, blocks),
		ordered: make(chan *block, blocks),
		todo:    make(chan *block),
	}
	for range blocks {
		p.free <- newBlock()
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return p.deal(ctx, customers) })
	for range workers {
		group.Go(func() error { return p.work() })
	}
	group.Go(func() error { return p.collect(ctx, write) })
	return group.Wait()
}

// deal gives out the customers in order. It closes the channels, which ends work
// and collect.
func (p *press) deal(ctx context.Context, customers int) error {
	defer close(p.todo)
	defer close(p.ordered)
	for first := 1; first <= customers && ctx.Err() == nil; first += blockSize {
		var b *block
		select {
		case <-ctx.Done():
			return ctx.Err()
		case b = <-p.free:
		}
		b.first, b.last = first, min(first+blockSize-1, customers)
		p.ordered <- b // never blocks: it holds all blocks
		select {
		case <-ctx.Done():
			return ctx.Err()
		case p.todo <- b:
		}
	}
	return ctx.Err()
}

func (p *press) work() error {
	m := newMaker(p.shop)
	for b := range p.todo {
		m.make(b)
		b.made <- struct{}{}
	}
	return nil
}

// collect waits for each block in turn and writes it.
func (p *press) collect(ctx context.Context, write func(*block) error) error {
	for b := range p.ordered {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-b.made:
		}
		if err := write(b); err != nil {
			return err
		}
		p.free <- b
	}
	return nil
}
