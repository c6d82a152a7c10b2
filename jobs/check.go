package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"perennial/command"
	"perennial/pipeline/extract"
	"perennial/pipeline/history"
)

// Check reads the sources as tonight would, into a folder that is removed
// again, and says what tonight would do. The store is not touched, but for sources
// in buckets, which tonight then need not fetch. Databases are asked what a pull
// would do; what was pulled before stands for their rows. Erased customers are left
// out, as they will be.
func Check(ctx context.Context, cfg Config, asOf history.Day, env command.Env, out io.Writer) (err error) {
	if cfg, err = withoutErased(ctx, cfg); err != nil {
		return err
	}
	if ready, err := foreseePulls(ctx, &cfg, asOf, out); !ready || err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "perennial-check-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	inputs, err := localInputs(ctx, cfg)
	if err != nil {
		return command.Input(err)
	}
	report, err := extract.Run(ctx, inputs, asOf, dir, env.Log)
	if err != nil {
		return command.Input(err)
	}
	fmt.Fprintf(out, "%s as of %s\n\n%s\n", cfg.Shop, asOf, report)
	s, err := openShop(ctx, cfg, asOf, dir, env.Progress)
	if err != nil {
		return err
	}
	if err := s.fresh(); err != nil {
		return err
	}
	days := s.churnHorizon()
	fmt.Fprintf(out, "%d customers, %d of them with orders, from %s to %s\n", s.survey.customers, s.survey.buyers, s.survey.first, s.survey.newest)
	fmt.Fprintf(out, "median gap between orders %d days; churn is no order within %d days\n", s.survey.gaps.Median(), days)
	plans := planTonight(asOf, s.survey.first, horizons(days), days, cfg.Train.Cutoffs).plans
	for _, horizon := range horizons(days) {
		plan, ok := plans[horizon]
		if !ok {
			fmt.Fprintf(out, "order within %d days: too little history to train and judge; continued from a shorter horizon\n", horizon)
			continue
		}
		fmt.Fprintf(out, "order within %d days: trains on %d cutoffs from %s to %s, judged on %s\n", horizon, len(plan.Train), plan.Train[0], plan.Train[len(plan.Train)-1], plan.Judge)
	}
	_, err = fmt.Fprintf(out, "Everything is ready: perennial nightly would publish to %s.\n", cfg.Store)
	return err
}
