package lab

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"perennial/command"
	"perennial/models/evaluate"
	"perennial/models/leaderboard"
)

// LearnOptions says which learners are judged on which tables.
type LearnOptions struct {
	Train, Test string   // files: CSV, TSV, JSON or Parquet
	Label       string   // column of two values, in both tables
	Positive    string   // the value of them that is predicted; "" means yes, true, the larger number or the later text
	Learners    []string // names; none means logistic, or none beside Model
	Params      []string // key=value, or learner.key=value when there are several learners
	Predictions string   // CSV to write: the test rows and their probabilities; "" means none
	Save        string   // file to write the best learner to; "" means none
	Model       string   // LightGBM model text to judge beside the learners; "" means none
	Shap        string   // CSV or Parquet to write contributions to; "" means none
	Importance  string   // CSV to write importances to, "-" to print them; "" means none
	Curve       bool     // judge fits on 1/8, 1/4 and 1/2 of the training rows too
	JSON        bool     // print JSON instead of tables for people
}

// toTerminal is the Importance that is printed.
const toTerminal = "-"

// trial is how one learner did.
type trial struct {
	learner        string
	asked          bool // false for a floor that nobody asked for
	model          leaderboard.Model
	test           labRows   // as the model takes them
	predictions    []float64 // of the test rows, in their order
	report         evaluate.Report
	trainSeconds   float64
	predictSeconds float64
	peakRSSBytes   int64 // of the process, until the learner had predicted
}

// Learn fits learners on one plain table, judges them on another and prints how
// well each did, beside the base rate of the training table. With Predictions it
// writes the test rows in their order and, as last column, the probability of the
// best learner; with Save, the file of that learner; with Shap, what moved each of
// its predictions. The best has the lowest log loss on the test table. Times are by
// env.Clock; the peak of memory is that of the process so far, without the child in
// which golearn_liblinear is trained.
//
// Wrong options are errors with command.ExitUsage, tables that cannot be learnt from with
// command.ExitData, absent ones with command.ExitInput.
func Learn(ctx context.Context, opts LearnOptions, env command.Env, out io.Writer) error {
	if err := learn(ctx, opts, env, out); err != nil {
		return fmt.Errorf("lab learn: %w", err)
	}
	return nil
}

func learn(ctx context.Context, opts LearnOptions, env command.Env, out io.Writer) error {
	learners, err := opts.check()
	if err != nil {
		return err
	}
	task, err := readLearnTask(ctx, opts)
	if err != nil {
		return err
	}
	if opts.Model != "" {
		model, err := task.readModel(opts.Model)
		if err != nil {
			return err
		}
		learners = append([]labLearner{model}, learners...)
	}
	result := &learnResult{task: task, added: predictionColumns(learners), printed: opts.Importance == toTerminal}
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
	if err := result.measure(ctx, opts, learners); err != nil {
		return err
	}
	if err := result.save(opts); err != nil {
		return err
	}
	if opts.JSON {
		return result.printJSON(out)
	}
	return result.print(out)
}

// measure fills what was asked for beside the figures of the learners.
func (r *learnResult) measure(ctx context.Context, opts LearnOptions, learners []labLearner) (err error) {
	if opts.Curve {
		if r.curve, err = r.task.learningCurve(ctx, learners, r.trials); err != nil {
			return err
		}
	}
	if opts.Importance != "" {
		r.importance, err = r.importances()
	}
	return err
}

// check returns the learners to run, or why the options are wrong.
func (o LearnOptions) check() ([]labLearner, error) {
	for _, needed := range []struct{ flag, value string }{{"train", o.Train}, {"test", o.Test}, {"label", o.Label}} {
		if needed.value == "" {
			return nil, command.Usage("--%s is missing (name the training table, the test table and the label column)", needed.flag)
		}
	}
	if err := o.checkOutputs(); err != nil {
		return nil, err
	}
	if len(o.Learners) == 0 && o.Model == "" {
		o.Learners = []string{"logistic"}
	}
	if err := o.checkExplained(); err != nil {
		return nil, err
	}
	return chooseLearners(o.Learners, o.Params)
}

// checkExplained refuses contributions of learners that have none.
func (o LearnOptions) checkExplained() error {
	says := func(name string) bool { return name == "logistic" || name == "boosting" }
	if o.Shap != "" && o.Model == "" && !slices.ContainsFunc(o.Learners, says) {
		return command.Usage("--shap: none of the learners says what moves its predictions (add logistic or boosting)")
	}
	return nil
}

// checkOutputs finds what would fail only after the training, or overwrite
// something that is needed.
func (o LearnOptions) checkOutputs() error {
	type file struct{ flag, path string }
	taken := []file{{"train", o.Train}, {"test", o.Test}, {"model", o.Model}}
	outputs := []file{{"predictions", o.Predictions}, {"save", o.Save}, {"shap", o.Shap}, {"importance", o.Importance}}
	for _, output := range outputs {
		if output.path == "" || output == (file{"importance", toTerminal}) {
			continue
		}
		for _, other := range taken {
			if other.path != "" && sameFile(output.path, other.path) {
				return command.Usage("--%s %s is also --%s (write to another file)", output.flag, output.path, other.flag)
			}
		}
		if _, err := os.Stat(filepath.Dir(output.path)); err != nil {
			return command.Usage("--%s: %w (make the folder first)", output.flag, err)
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
	train, _ := t.rowsOf(l)
	start := clock()
	model, err := l.fit(ctx, train)
	if err != nil {
		return trial{}, fmt.Errorf("%s: %w", l.name, err)
	}
	fitted := clock()
	of, err := t.judge(l, model)
	if err != nil {
		return trial{}, fmt.Errorf("%s: %w", l.name, err)
	}
	of.trainSeconds, of.predictSeconds = fitted.Sub(start).Seconds(), clock().Sub(fitted).Seconds()
	of.peakRSSBytes = command.PeakRSS()
	return of, nil
}

// judge lets a fitted model predict the test rows.
func (t *learnTask) judge(l labLearner, model leaderboard.Model) (trial, error) {
	_, test := t.rowsOf(l)
	predictions := make([]float64, len(test.Y))
	if err := model.Predict(predictions, test.Columns, test.X); err != nil {
		return trial{}, err
	}
	return trial{
		learner: l.name, asked: l.asked, model: model, test: test, predictions: predictions, report: evaluate.Binary(test.Y, predictions),
	}, nil
}
