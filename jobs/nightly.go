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
	Force  bool        // publish though this night, or a later one, is published already, and past a newest commit that is damaged
	Accept []string    // gates to override, by name
	Reason string      // why
	By     string      // who says so

	Wait        time.Duration // for another run to end; 0 is to be told at once
	FullRefresh bool          // read all files and pull all rows, whatever earlier nights remember

	past bool // of a backfill: the day is published to a series of its own
}

// Nightly is one night: extract, train when due, score, act, publish. It
// returns what happened, also when a gate held the publish back. Nights that did not
// run are filled afterwards if the configuration says so.
func Nightly(ctx context.Context, cfg Config, opts NightlyOptions, env command.Env) (summary *Summary, err error) {
	err = alone(ctx, cfg, opts, env, func(ctx context.Context, st store.Keeper, waited string) (err error) {
		summary, err = oneNight(ctx, cfg, opts, env, st, waited)
		return err
	})
	if err != nil || len(summary.Missed) == 0 {
		return summary, err
	}
	return summary, summary.catchUp(ctx, cfg, env)
}

func oneNight(ctx context.Context, cfg Config, opts NightlyOptions, env command.Env, st store.Keeper, waited string) (summary *Summary, err error) {
	night, err := begin(ctx, cfg, opts, env, st, waited)
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
	if err := night.publish(ctx); err != nil {
		return night.summary, err
	}
	return night.summary, night.noteMissed(ctx)
}

// night is the state of one night. Each step fills what the next one reads.
type night struct {
	cfg      Config
	opts     NightlyOptions
	env      command.Env
	store    store.Keeper
	list     store.Keeper // where the erased customers are; the store, but for a past day
	registry store.Keeper // where the models are; the store, but for a past day
	work     workspace
	runID    string
	start    time.Time
	resumed  bool         // it goes on with a night that was killed
	log      bytes.Buffer // what was logged, as JSON lines

	inputs    *extract.Inputs
	history   string          // key of the extract
	office    office          // who scores: those in office, after tonight's promotions
	previous  *publish.Reader // what rows are compared with; nil for none
	shop      *shop
	churnDays int
	models    *predictors
	spool     *spool
	desk      *desk
	eligible  publish.IDChecksum
	parts     []publish.Part

	summary *Summary
}

// begin looks at the sources and gives the night its id, that of a killed night if
// it goes on with one.
func begin(ctx context.Context, cfg Config, opts NightlyOptions, env command.Env, st store.Keeper, waited string) (*night, error) {
	n := &night{cfg: cfg, opts: opts, env: env, store: st, list: st, registry: st, work: newWorkspace(cfg, st)}
	var err error
	if n.cfg.Erased, err = loadErased(ctx, st, cfg); err != nil {
		return nil, err
	}
	if n.inputs, err = n.survey(ctx); err != nil {
		return nil, err
	}
	if err := n.settleIn(ctx); err != nil {
		return nil, errors.Join(err, n.inputs.Close())
	}
	n.spool = &spool{n.work.path("spool/" + n.runID)}
	n.env.Log = slog.New(slog.NewMultiHandler(env.Log.Handler(), slog.NewJSONHandler(&n.log, nil))).With("run_id", n.runID)
	n.summary = &Summary{Shop: cfg.Shop, AsOf: opts.AsOf, RunID: n.runID, Store: cfg.Store, Currency: cfg.Currency}
	if waited != "" {
		n.summary.Notes = append(n.summary.Notes, waited)
	}
	n.env.Log.Info("night begins", "shop", cfg.Shop, "as_of", opts.AsOf.String(), "resumed", n.resumed)
	if n.resumed {
		n.summary.Notes = append(n.summary.Notes, fmt.Sprintf("This night began at %s and was cut short; it went on where it was.", n.start.UTC().Format(time.RFC3339)))
	}
	return n, nil
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
	if n.resumed && commit.RunID == n.runID {
		n.summary.Outcome, n.summary.Rows, n.summary.Gates = "published", commit.Rows, commit.Gates // and then killed
	}
	return true, nil
}

// extract reads the sources, or finds them read by an earlier try, and surveys the
// shop.
func (n *night) extract(ctx context.Context) error {
	n.history = fmt.Sprintf("history/%s-%s", n.opts.AsOf, n.inputs.Fingerprint()[:16])
	dir := n.work.path(n.history)
	if err := n.readSources(ctx, dir); err != nil {
		return err
	}
	return n.openShop(ctx, dir)
}

func (n *night) readSources(ctx context.Context, dir string) error {
	defer n.stage("extract")()
	report, err := n.extractInto(ctx, dir)
	if err := errors.Join(err, n.keepRejects(ctx, dir)); err != nil {
		return err
	}
	if err := n.noteExtract(ctx); err != nil {
		return err
	}
	n.summary.Extract = report
	n.noteLate(report)
	return nil
}

