package jobs

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// onAllCores calls do for 0 to n-1, as many at a time as there are cores, and tick
// after each. The first error ends the context that the others work under.
func onAllCores(ctx context.Context, n int, tick func(), do func(ctx context.Context, k int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for k := range n {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := do(ctx, k); err != nil {
				return err
			}
			tick()
			return nil
		})
	}
	return group.Wait()
}
