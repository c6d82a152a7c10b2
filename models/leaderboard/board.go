package leaderboard

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Rung is a candidate's place on the ladder. The winner of a rung stands only
// if it beats the winner below.
type Rung int

// The rungs.
const (
	Base     Rung = iota // knows nothing about the customer
	Rule                 // a few facts and a map that never falls
	Learner              // a regression on the features
	Ensemble             // many learners added up
	Guest                // judged and reported, never promoted
)

var rungNames = []string{"base", "rule", "learner", "ensemble", "guest"}

// String returns base, rule, learner, ensemble or guest.
func (r Rung) String() string {
	if r < 0 || int(r) >= len(rungNames) {
		return fmt.Sprintf("rung %d", int(r))
	}
	return rungNames[r]
}

// MarshalText writes the rung's name.
func (r Rung) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (r *Rung) UnmarshalText(text []byte) error {
	i := slices.Index(rungNames, string(text))
	if i < 0 {
		return fmt.Errorf("rung %q is none of %s", text, strings.Join(rungNames, ", "))
	}
	*r = Rung(i)
	return nil
}

// Entry is one candidate's line on the board.
type Entry struct {
	Name    string             `json:"learner"`
	Rung    Rung               `json:"rung"`
	Loss    float64            `json:"loss"`              // mean over the judging rows; NaN, null in JSON, after a failure
	Metrics map[string]float64 `json:"metrics"`           // those that are defined
	Failure string             `json:"failure,omitempty"` // why it could not be fitted or judged

	Predictions []float64 `json:"-"` // of the judging rows
	Model       Model     `json:"-"`

	before string // the candidate that this one is preferred to
}

// MarshalJSON writes the entry, with a loss of null after a failure.
func (e Entry) MarshalJSON() ([]byte, error) {
	type plain Entry
	line := struct {
		plain
		Loss *float64 `json:"loss"`
	}{plain: plain(e)}
	if !math.IsNaN(e.Loss) {
		line.Loss = &e.Loss
	}
	return json.Marshal(line)
}

// UnmarshalJSON reads what MarshalJSON writes; predictions and model stay behind.
func (e *Entry) UnmarshalJSON(text []byte) error {
	type plain Entry
	line := struct {
		*plain
		Loss *float64 `json:"loss"`
	}{plain: (*plain)(e)}
	if err := json.Unmarshal(text, &line); err != nil {
		return err
	}
	e.Loss = math.NaN()
	if line.Loss != nil {
		e.Loss = *line.Loss
	}
	return nil
}

// Board is the outcome of a contest: entries by loss, failures last. Winner is
// the entry to use; Why says, in a clause that follows its name, how it won.
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

// compareLosses orders losses, NaN last.
func compareLosses(a, b float64) int {
	if math.IsNaN(a) || math.IsNaN(b) {
		return cmp.Compare(b, a) // which takes NaN for the least
	}
	return cmp.Compare(a, b)
}

var errNobody = errors.New("no candidate that may win could be fitted")

// failures says why nobody won.
func (b *Board) failures() error {
	var lines []string
	for _, e := range b.Entries {
		if e.Failure != "" {
			lines = append(lines, e.Name+": "+e.Failure)
		}
	}
	if len(lines) == 0 {
		return errNobody
	}
	return fmt.Errorf("%w: %s", errNobody, strings.Join(lines, "; "))
}
