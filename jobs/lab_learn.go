package jobs

import (
	"context"
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
// loss on the test table. Times are by env.Clock; the peak of memory is that of the
// process so far, without the child in which golearn_liblinear is trained.
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
	if err := result.checkRoom(opts); err != nil {
		return err
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
	if err := o.checkOutputs(); err != nil {
		return nil, err
	}
	return chooseLearners(o.Learners, o.Params)
}

// checkOutputs finds what would fail only after the training, or overwrite
// something that is needed.
func (o LearnOptions) checkOutputs() error {
	type file struct{ flag, path string }
	taken := []file{{"train", o.Train}, {"test", o.Test}}
	for _, output := range []file{{"predictions", o.Predictions}, {"model", o.Model}} {
		if output.path == "" {
			continue
		}
		for _, other := range taken {
			if sameFile(output.path, other.path) {
				return labUsage("--%s %s is also --%s (write to another file)", output.flag, output.path, other.flag)
			}
		}
		if _, err := os.Stat(filepath.Dir(output.path)); err != nil {
			return labUsage("--%s: %w (make the folder first)", output.flag, err)
		}
		taken = append(taken, output)
	}
	return nil
}

// sameFile reports whether two paths lead to one file.
func sameFile(a, b string) bool {
	if filepath.Clean(a) == filepath.Clean(b) {
		return true
	}
	first, errA := os.Stat(a)
	second, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(first, second)
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
