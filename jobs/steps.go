package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"perennial/command"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

// Step is a prefix of the night that can be run by itself.
type Step string

// The steps. Each runs those before it, reusing what is there already.
const (
	StepExtract  Step = "extract"
	StepFeatures Step = "features"
	StepTrain    Step = "train"
	StepScore    Step = "score"
)

// RunStep runs the night up to and including step, without publishing. After
// StepScore, PublishStaged publishes what was staged.
func RunStep(ctx context.Context, cfg Config, step Step, opts NightlyOptions, env command.Env) (summary *Summary, err error) {
	err = alone(ctx, cfg, opts, env, func(ctx context.Context, st store.Keeper, waited string) (err error) {
		summary, err = runStep(ctx, cfg, step, opts, env, st, waited)
		return err
	})
	return summary, err
}

func runStep(ctx context.Context, cfg Config, step Step, opts NightlyOptions, env command.Env, st store.Keeper, waited string) (summary *Summary, err error) {
	n, err := begin(ctx, cfg, opts, env, st, waited)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, n.end(ctx, err)) }()
	n.summary.Outcome = string(step) + " done"

	if err := n.extract(ctx); err != nil || step == StepExtract {
		return n.summary, err
	}
	if step == StepFeatures {
		return n.summary, n.features(ctx)
	}
	if err := n.train(ctx); err != nil || step == StepTrain {
		return n.summary, during("train", err)
	}
	if err := n.score(ctx); err != nil {
		return n.summary, during("score", err)
	}
	if err := n.act(ctx); err != nil {
		return n.summary, during("act", err)
	}
	return n.summary, n.stageDraft(ctx)
}

// staged is the key of the set that was scored last and not published.
const staged = "staged.json"

// stagedSet is a set waiting for PublishStaged.
type stagedSet struct {
	RunID   string        `json:"run_id"`
	Buckets int           `json:"buckets"`
	Base    uint64        `json:"base"` // the commit that its rows are compared with; 0 for none
	Draft   publish.Draft `json:"draft"`
}

// stageDraft leaves the scored set for PublishStaged.
func (n *night) stageDraft(ctx context.Context) error {
	text, err := json.MarshalIndent(stagedSet{n.runID, n.desk.buckets, n.base(), n.draft()}, "", "  ")
	if err != nil {
		return err
	}
	return n.store.Replace(ctx, staged, text)
}

// PublishStaged commits the set that `perennial score` staged last.
func PublishStaged(ctx context.Context, cfg Config, opts NightlyOptions, env command.Env) (summary *Summary, err error) {
	err = alone(ctx, cfg, opts, env, func(ctx context.Context, st store.Keeper, _ string) (err error) {
		summary, err = publishStaged(ctx, cfg, opts, env, st)
		return err
	})
	return summary, err
}

func publishStaged(ctx context.Context, cfg Config, opts NightlyOptions, env command.Env, st store.Keeper) (summary *Summary, err error) {
	text, err := st.Read(ctx, staged)
	if errors.Is(err, store.ErrNotExist) {
		return nil, &command.Error{Code: command.ExitInput, Err: fmt.Errorf("publish: nothing is staged in %s (run: perennial score)", cfg.Store)}
	}
	if err != nil {
		return nil, err
	}
	var set stagedSet
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, &command.Error{Code: command.ExitIO, Err: fmt.Errorf("publish: %s: %w (run perennial score again)", staged, err)}
	}
	if head, err := headOf(ctx, st); err != nil {
		return nil, err
	} else if n := number(head); n != set.Base {
		committed, err := publish.Published(ctx, st, set.Draft.IdempotencyKey)
		if err != nil {
			return nil, err
		}
		if committed == nil {
			return nil, &command.Error{Code: command.ExitTry, Err: fmt.Errorf("publish: what is staged says what has changed since commit %d, and commit %d is the newest by now (run perennial score again)", set.Base, n)}
		}
	}
	summary = &Summary{Shop: cfg.Shop, Store: cfg.Store, RunID: set.RunID, AsOf: set.Draft.AsOf, Currency: cfg.Currency}
	set.Draft.Force = opts.Force
	if chosen := opts.override(); chosen != nil {
		if set.Draft.Override != nil {
			chosen.Accept = append(chosen.Accept, set.Draft.Override.Accept...)
		}
		set.Draft.Override = chosen
	}
	fence := sameErased(st, cfg, set.Draft.ErasureListHash)
	result, err := publish.Set{Store: st, RunID: set.RunID, Buckets: set.Buckets, Fence: fence}.Commit(ctx, set.Draft)
	return summary, summary.settle(result, err, env)
}

// features fills the feature table of the store without scoring.
func (n *night) features(ctx context.Context) error {
	defer n.stage("features")()
	err := n.shop.eachBucket(ctx, n.env.Progress.Step("features", n.shop.extract.Buckets()), func(k int, bucket *history.Bucket) error {
		m, err := n.shop.featuresOf(bucket)
		if err != nil {
			return err
		}
		_, err = n.writeFeatures(ctx, k, m)
		return err
	})
	if err != nil {
		return err
	}
	return n.dropFeatures(ctx)
}