func (n *night) openShop(ctx context.Context, dir string) (err error) {
	defer n.stage("survey")()
	if n.shop, err = openShop(ctx, n.cfg, n.opts.AsOf, dir, n.env.Progress); err != nil {
		return err
	}
	n.churnDays = n.shop.churnHorizon()
	return n.shop.fresh()
}

// train trains when due and loads the models in office.
func (n *night) train(ctx context.Context) error {
	defer n.stage("train")()
	decided, err := n.decide(ctx)
	if err != nil {
		return err
	}
	if decided != nil {
		if err := decided.promote(ctx, n); err != nil {
			return err
		}
		n.office = n.office.after(decided.Promotions)
		n.summary.Trained, n.summary.Calibration = decided.Boards, decided.Calibration
	}
	if n.models, err = n.shop.champions(ctx, n.registry, n.churnDays); err == nil && n.models == nil {
		n.models, err = n.shop.guesses(n.churnDays)
	}
	if err == nil {
		n.summary.addModels(n.models)
	}
	return err
}

// decide trains if that is due and returns what it decided, nil if not. A training
// that ended before the night was killed is found, not done again.
func (n *night) decide(ctx context.Context) (*trained, error) {
	if decided, err := readTrained(ctx, n.store, n.runID); decided != nil || err != nil {
		return decided, err
	}
	due, lost, err := n.shop.trainingDue(ctx, n.registry, n.churnDays)
	if !due || err != nil {
		return nil, err
	}
	if lost != nil {
		n.env.Log.Warn("models are trained anew", "cause", lost)
		n.summary.Notes = append(n.summary.Notes, fmt.Sprintf("Models are damaged and were trained anew: %v.", lost))
	}
	if n.registry != n.store { // a past day trains for itself
		n.registry = n.store
		if n.office, err = readOffice(ctx, n.registry, n.cfg); err != nil {
			return nil, err
		}
	}
	plan := planTonight(n.opts.AsOf, n.shop.survey.first, horizons(n.churnDays), n.churnDays, n.cfg.Train.Cutoffs)
	if plan.imported, err = imported(ctx, n.store, plan); err != nil {
		return nil, err
	}
	all, err := n.shop.train(ctx, plan, n.churnDays, n.env.Progress)
	if err != nil {
		return nil, err
	}
	promotions, err := n.shop.settle(ctx, n.store, all, n.churnDays)
	if err != nil {
		return nil, err
	}
	n.env.Log.Debug("models trained")
	return newTrained(all, promotions).write(ctx, n.store, n.runID)
}

// act fills segments and actions and stages the parts.
func (n *night) act(ctx context.Context) error {
	defer n.stage("act")()
	if !n.spool.noted(proposedNote, &n.desk.thresholds) {
		if err := n.desk.propose(ctx, n.env.Progress); err != nil {
			return err
		}
		if err := n.spool.note(proposedNote, n.desk.thresholds); err != nil {
			return err
		}
	}
	staged := make([]stagedPart, n.desk.buckets)
	err := n.desk.each(ctx, n.env.Progress.Step("decide", n.desk.buckets), func(k int) error {
		if n.spool.noted(partNote(k), &staged[k]) {
			return nil
		}
		return n.stagePart(ctx, k, &staged[k])
	})
	if err != nil {
		return err
	}
	n.noteDamage()
	n.parts = make([]publish.Part, len(staged))
	samples := make([][]publish.Score, len(staged))
	for k := range staged {
		n.parts[k], samples[k] = staged[k].Part, staged[k].Sample
	}
	n.summary.addSamples(samples)
	return nil
}

// noteDamage tells of a commit before that cannot be read whole. The night does not
// depend on it, and mends what readers see.
func (n *night) noteDamage() {
	if err := errors.Join(n.desk.damaged...); err != nil {
		n.env.Log.Warn("part of the newest commit cannot be read", "cause", err)
		n.summary.Notes = append(n.summary.Notes, fmt.Sprintf("Commit %d is damaged, and customers in its damaged parts are taken for new: no change since it is shown. What it is: perennial verify --commit %d.", n.base(), n.base()))
	}
}

// publish commits the staged parts, all at once.
func (n *night) publish(ctx context.Context) error {
	defer n.stage("publish")()
	set := publish.Set{Store: n.store, RunID: n.runID, Buckets: n.desk.buckets, Fence: sameErased(n.list, n.cfg, n.cfg.Erased.Hash())}
	result, err := set.Commit(ctx, n.draft())
	if err == nil && result.Commit.Base == 0 {
		// An erasure that found no commit had none to stop this one with.
		err = set.Fence(ctx)
	}
	if errors.Is(err, errListGrown) {
		return errors.Join(err, n.eraseAgain(ctx))
	}
	return n.summary.settle(result, err, n.env)
}

// draft describes the staged set.
func (n *night) draft() publish.Draft {
	return publish.Draft{
		Parts: n.parts, AsOf: n.opts.AsOf, Eligible: n.eligible, IdempotencyKey: n.key(), ErasureListHash: n.cfg.Erased.Hash(), Models: n.models.versions,
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
