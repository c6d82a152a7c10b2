// Package features declares every feature of a customer once, as data, and
// builds the feature table: history × cutoffs → rows.
//
// NewSet collects the standard families and the shop's own features. Set.Build
// fills a Matrix from one bucket of histories at one or several cutoffs. From
// the same declarations come the column names, the schema hash, the range check,
// FEATURES.md and the words used in reasons.
package features

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"

	"perennial/pipeline/history"
)

// Unit says what a feature counts. It implies the range of its values.
type Unit string

// The units.
const (
	Days  Unit = "days"  // >= 0
	Count Unit = "count" // >= 0
	Money Unit = "money" // shop currency, any sign
	Share Unit = "share" // 0 to 1
	Ratio Unit = "ratio" // >= 0
	Log   Unit = "log"   // natural logarithm of a ratio, any sign
	Any   Unit = "any"   // a measure of the shop's own, any sign
)

// Range returns the smallest and largest value that the unit allows.
func (u Unit) Range() (low, high float64) {
	switch u {
	case Share:
		return 0, 1
	case Money, Log, Any:
		return math.Inf(-1), math.Inf(1)
	}
	return 0, math.Inf(1)
}

// Feature declares one column of the feature table. Adding a feature is adding
// one entry to its family and one history script in testdata.
type Feature struct {
	Name    string   // ends with its window, where it has one
	Doc     string   // one sentence
	Family  string   // filled in from the family
	From    []string // canonical columns it reads, besides those that tell a return from a purchase
	Window  int      // days before the cutoff whose rows it counts; 0 is the whole history
	Unit    Unit     // what it counts
	Missing string   // when it is NaN; "" is never. Rows older than Window may decide it
	Words   Words    // how a merchant would say it; zero for features that no reason names

	value      func(*past) float64
	definition string // of the shop's own features: part of the schema hash
	low, high  float64
}

// Words are the sentences a feature can say in a reason. {value} and
// {reference} are filled in, and so is the name of any feature in braces; an
// empty sentence is never said.
type Words struct {
	// Churn is +1 if more of the feature speaks for churn, -1 if against. A
	// reason is given only where the model agrees.
	Churn int
	More  string // the value is above the reference
	Less  string // the value is below it
}

// Family groups the features that answer one question about a customer.
// Correlated features share a family, so attributions are summed over it.
type Family struct {
	Name     string
	Doc      string
	Features []Feature
}

// Families returns the standard families, in column order.
func Families() []Family {
	return []Family{
		recency, frequency, spend, rhythm, trend, basket, breadth,
		discount, returns, channel, engagement, contact, tenure, season, customerBase,
	}
}

// Set is the features of one shop, in column order. It is immutable.
type Set struct {
	features   []Feature
	names      []string
	index      map[string]int
	hash       string
	vocabulary history.Vocabulary
}

// NewSet returns the standard features followed by the shop's own. It fails
// if an own feature is not understood or takes a name twice. The set reads
// histories of the same vocabulary.
func NewSet(vocabulary history.Vocabulary, own []Own) (*Set, error) {
	families := Families()
	if len(own) > 0 {
		shop, err := ownFamily(own, vocabulary)
		if err != nil {
			return nil, err
		}
		families = append(families, shop)
	}
	return newSet(vocabulary, families)
}

func newSet(vocabulary history.Vocabulary, families []Family) (*Set, error) {
	s := &Set{index: map[string]int{}, vocabulary: vocabulary}
	digest := sha256.New()
	for _, family := range families {
		for _, f := range family.Features {
			if _, taken := s.index[f.Name]; taken {
				return nil, fmt.Errorf("features: %s is declared twice (give your own feature another name)", f.Name)
			}
			f.Family = family.Name
			f.low, f.high = f.Unit.Range()
			s.index[f.Name] = len(s.features)
			s.features = append(s.features, f)
			s.names = append(s.names, f.Name)
			fmt.Fprintf(digest, "%q %q %d %q %q %q\n", f.Name, f.Unit, f.Window, f.Missing, f.Doc, f.definition)
		}
	}
	s.hash = hex.EncodeToString(digest.Sum(nil))[:16]
	return s, nil
}

// Names returns the column names in order. The slice must not be changed.
func (s *Set) Names() []string { return s.names }

// Hash identifies the schema: names, units, windows, missing rules and
// meanings. Models of another hash must not score this table.
func (s *Set) Hash() string { return s.hash }

// Feature returns the declaration of the column called name.
func (s *Set) Feature(name string) (Feature, bool) {
	j, ok := s.index[name]
	if !ok {
		return Feature{}, false
	}
	return s.features[j], true
}
