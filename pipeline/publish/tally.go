package publish

import (
	"fmt"
	"math"
	"reflect"
	"slices"

	"perennial/pipeline/history"
)

// tally is what the gates need to know about rows; parts are tallied apart and
// merged in their order.
type tally struct {
	rows       int64
	ids        IDChecksum
	duplicates faults // H1
	nulls      faults // H2
	ranges     faults // H3
	misfits    faults // H5
	churn      grid
	majorities [len(watched)]majority
}

// expected is what every row of a set must say.
type expected struct {
	runID   string
	asOf    history.Day
	buckets int
}

// add tallies a row of bucket k; previous is the id before it in the part, ""
// for the first.
func (t *tally) add(s *Score, previous string, k int, want expected) {
	t.rows++
	t.ids.Add(s.CustomerID)
	switch {
	case s.CustomerID == previous && previous != "":
		t.duplicates.add(s.CustomerID, "more than one row")
	case s.CustomerID < previous:
		t.misfits.add(s.CustomerID, "comes after %q", previous)
	}
	t.addDeclared(s)
	t.addRanges(s)
	t.addContract(s, k, want)
	if p := s.ChurnProbability; p != nil && within(*p, 0, 1) {
		t.churn.add(*p)
	}
	for i, score := range watched {
		if x := score.value(s); x != nil {
			t.majorities[i].add(*x)
		}
	}
}

// merge adds the tally of a later part.
func (t *tally) merge(other *tally) {
	t.rows += other.rows
	t.ids.Merge(other.ids)
	t.duplicates.merge(other.duplicates)
	t.nulls.merge(other.nulls)
	t.ranges.merge(other.ranges)
	t.misfits.merge(other.misfits)
	t.churn.merge(&other.churn)
	for i, m := range other.majorities {
		t.majorities[i].merge(m)
	}
}

// addDeclared checks the row against the tags of the contract, and that whoever
// is eligible has a probability.
func (t *tally) addDeclared(s *Score) {
	t.addColumns(s.CustomerID, reflect.ValueOf(s).Elem(), contract)
	for i := range s.Reasons {
		t.addColumns(s.CustomerID, reflect.ValueOf(&s.Reasons[i]).Elem(), reasonContract)
	}
	if s.Change != nil {
		t.addColumns(s.CustomerID, reflect.ValueOf(s.Change).Elem(), changeContract)
	}
	if s.Eligibility == "ok" && s.ChurnProbability == nil {
		t.nulls.add(s.CustomerID, "churn_probability is null though eligibility is ok")
	}
}

// addColumns checks what the tags say about each column of one struct: whether
// it may be null, that numbers are finite, what a text may be.
func (t *tally) addColumns(customerID string, row reflect.Value, columns []column) {
	for i := range columns {
		c := &columns[i]
		v := row.Field(c.field)
		if v.Kind() == reflect.Pointer && !v.IsNil() {
			v = v.Elem()
		}
		switch v.Kind() {
		case reflect.String:
			text := v.String()
			if text == "" && !c.optional {
				t.nulls.add(customerID, "%s is null", c.name)
			} else if text != "" && len(c.values) > 0 && !slices.Contains(c.values, text) {
				t.misfits.add(customerID, "%s is %q, not one of %v", c.name, text, c.values)
			}
		case reflect.Float64:
			if x := v.Float(); math.IsNaN(x) || math.IsInf(x, 0) {
				t.nulls.add(customerID, "%s is %v", c.name, x)
			}
		}
	}
}

// addContract checks that the row belongs to this part of this set.
func (t *tally) addContract(s *Score, k int, want expected) {
	if bucket := BucketOf(s.CustomerID, want.buckets); bucket != k {
		t.misfits.add(s.CustomerID, "is in part %d, readers look in part %d", k, bucket)
	}
	if history.Day(s.AsOf) != want.asOf {
		t.misfits.add(s.CustomerID, "as_of is %v, the set's %v", history.Day(s.AsOf), want.asOf)
	}
	if s.RunID != want.runID {
		t.misfits.add(s.CustomerID, "run_id is %q, the set's %q", s.RunID, want.runID)
	}
	if s.SchemaVersion != SchemaVersion {
		t.misfits.add(s.CustomerID, "schema_version is %q, this program's %q", s.SchemaVersion, SchemaVersion)
	}
}

// absolute returns the gates that need no other commit.
func (t *tally) absolute(eligible IDChecksum) []Gate {
	const mend = "mend the run: this gate cannot be accepted"
	ids := Gate{Name: "H4", Title: "ids are the eligible customers", Status: Passed, Detail: t.ids.String()}
	if t.ids != eligible {
		ids.Status = Failed
		ids.Detail = fmt.Sprintf("the set has %v; eligible are %v", t.ids, eligible)
		ids.Remedy = mend
	}
	return []Gate{
		t.duplicates.gate("H1", "duplicate customers", mend),
		t.nulls.gate("H2", "nulls and numbers that are not finite", mend),
		t.ranges.gate("H3", "numbers and dates out of range", mend),
		ids,
		t.misfits.gate("H5", "rows that break the contract", mend),
		t.constant(),
	}
}

// within reports whether low <= x <= high; NaN is not.
func within(x, low, high float64) bool { return low <= x && x <= high }
