package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"perennial/models/evaluate"
	"perennial/models/leaderboard"
)

// LearnOptions says which learners are judged on which tables.
type LearnOptions struct {
	Train, Test string   // files: CSV, TSV, JSON or Parquet
	Label       string   // column of two values, in both tables
	Positive    string   // the value of them that is predicted; "" means yes, true, the larger number or the later text
	Learners    []string // names; none means logistic
	Params      []string // key=value, or learner.key=value when there are several learners
	Predictions string   // CSV to write: the test rows and their probabilities; "" means none
	Model       string   // file to write the best learner to; "" means none
	JSON        bool     // print JSON instead of tables for people
}

// trial is how one learner did.
type trial struct {
	learner        string
	asked          bool // false for a floor that nobody asked for
	model          leaderboard.Model
	predictions    []float64 // of the test rows, in their order
	report         evaluate.Report
	trainSeconds   float64
	predictSeconds float64
	peakRSSBytes   int64 // of the process, until the learner had predicted
}

// Learn fits learners on one plain table, judges them on another and prints how
// well each did, beside the base rate of the training table. With Predictions it
// writes the test rows in their order and, as last column, the probability of the
// best learner; with Model, the file of that learner. The best has the lowest log
// loss on the test table.
//
// Wrong options are errors with ExitUsage, tables that cannot be learnt from with
// ExitData, absent ones with ExitInput.
func Learn(ctx context.Context, opts LearnOptions, env Env, out io.Writer) error {
	if err := learn(ctx, opts, env, out); err != nil {
		return fmt.Errorf("lab learn: %w", err)
	}
	return nil
}

func learn(ctx context.Context, opts LearnOptions, env Env, out io.Writer) error {
	learners, err := opts.check()
	if err != nil {
		return err
	}
	task, err := readLearnTask(ctx, opts)
	if err != nil {
		return err
	}
	result := &learnResult{task: task, added: predictionColumns(learners)}
	if opts.Predictions != "" {
		if err := task.roomFor(result.added); err != nil {
			return fmt.Errorf("%s: %w", opts.Test, err)
		}
	}
	for _, l := range learners {
		t, err := task.try(ctx, l, env.Clock)
		if err != nil {
			return err
		}
		result.trials = append(result.trials, t)
	}
	result.judge()
	if err := result.save(opts); err != nil {
		return err
	}
	if opts.JSON {
		return result.printJSON(out)
	}
	return result.print(out)
}

// check returns the learners to run, or why the options are wrong.
func (o LearnOptions) check() ([]labLearner, error) {
	for _, needed := range []struct{ flag, value string }{{"train", o.Train}, {"test", o.Test}, {"label", o.Label}} {
		if needed.value == "" {
			return nil, labUsage("--%s is missing (name the training table, the test table and the label column)", needed.flag)
		}
	}
	used := []struct{ flag, path string }{{"train", o.Train}, {"test", o.Test}}
	for _, written := range []struct{ flag, path string }{{"predictions", o.Predictions}, {"model", o.Model}} {
		if written.path == "" {
			continue
		}
		for _, other := range used {
			if sameFile(written.path, other.path) {
				return nil, labUsage("--%s %s is also --%s (write to another file)", written.flag, written.path, other.flag)
			}
		}
		if _, err := os.Stat(filepath.Dir(written.path)); err != nil {
			return nil, labUsage("--%s: %w (make the folder first)", written.flag, err)
		}
		used = append(used, written)
	}
	return chooseLearners(o.Learners, o.Params)
}

// sameFile reports whether two paths lead to one file.
func sameFile(a, b string) bool {
	if filepath.Clean(a) == filepath.Clean(b) {
		return true
	}
	first, err := os.Stat(a)
	second, err2 := os.Stat(b)
	return errors.Join(err, err2) == nil && os.SameFile(first, second)
}

// try fits a learner on the training rows and judges it on the test rows.
func (t *learnTask) try(ctx context.Context, l labLearner, clock func() time.Time) (trial, error) {
	start := clock()
	model, err := l.fit(ctx, t.train)
	if err != nil {
		return trial{}, fmt.Errorf("%s: %w", l.name, err)
	}
	fitted := clock()
	predictions := make([]float64, len(t.test.Y))
	if err := model.Predict(predictions, t.test.Columns, t.test.X); err != nil {
		return trial{}, fmt.Errorf("%s: %w", l.name, err)
	}
	return trial{
		learner: l.name, asked: l.asked, model: model, predictions: predictions,
		trainSeconds: fitted.Sub(start).Seconds(), predictSeconds: clock().Sub(fitted).Seconds(),
		report: evaluate.Binary(t.test.Y, predictions), peakRSSBytes: peakRSS(),
	}, nil
}
