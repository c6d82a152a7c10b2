package churn

import "perennial/pipeline/publish"

// Change says how a churn probability moved since the commit before, nil when
// there is none to compare with. newModel and newDefinition say what else
// changed between the two; newFacts whether the customer did anything.
//
// The cause is the first that applies: another definition makes the two numbers
// incomparable, another model moves everybody, news of the customer moves her,
// and otherwise only time has passed.
func Change(previous *publish.Score, p float64, newModel, newDefinition, newFacts bool) *publish.Change {
	if previous == nil || previous.ChurnProbability == nil {
		return nil
	}
	change := &publish.Change{Previous: *previous.ChurnProbability, Delta: p - *previous.ChurnProbability, Cause: "time"}
	switch {
	case newDefinition:
		change.Cause = "definition"
	case newModel:
		change.Cause = "model"
	case newFacts:
		change.Cause = "data"
	}
	return change
}
