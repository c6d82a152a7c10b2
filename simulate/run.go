package simulate

import (
	"context"
	"fmt"
	"os"

	"perennial/pipeline/history"
)

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
	summary, err := out.write(ctx, cfg, progress)
	if err = out.close(err); err != nil {
		return nil, fmt.Errorf("simulate: write shop into %s: %w", dir, err)
	}
	return summary, nil
}

// write simulates a shop and writes it.
func (f *folder) write(ctx context.Context, cfg Config, progress func(done, total int)) (*Summary, error) {
	s := newShop(cfg)
	if err := f.writeShop(cfg, s); err != nil {
		return nil, err
	}
	summary := &Summary{Start: cfg.Start, End: cfg.End(), Customers: cfg.Customers, Products: cfg.Products}
	return summary, inOrder(ctx, s, cfg.Customers, func(b *block) error {
		if err := f.writeBlock(b); err != nil {
			return err
		}
		b.count.addTo(summary)
		if progress != nil {
			progress(b.last, cfg.Customers)
		}
		return nil
	})
}
