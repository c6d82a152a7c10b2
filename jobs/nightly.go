// Package jobs holds the scheduled jobs and commands of perennial, one file
// each, that read from top to bottom as they run. Start with Nightly.
package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"perennial/command"
	"perennial/pipeline/extract"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

// NightlyOptions are what one night may be told on the command line.
type NightlyOptions struct {
	AsOf   history.Day // the business day
	Force  bool        // publish though this night was published already
	Accept []string    // gates to override, by name
	Reason string      // why
	By     string      // who says so
}

// Nightly is one night: extract, train when due, score, act, publish. It
// returns what happened, also when a gate held the publish back.
func Nightly(ctx context.Context, cfg Config, opts NightlyOptions, env command.Env) (summary *Summary, err error) {
	night, err := begin(ctx, cfg, opts, env)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, night.end(ctx, err)) }()

	if done, err := night.published(ctx); done || err != nil {
		return night.summary, err
	}
	if err := night.extract(ctx); err != nil {
		return night.summary, err
	}
	if err := night.train(ctx); err != nil {
		return night.summary, during("train", err)
	}
	if err := night.score(ctx); err != nil {
		return night.summary, during("score", err)
	}
	if err := night.act(ctx); err != nil {
		return night.summary, during("act", err)
	}
	return night.summary, night.publish(ctx)
}

// night is the state of one night. Each step fills what the next one reads.
type night struct {
	cfg   Config
	opts  NightlyOptions
	env   command.Env
	store store.Store
	files *store.Folder // the same store, for files that are streamed
	runID string
	start time.Time
	log   bytes.Buffer // what was logged, as JSON lines

	inputs    *extract.Inputs
	shop      *shop
	churnDays int
	models    *predictors
	answers   *answers // of this night's training; nil when none was due
	desk      *desk
	eligible  publish.IDChecksum
	parts     []publish.Part

	summary *Summary
}

// begin opens the store and gives the night its id.
func begin(ctx context.Context, cfg Config, opts NightlyOptions, env command.Env) (*night, error) {
	folder, err := openStore(cfg.Store)
	if err != nil {
		return nil, err
	}
	start := env.Clock()
	n := &night{cfg: cfg, opts: opts, env: env, store: folder, files: folder, start: start}
	n.runID = publish.NewRunID(start, env.Nonce())
	n.env.Log = slog.New(slog.NewMultiHandler(env.Log.Handler(), slog.NewJSONHandler(&n.log, nil))).With("run_id", n.runID)
	n.summary = &Summary{Shop: cfg.Shop, AsOf: opts.AsOf, RunID: n.runID, Store: cfg.Store, Currency: cfg.Currency}
	if n.inputs, err = extract.Survey(ctx, cfg.Config); err != nil {
		return nil, errors.Join(command.Input(err), folder.Close())
	}
	n.env.Log.Info("night begins", "shop", cfg.Shop, "as_of", opts.AsOf.String())
	return n, nil
}

// key identifies a night's result: equal keys give equal scores.
func (n *night) key() string {
	return shortHash(fmt.Appendf(nil, "%s|%s|%s|%s", n.opts.AsOf, n.inputs.Fingerprint(), n.cfg.Hash(), n.env.Version))
}

// published reports whether this very night is published already.
func (n *night) published(ctx context.Context) (bool, error) {
	if n.opts.Force {
		return false, nil
	}
	commit, err := publish.Published(ctx, n.store, n.key())
	if err != nil || commit == nil {
		return false, err
	}
	n.summary.Outcome, n.summary.Commit = "already published", commit.N
	return true, nil
}

// extract reads the sources, or finds them read by an earlier try.
func (n *night) extract(ctx context.Context) error {
	defer n.stage("extract")()
	dir, err := n.files.Path(fmt.Sprintf("history/%s-%s", n.opts.AsOf, n.inputs.Fingerprint()[:16]))
	if err != nil {
		return err
	}
	report, err := extractInto(ctx, n.inputs, n.opts.AsOf, dir, n.env)
	if err := errors.Join(err, n.keepRejects(ctx, dir)); err != nil {
		return err
	}
	n.summary.Extract = report
	if n.shop, err = openShop(ctx, n.cfg, n.opts.AsOf, dir, n.env.Progress); err != nil {
		return err
	}
	n.churnDays = n.shop.churnHorizon()
	return n.shop.fresh()
}

// train trains when due and loads the models in office.
func (n *night) train(ctx context.Context) error {
	defer n.stage("train")()
	due, err := n.shop.trainingDue(ctx, n.store, n.churnDays)
	if err != nil {
		return err
	}
	if due {
		plan := planTonight(n.opts.AsOf, n.shop.survey.first, horizons(n.churnDays), n.churnDays, n.cfg.Train.Cutoffs)
		if plan.imported, err = imported(ctx, n.store, plan); err != nil {
			return err
		}
		if n.answers, err = n.shop.train(ctx, plan, n.churnDays, n.env.Progress); err != nil {
			return err
		}
		if err := n.shop.settle(ctx, n.store, n.answers, n.churnDays); err != nil {
			return err
		}
		if err := n.shop.noteTraining(ctx, n.store, n.churnDays); err != nil {
			return err
		}
		n.summary.addBoards(n.answers)
	}
	if n.models, err = n.shop.champions(ctx, n.store, n.churnDays); err == nil && n.models == nil {
		n.models, err = n.shop.guesses(n.churnDays)
	}
	if err == nil {
		n.summary.addModels(n.models)
	}
	return err
}

// act fills segments and actions and stages the parts.
func (n *night) act(ctx context.Context) error {
	defer n.stage("act")()
	if err := n.desk.propose(ctx, n.env.Progress); err != nil {
		return err
	}
	set := publish.Set{Store: n.store, RunID: n.runID, Buckets: n.desk.buckets}
	n.parts = make([]publish.Part, n.desk.buckets)
	samples := make([][]publish.Score, n.desk.buckets)
	err := n.desk.decide(ctx, n.env.Progress, func(k int, rows []publish.Score) (err error) {
		n.parts[k], err = set.WritePart(ctx, k, rows)
		samples[k] = sampleOf(rows)
		return err
	})
	if err != nil {
		return err
	}
	n.summary.addSamples(samples)
	return nil
}

// publish commits the staged parts, all at once.
func (n *night) publish(ctx context.Context) error {
	defer n.stage("publish")()
	result, err := publish.Set{Store: n.store, RunID: n.runID, Buckets: n.desk.buckets}.Commit(ctx, n.draft())
	return n.summary.settle(result, err, n.env)
}

// draft describes the staged set.
func (n *night) draft() publish.Draft {
	return publish.Draft{
		Parts: n.parts, AsOf: n.opts.AsOf, Eligible: n.eligible, IdempotencyKey: n.key(), Models: n.models.versions,
		Override: n.override(), Force: n.opts.Force, CreatedAt: n.start,
	}
}

// override returns the gates to pass: those a person has chosen, and the one
// against constant scores where the base rate is published on purpose.
func (n *night) override() *publish.Override {
	o := n.opts.override()
	if !n.models.baseRate() {
		return o
	}
	if o == nil {
		o = &publish.Override{Reason: "nothing about who orders can be learnt here, so everybody gets the shop's share", By: "perennial"}
	}
	o.Accept = append(o.Accept, "H12")
	return o
}

// override returns the gates that a person has chosen to pass, nil for none.
func (o NightlyOptions) override() *publish.Override {
	if len(o.Accept) == 0 {
		return nil
	}
	return &publish.Override{Accept: o.Accept, Reason: o.Reason, By: o.By}
}
