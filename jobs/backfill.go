package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"
	"time"

	"perennial/command"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

// Reprocess says which days a backfill works on. Each takes in those before it.
type Reprocess string

// The choices of days.
const (
	ReprocessMissing Reprocess = "missing" // never published and never failed
	ReprocessFailed  Reprocess = "failed"  // and those that failed
	ReprocessAll     Reprocess = "all"     // and those that are published, where anything has changed since or is damaged
)

// BackfillOptions say which days are filled.
type BackfillOptions struct {
	From, To  history.Day // both included
	Reprocess Reprocess

	Accept []string // gates to override on each of these days, by name
	Reason string   // why
	By     string   // who says so
}

// failedDay is the note of a day that could not be filled, at failed.json of its
// series.
type failedDay struct {
	Day   history.Day `json:"day"`
	Error string      `json:"error"`
	At    time.Time   `json:"at"`
}

const failedKey = "failed.json"

// seriesOf is where the scores of a past day are kept, a store of its own within the
// shop's: the newest commit of the shop is never moved.
func seriesOf(day history.Day) string { return "backfill/" + day.String() }

// pastDays returns the series that backfills have published, oldest day first.
func pastDays(ctx context.Context, st store.Keeper) ([]string, error) {
	var series []string
	for object, err := range st.List(ctx, "backfill/") {
		if err != nil {
			return nil, err
		}
		if dir, file := path.Split(object.Key); file == firstCommit && strings.HasSuffix(dir, "/commits/") {
			series = append(series, strings.TrimSuffix(dir, "/commits/"))
		}
	}
	return series, nil
}

// firstCommit is the name of a series' first record, which nothing deletes.
const firstCommit = "00000000000000000001.json"

// Backfill publishes past days, oldest first, each to a series of its own. A day
// uses what was known on it: facts before it, and models trained by a day of the
// backfill that is less than train.every older. A day that fails is put on record and
// the rest goes on; the error then tells how many did.
func Backfill(ctx context.Context, cfg Config, opts BackfillOptions, env command.Env, out io.Writer) (err error) {
	switch opts.Reprocess {
	case "":
		opts.Reprocess = ReprocessMissing
	case ReprocessMissing, ReprocessFailed, ReprocessAll:
	default:
		return command.Usage("backfill: --reprocess %q (use missing, failed or all)", opts.Reprocess)
	}
	if opts.From == 0 || opts.To == 0 {
		return command.Usage("backfill: needs --from and --to, the first and the last day (write 2026-11-22)")
	}
	if opts.From > opts.To {
		return &command.Error{Code: command.ExitUsage, Err: fmt.Errorf("backfill: --from %s is after --to %s", opts.From, opts.To)}
	}
	st, err := openStore(cfg.Store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore(st)) }()
	var failures int
	var first error
	for day := opts.From; day <= opts.To; day++ {
		due, damaged, err := opts.due(ctx, store.Within(st, seriesOf(day)))
		var summary *Summary
		if err == nil && due {
			summary, err = opts.fill(ctx, cfg, st, day, damaged, env)
		}
		switch {
		case errors.Is(err, context.Canceled):
			return err
		case err == nil && !due:
			fmt.Fprintf(out, "%s: left as it is\n", day)
		case err != nil:
			failures++
			if first == nil {
				first = fmt.Errorf("%s: %w", day, err)
			}
			fmt.Fprintf(out, "%s: failed: %v\n", day, err)
		case summary.Outcome == "already published":
			fmt.Fprintf(out, "%s: already published as commit %d of %s\n", day, summary.Commit, seriesOf(day))
		default:
			fmt.Fprintf(out, "%s: %s as commit %d of %s, %d customers, models trained as of %s\n", day, summary.Outcome, summary.Commit, seriesOf(day), summary.Rows, summary.trainedAsOf())
		}
	}
	if failures > 0 {
		return &command.Error{Code: command.ExitCode(first), Err: fmt.Errorf("backfill: %d of %d days failed, first %w (mend that and run again with --reprocess failed)", failures, opts.To-opts.From+1, first)}
	}
	return nil
}

// due reports whether the day of a series is to be worked on, and whether it is
// published and damaged, so that it must be published again though nothing changed.
func (o BackfillOptions) due(ctx context.Context, series store.Keeper) (due, damaged bool, err error) {
	if o.Reprocess == ReprocessAll {
		newest, err := publish.VerifyAll(ctx, series, 1)
		if errors.Is(err, publish.ErrNoCommit) {
			return true, false, nil
		}
		return true, err == nil && !newest[0].Whole(), err
	}
	_, err = series.Read(ctx, failedKey)
	if err == nil || !errors.Is(err, store.ErrNotExist) {
		return err == nil && o.Reprocess == ReprocessFailed, false, err
	}
	_, err = publish.Head(ctx, series)
	if errors.Is(err, publish.ErrNoCommit) {
		return true, false, nil
	}
	return false, false, err
}

// fill runs the night of a past day in its series and keeps whether it failed.
func (o BackfillOptions) fill(ctx context.Context, cfg Config, st store.Keeper, day history.Day, force bool, env command.Env) (*Summary, error) {
	series := store.Within(st, seriesOf(day))
	summary, err := Nightly(ctx, cfg, NightlyOptions{AsOf: day, Force: force, Accept: o.Accept, Reason: o.Reason, By: o.By, past: true}, env)
	switch {
	case errors.Is(err, context.Canceled):
		return nil, err
	case err != nil:
		text, encodeErr := json.MarshalIndent(failedDay{day, err.Error(), env.Clock()}, "", "  ")
		return nil, errors.Join(err, encodeErr, series.Replace(ctx, failedKey, append(text, '\n')))
	}
	return summary, series.Delete(ctx, failedKey)
}

// trainedAsOf returns the newest day that a model which scored was trained on, or
// says that none was.
func (s *Summary) trainedAsOf() string {
	var newest history.Day
	for _, card := range s.Cards {
		newest = max(newest, card.TrainedAsOf)
	}
	if newest == 0 {
		return "no day (rules of thumb)"
	}
	return newest.String()
}

// within moves a night of a past day into its series: store and workspace are its
// own, the models those that a day of the backfill trained last, if that is not too
// long ago, and the rows are compared with those of the day before, if that is there.
func (n *night) within(ctx context.Context) (err error) {
	all := n.store
	n.store = store.Within(all, seriesOf(n.opts.AsOf))
	n.work = workspace{filepath.Join(n.work.dir, filepath.FromSlash(seriesOf(n.opts.AsOf))), n.store, n.work.apart}
	n.previous, err = headOf(ctx, store.Within(all, seriesOf(n.opts.AsOf-1)))
	if errors.Is(err, publish.ErrCorrupt) {
		n.env.Log.Warn("the day before cannot be read, and nothing is compared with it", "cause", err)
	} else if err != nil {
		return err
	}
	n.registry = n.store
	for age := range int(n.cfg.Train.Every) {
		series := store.Within(all, seriesOf(n.opts.AsOf-history.Day(age)))
		note, err := readTrainingNote(ctx, series)
		if err != nil {
			return err
		}
		if note != nil {
			n.registry = series
			return nil
		}
	}
	return nil
}
