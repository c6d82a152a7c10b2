package purchase

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"perennial/models/calibrate"
	"perennial/models/gbdt"
	"perennial/models/leaderboard"
	"perennial/pipeline/history"
)

// ImportedPrefix begins the name of every imported candidate.
const ImportedPrefix = "imported_"

// Imported is a boosted model of P(order within the horizon) that was trained
// elsewhere. It competes as it is: nothing is fitted, and its curve is the
// identity, because what could teach a curve are rows that it may have learnt by
// heart. It must not have seen the outcomes of the judging rows, which the caller
// knows: then Err says so.
type Imported struct {
	Name  string      // follows ImportedPrefix
	AsOf  history.Day // the newest cutoff that it was trained on; 0 if that is not known
	Trees *gbdt.Model // nil with Err
	Err   error       // why it may not compete; the board reports it
}

// Is reports whether a board calls the model, or its twin in season, so.
func (i Imported) Is(candidate string) bool {
	return strings.TrimSuffix(candidate, inSeason) == ImportedPrefix+i.Name
}

// Check returns why the model cannot score customers with reasons, nil if it can.
func (i Imported) Check() error {
	if i.Err != nil {
		return i.Err
	}
	switch objective := i.Trees.Objective; {
	case objective.Loss != gbdt.Binary:
		return fmt.Errorf(`the objective is %s, which gives no probability (train with "objective": "binary")`, objective.Loss)
	case objective.Sigmoid != 0 && objective.Sigmoid != 1:
		return fmt.Errorf("sigmoid is %g, so that contributions are no log-odds (train with sigmoid 1, the default)", objective.Sigmoid)
	case math.IsNaN(i.Trees.Base()):
		return errors.New("the file has no row counts of leaves, so that scores cannot be explained (save it with save_model of LightGBM)")
	}
	return nil
}

// candidates returns the model and, where last year is known, its twin in season.
func (i Imported) candidates(lastYear LastYear) []leaderboard.Candidate {
	name := ImportedPrefix + i.Name
	fit := func(context.Context, leaderboard.Rows) (leaderboard.Model, error) { return i.model() }
	all := []leaderboard.Candidate{{Name: name, Rung: leaderboard.Ensemble, Fit: fit}}
	if i.Err == nil {
		all = append(all, twin(name, leaderboard.Ensemble, lastYear, i.model)...)
	}
	return all
}

// model puts the trees behind the identity.
func (i Imported) model() (*Model, error) {
	if err := i.Check(); err != nil {
		return nil, err
	}
	// Any two rows do: the identity has nothing to learn.
	curve, err := calibrate.Config{Method: calibrate.None}.Fit([]float64{0.5, 0.5}, []float64{0, 1}, nil)
	if err != nil {
		return nil, err
	}
	return &Model{learner: trees{i.Trees}, Curve: curve}, nil
}
