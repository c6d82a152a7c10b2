// Package leaderboard lets candidates compete for a question: fitted on rows of
// past cutoffs, judged once on the rows of a newer one.
//
// Compete returns a Board with every candidate's metrics and the winner. A
// candidate of a higher rung must beat the rung below by more than chance, so
// that a shop where nothing can be learnt is told so.
package leaderboard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
)

// Model predicts one number per row. Every learner's model is one.
type Model interface {
	// Predict writes to dst[i] the prediction for row i; x[j][i] is the cell of
	// columns[j], NaN where missing.
	Predict(dst []float64, columns []string, x [][]float32) error
	// Write saves the model in a file that a person can read.
	Write(w io.Writer) error
}

// Rows are labelled rows: X[j][i] is the cell of Columns[j] in row i, Y[i] its
// label. Rows of one customer share a Group, a well-mixed hash of the customer.
type Rows struct {
	Columns []string
	X       [][]float32
	Y       []float64
	Group   []uint64
}

// Rung is a candidate's place on the ladder. The winner of a rung stands only
// if it beats the winner below.
type Rung int

// The rungs.
const (
	Base    Rung = iota // knows nothing about the customer
	Rule                // one fact and a monotone map
	Learner             // fitted on the features
	Guest               // judged and reported, never promoted
)

var rungNames = []string{"base", "rule", "learner", "guest"}

// String returns base, rule, learner or guest.
func (r Rung) String() string { return rungNames[r] }

// MarshalText writes the rung's name.
func (r Rung) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// Candidate is one way to answer the question.
type Candidate struct {
	Name string
	Rung Rung
	Fit  func(ctx context.Context, train Rows) (Model, error)
}

// Contest says how predictions are judged. Losses writes a proper score of each
// row, lower is better; Metrics are reported beside their mean.
type Contest struct {
	Question string
	Losses   func(dst, y, predictions []float64)
	Metrics  func(y, predictions []float64) map[string]float64
}

// Entry is one candidate's line on the board.
type Entry struct {
	Name    string             `json:"learner"`
	Rung    Rung               `json:"rung"`
	Loss    float64            `json:"loss"`
	Metrics map[string]float64 `json:"metrics"`           // those that are defined
	Failure string             `json:"failure,omitempty"` // why it could not be fitted

	Predictions []float64 `json:"-"` // of the judging rows
	Model       Model     `json:"-"`
}

// Board is the outcome of a contest, best loss first. Winner is the entry to
// use; Why says in a sentence how it won.
type Board struct {
	Question  string  `json:"question"`
	TrainRows int     `json:"train_rows"`
	JudgeRows int     `json:"judge_rows"`
	Entries   []Entry `json:"entries"`
	Winner    string  `json:"winner"`
	Why       string  `json:"why"`
}

// Entry returns the line of the candidate called name, nil if there is none.
func (b *Board) Entry(name string) *Entry {
	for i := range b.Entries {
		if b.Entries[i].Name == name {
			return &b.Entries[i]
		}
	}
	return nil
}

// Compete fits every candidate on train and judges it on judge. A candidate
// that cannot be fitted is reported as such; only a cancelled context and a
// contest in which no promotable candidate could be fitted are errors.
func Compete(ctx context.Context, contest Contest, candidates []Candidate, train, judge Rows) (*Board, error) {
	board := &Board{Question: contest.Question, TrainRows: len(train.Y), JudgeRows: len(judge.Y)}
	for _, candidate := range candidates {
		entry := Entry{Name: candidate.Name, Rung: candidate.Rung, Loss: math.NaN()}
		err := contest.judge(ctx, &entry, candidate, train, judge)
		if ctxErr := context.Cause(ctx); ctxErr != nil {
			return nil, fmt.Errorf("leaderboard: %s: %w", contest.Question, ctxErr)
		}
		if err != nil {
			entry.Failure = err.Error()
		}
		board.Entries = append(board.Entries, entry)
	}
	slices.SortStableFunc(board.Entries, func(a, b Entry) int {
		return compareLoss(a.Loss, b.Loss)
	})
	if err := board.pick(contest, judge.Y); err != nil {
		return nil, fmt.Errorf("leaderboard: %s: %w", contest.Question, err)
	}
	return board, nil
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
	entry.Model, entry.Predictions = model, predictions
	entry.Loss = c.meanLoss(judge.Y, predictions)
	entry.Metrics = c.Metrics(judge.Y, predictions)
	maps.DeleteFunc(entry.Metrics, func(_ string, v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
	return nil
}

func (c Contest) meanLoss(y, predictions []float64) float64 {
	losses := make([]float64, len(y))
	c.Losses(losses, y, predictions)
	var sum float64
	for _, loss := range losses {
		sum += loss
	}
	return sum / float64(len(y))
}

// compareLoss orders losses, failures (NaN) last.
func compareLoss(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	case math.IsNaN(a) && !math.IsNaN(b):
		return 1
	case math.IsNaN(b) && !math.IsNaN(a):
		return -1
	}
	return 0
}

var errNobody = errors.New("no candidate could be fitted")

// failures joins why each entry failed.
func (b *Board) failures() error {
	var lines []string
	for _, e := range b.Entries {
		if e.Failure != "" {
			lines = append(lines, e.Name+": "+e.Failure)
		}
	}
	return fmt.Errorf("%w (%s)", errNobody, strings.Join(lines, "; "))
}
