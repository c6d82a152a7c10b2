// Package churn says why a customer is likely lost, or not, and what moved her
// score since the night before.
//
// NewExplainer takes the feature declarations and the Reference of the training
// night; Explainer.Reasons turns what moved the model into facts that a merchant
// can check. Change compares a score with the commit before.
package churn

import (
	"cmp"
	"math"
	"slices"

	"perennial/features"
	"perennial/pipeline/publish"
)

// Explainer words the reasons behind churn probabilities. It is immutable and
// safe to share.
type Explainer struct{ families []family }

// family is the columns of one family of features.
type family struct {
	columns []int  // of the model
	facts   []fact // those with words
}

// NewExplainer returns the explainer of a model over columns, with money in
// currency. A column that set does not declare counts and is never told.
func NewExplainer(set *features.Set, columns []string, reference Reference, currency string) *Explainer {
	e := &Explainer{}
	place := map[string]int{}
	for j, name := range columns {
		f, _ := set.Feature(name)
		k, met := place[f.Family]
		if !met {
			k = len(e.families)
			place[f.Family] = k
			e.families = append(e.families, family{})
		}
		e.families[k].columns = append(e.families[k].columns, j)
		if f.Words != (features.Words{}) {
			e.families[k].facts = append(e.families[k].facts, newFact(set, f, j, reference, currency))
		}
	}
	return e
}

// maxReasons is how many a row publishes.
const maxReasons = 3

// Reasons returns up to three facts behind one customer's churn probability,
// strongest first. contributions[j] is what column j adds to the log-odds of an
// order, and value returns a feature of the customer, NaN where missing.
// Contributions are summed over families, because correlated features share what
// they say. A fact is told only if it points where the model went: a customer who
// is called at risk because she orders often would not be believed.
func (e *Explainer) Reasons(contributions []float64, value func(name string) float64) []publish.Reason {
	var total float64
	sums, order := make([]float64, len(e.families)), make([]int, len(e.families))
	for k := range e.families {
		order[k] = k
		for _, j := range e.families[k].columns {
			sums[k] += contributions[j]
		}
		total += sums[k]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(math.Abs(sums[b]), math.Abs(sums[a])) })
	var reasons []publish.Reason
	for _, k := range order {
		if len(reasons) == maxReasons {
			break
		}
		if sums[k]*total < 0 {
			continue
		}
		if reason, ok := e.families[k].reason(sums[k], contributions, value); ok {
			reasons = append(reasons, reason)
		}
	}
	return reasons
}

// reason tells the fact that moved the model most in the direction of the
// family's sum.
func (f *family) reason(sum float64, contributions []float64, value func(string) float64) (publish.Reason, bool) {
	var best publish.Reason
	moved := 0.0
	for k := range f.facts {
		fact := &f.facts[k]
		contribution := contributions[fact.column]
		if contribution*sum <= 0 || math.Abs(contribution) <= moved {
			continue
		}
		if reason, ok := fact.tell(contribution, value); ok {
			best, moved = reason, math.Abs(contribution)
		}
	}
	best.Strength = strength(sum)
	return best, moved > 0
}

// strength is a word for log-odds: high changes the odds by a factor of 2.7 at
// least, medium by one of 1.5.
func strength(logOdds float64) string {
	switch size := math.Abs(logOdds); {
	case size >= 1:
		return "high"
	case size >= 0.4:
		return "medium"
	}
	return "low"
}
