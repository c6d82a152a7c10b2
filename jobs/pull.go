package jobs

import (
	"context"
	"fmt"
	"io"

	"perennial/command"
	"perennial/pipeline/extract"
	"perennial/pipeline/history"
)

// loads is the folder of a workspace in which what is pulled from databases
// stays, night after night.
const loads = "loads"

// survey looks through the sources on top of the latest extract, after fetching
// those in buckets and pulling those that are databases: what is new of them, and
// everything where everything is to be read again.
func (n *night) survey(ctx context.Context) (*extract.Inputs, error) {
	local, err := localInputs(ctx, n.cfg)
	if err != nil {
		return nil, command.Input(err)
	}
	local.PullAll = n.opts.FullRefresh
	read, err := extract.Pull(ctx, local, n.opts.AsOf, n.work.path(loads), n.env.Log)
	if err != nil {
		return nil, command.Input(err)
	}
	inputs, err := n.recall(ctx).Survey(ctx, read)
	return inputs, command.Input(err)
}

// foreseePulls prints what tonight would pull from databases and makes cfg read
// what was pulled before; ready is false if there is nothing yet.
func foreseePulls(ctx context.Context, cfg *Config, asOf history.Day, out io.Writer) (ready bool, err error) {
	read, plans, err := extract.PlanPulls(ctx, cfg.Config, asOf, newWorkspace(*cfg, nil).path(loads))
	if err != nil {
		return false, command.Input(err)
	}
	ready = true
	for _, plan := range plans {
		ready = ready && plan.Loads > 0
		if _, err := fmt.Fprintln(out, plan.String()); err != nil {
			return false, err
		}
	}
	cfg.Config = read
	if !ready {
		_, err = fmt.Fprintln(out, "The databases answer; their rows can be judged when they have been pulled: perennial extract does, and perennial nightly.")
	}
	return ready, err
}
