package churn

import (
	"perennial/features"
	"perennial/pipeline/publish"
)

// fact is a feature that reasons may name.
type fact struct {
	name       string
	column     int // of the model
	churn      int // +1 if more of it speaks for churn, -1 if against
	reference  float64
	more, less sentence
}

func newFact(set *features.Set, f features.Feature, column int, reference Reference, currency string) fact {
	return fact{
		name: f.Name, column: column, churn: f.Words.Churn, reference: reference.of(f),
		more: newSentence(set, f, f.Words.More, reference.of(f), currency),
		less: newSentence(set, f, f.Words.Less, reference.of(f), currency),
	}
}

// tell words the fact, unless it has no words, misses a number, or does not
// point where the model went.
func (f *fact) tell(contribution float64, value func(name string) float64) (publish.Reason, bool) {
	v, reference := value(f.name), f.reference
	above := v - reference
	if towardsChurn := -contribution; !(towardsChurn*above*float64(f.churn) > 0) {
		return publish.Reason{}, false
	}
	words := &f.more
	if above < 0 {
		words = &f.less
	}
	text, ok := words.fill(value)
	return publish.Reason{Code: f.name, Text: text, Value: &v, Reference: &reference}, ok
}
