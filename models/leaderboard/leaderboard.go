// Package leaderboard lets candidates compete for a question: fitted on rows of
// past cutoffs, judged once on the rows of a newer one.
//
// Compete returns a Board with every candidate's metrics and the winner. A
// candidate of a higher rung must beat the rung below by more than chance, so
// that a shop where nothing can be learnt is told so.
package leaderboard

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"sync"
)

// Model predicts one number per row. Every learner's model is one.
type Model interface {
	// Predict writes to dst[i] the prediction for row i; x[j][i] is the cell of
	// columns[j], NaN where missing.
	Predict(dst []float64, columns []string, x [][]float32) error
	// Write saves the model in a file that a person can read.
	Write(w io.Writer) error
}

// Candidate is one way to answer the question.
type Candidate struct {
	Name string
	Rung Rung
	// Before names a candidate of the same rung that this one is preferred to,
	// unless its loss is higher by more than chance.
	Before string
	// Fit must not keep or change the rows. Those of guests run beside the others,
	// which run one after the other.
	Fit func(ctx context.Context, train Rows) (Model, error)
}

// Contest says how predictions are judged. Losses writes a proper score of each
// row, lower is better; Metrics are reported beside their mean.
type Contest struct {
	Question string
	Losses   func(dst, y, predictions []float64)
	Metrics  func(y, predictions []float64) map[string]float64
	// Worthwhile is the share of the base's loss that a candidate must save to be
	// more than a curiosity. Default 0.
	Worthwhile float64
}

// Compete fits every candidate on train and judges it on judge. A candidate
// that cannot be fitted, or predicts what is no number, is reported as such.
// Unusable rows, a cancelled context and a contest that no promotable candidate
// survives are errors.
func Compete(ctx context.Context, contest Contest, candidates []Candidate, train, judge Rows) (*Board, error) {
	board, err := contest.compete(ctx, candidates, train, judge)
	if err != nil {
		return nil, fmt.Errorf("leaderboard: %s: %w", contest.Question, err)
	}
	return board, nil
}

func (c Contest) compete(ctx context.Context, candidates []Candidate, train, judge Rows) (*Board, error) {
	if err := train.validate(); err != nil {
		return nil, fmt.Errorf("training rows: %w", err)
	}
	if err := judge.validate(); err != nil {
		return nil, fmt.Errorf("judging rows: %w", err)
	}
	board := &Board{Question: c.Question, TrainRows: len(train.Y), JudgeRows: len(judge.Y)}
	board.Entries = make([]Entry, len(candidates))
	enter := func(i int, candidate Candidate) {
		entry := Entry{Name: candidate.Name, Rung: candidate.Rung, Loss: math.NaN(), before: candidate.Before}
		if err := c.judge(ctx, &entry, candidate, train, judge); err != nil {
			entry.Failure = err.Error()
		}
		board.Entries[i] = entry
	}
	var guests sync.WaitGroup
	for i, candidate := range candidates {
		if candidate.Rung == Guest {
			guests.Go(func() { enter(i, candidate) })
		}
	}
	for i, candidate := range candidates {
		if candidate.Rung != Guest && ctx.Err() == nil {
			enter(i, candidate)
		}
	}
	guests.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	slices.SortStableFunc(board.Entries, func(a, b Entry) int { return compareLosses(a.Loss, b.Loss) })
	return board, board.pick(c, judge.Y)
}

// judge fills entry.
func (c Contest) judge(ctx context.Context, entry *Entry, candidate Candidate, train, judge Rows) error {
	model, err := candidate.Fit(ctx, train)
	if err != nil {
		return err
	}
	predictions := make([]float64, len(judge.Y))
	if err := model.Predict(predictions, judge.Columns, judge.X); err != nil {
		return err
	}
	if i := slices.IndexFunc(predictions, notFinite); i >= 0 {
		return fmt.Errorf("predicts %v for judging row %d", predictions[i], i)
	}
	entry.Model, entry.Predictions = model, predictions
	entry.Loss = mean(c.losses(judge.Y, predictions))
	entry.Metrics = c.Metrics(judge.Y, predictions)
	maps.DeleteFunc(entry.Metrics, func(_ string, v float64) bool { return notFinite(v) })
	return nil
}

func notFinite(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }
