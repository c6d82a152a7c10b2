package publish

import (
	"fmt"
	"slices"
	"strings"
)

// Gate is the outcome of one check that a set must pass to become a commit.
type Gate struct {
	Name   string `json:"name"` // H1, H2, …
	Title  string `json:"title"`
	Status Status `json:"status"`
	Detail string `json:"detail"`           // the figures
	Remedy string `json:"remedy,omitempty"` // what to do about a failure
}

// Status says how a check ended.
type Status string

// The outcomes of a check.
const (
	Passed   Status = "passed"
	Skipped  Status = "skipped"  // nothing to compare with, or too little of it
	Warned   Status = "warned"   // worth a look; the set is published
	Failed   Status = "failed"   // the set is held back
	Accepted Status = "accepted" // failed, and overridden by name
)

// Override lets named gates fail for one commit. It is written into the record.
type Override struct {
	Accept []string `json:"accept"` // gate names; H1 to H5 cannot be accepted
	Reason string   `json:"reason"`
	By     string   `json:"by,omitempty"`
}

// Acceptable reports whether a person may accept the failure of a gate: that of H1
// to H5 says that the rows themselves are wrong.
func Acceptable(gate string) bool { return slices.Contains([]string{"H8", "H9", "H12"}, gate) }

// check returns an error unless the override names gates that may be accepted
// and says why.
func (o *Override) check() error {
	if o == nil {
		return nil
	}
	for _, name := range o.Accept {
		if !Acceptable(name) {
			return fmt.Errorf("publish: gate %s cannot be accepted, only H8, H9 and H12 can (mend the run)", name)
		}
	}
	if len(o.Accept) > 0 && strings.TrimSpace(o.Reason) == "" {
		return fmt.Errorf("publish: accepting %s needs a reason", strings.Join(o.Accept, ", "))
	}
	return nil
}

// apply returns gates with the failures that the override names accepted.
func (o *Override) apply(gates []Gate) []Gate {
	gates = slices.Clone(gates)
	for i, g := range gates {
		if o != nil && g.Status == Failed && slices.Contains(o.Accept, g.Name) {
			gates[i].Status = Accepted
		}
	}
	return gates
}

// GateError says which gates held a set back. Nothing visible has changed; the
// staged parts are kept for inspection.
type GateError struct {
	RunID string
	Gates []Gate // the failed ones
}

// Error lists every failed gate with its figures and what to do.
func (e *GateError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "publish: run %s held back by %d of the gates: ", e.RunID, len(e.Gates))
	for i, g := range e.Gates {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "%s %s: %s (%s)", g.Name, g.Title, g.Detail, g.Remedy)
	}
	return b.String()
}

// refusal returns a GateError if a gate has failed.
func refusal(runID string, gates []Gate) error {
	var failed []Gate
	for _, g := range gates {
		if g.Status == Failed {
			failed = append(failed, g)
		}
	}
	if len(failed) == 0 {
		return nil
	}
	return &GateError{RunID: runID, Gates: failed}
}
