// Package churn says how likely a customer is lost, and why.
//
// NewExplainer takes the feature declarations and the references of the training
// night; Explainer.Reasons turns what moved the model into facts that a merchant
// can check. Change compares a score with the night before.
package churn

import (
	"math"
	"slices"

	"perennial/features"
	"perennial/pipeline/publish"
)

// Reference is the median of each feature among the training rows that have
// it: what "usual" means in a reason.
type Reference map[string]float64

// NewReference takes the medians of columns.
func NewReference(columns []string, x [][]float32) Reference {
	r := Reference{}
	for j, name := range columns {
		var known []float32
		for _, v := range x[j] {
			if v == v {
				known = append(known, v)
			}
		}
		if len(known) > 0 {
			slices.Sort(known)
			r[name] = float64(known[(len(known)-1)/2])
		}
	}
	return r
}

// Change says how a churn probability moved since the commit before, nil when
// there is none to compare with. newModel and newDefinition say what else
// changed between the two; newFacts whether the customer did anything.
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

// Explainer words the reasons behind churn probabilities. It is immutable.
type Explainer struct {
	set       *features.Set
	reference Reference
	currency  string
	columns   []explained // of the model
}

// explained is a model column with its declaration.
type explained struct {
	feature   features.Feature
	family    int
	reference float64
}

// NewExplainer returns the explainer of a model over columns.
func NewExplainer(set *features.Set, columns []string, reference Reference, currency string) *Explainer {
	e := &Explainer{set: set, reference: reference, currency: currency}
	families := map[string]int{}
	for _, name := range columns {
		f, _ := set.Feature(name)
		if _, met := families[f.Family]; !met {
			families[f.Family] = len(families)
		}
		ref, ok := reference[name]
		if !ok {
			ref = math.NaN()
		}
		e.columns = append(e.columns, explained{f, families[f.Family], ref})
	}
	return e
}

// maxReasons is how many a row publishes.
const maxReasons = 3

// Reasons returns up to three facts behind one customer's churn probability,
// strongest first. contributions[j] is what column j adds to the log-odds of an
// order, and value returns a feature of the customer. Contributions are summed
// over families, because correlated features share what they say. A fact is
// told only if it points where the model went: a customer who is called at risk
// because she orders often would not be believed.
func (e *Explainer) Reasons(contributions []float64, value func(name string) float64) []publish.Reason {
	sums := e.byFamily(contributions)
	order := make([]int, len(sums))
	for f := range order {
		order[f] = f
	}
	slices.SortStableFunc(order, func(a, b int) int { return compare(math.Abs(sums[b]), math.Abs(sums[a])) })
	total := 0.0
	for _, sum := range sums {
		total += sum
	}
	var reasons []publish.Reason
	for _, family := range order {
		if len(reasons) == maxReasons || sums[family]*total < 0 {
			continue
		}
		if reason, ok := e.strongest(family, sums[family], contributions, value); ok {
			reasons = append(reasons, reason)
		}
	}
	return reasons
}

func (e *Explainer) byFamily(contributions []float64) []float64 {
	var sums []float64
	for j, c := range e.columns {
		for c.family >= len(sums) {
			sums = append(sums, 0)
		}
		sums[c.family] += contributions[j]
	}
	return sums
}

// strongest words the fact of a family that moved the model most in the
// family's direction.
func (e *Explainer) strongest(family int, sum float64, contributions []float64, value func(string) float64) (publish.Reason, bool) {
	best, found := publish.Reason{}, 0.0
	for j, c := range e.columns {
		if c.family != family || contributions[j]*sum <= 0 || math.Abs(contributions[j]) <= found {
			continue
		}
		if reason, ok := e.reason(c, contributions[j], value); ok {
			reason.Strength = strength(sum)
			best, found = reason, math.Abs(contributions[j])
		}
	}
	return best, found > 0
}

// reason words one fact, unless it has no words or points the other way.
func (e *Explainer) reason(c explained, contribution float64, value func(string) float64) (publish.Reason, bool) {
	v := value(c.feature.Name)
	above := v - c.reference
	text := c.feature.Words.More
	if above < 0 {
		text = c.feature.Words.Less
	}
	towardsChurn := -contribution
	if text == "" || !(towardsChurn*above*float64(c.feature.Words.Churn) > 0) {
		return publish.Reason{}, false
	}
	sentence, ok := e.fill(text, c, v, value)
	reference := c.reference
	return publish.Reason{Code: c.feature.Name, Text: sentence, Value: &v, Reference: &reference}, ok
}

// strength is a word for log-odds: a factor of 2.7 in the odds is high.
func strength(logOdds float64) string {
	switch size := math.Abs(logOdds); {
	case size >= 1:
		return "high"
	case size >= 0.4:
		return "medium"
	}
	return "low"
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
