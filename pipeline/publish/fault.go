package publish

import "fmt"

// faults counts what is wrong with rows for one gate and keeps the first case.
type faults struct {
	count int64
	first string
}

func (f *faults) add(customerID, format string, args ...any) {
	if f.count == 0 {
		f.first = fmt.Sprintf("customer %q: "+format, append([]any{customerID}, args...)...)
	}
	f.count++
}

func (f *faults) merge(other faults) {
	if f.count == 0 {
		f.first = other.first
	}
	f.count += other.count
}

// gate returns the outcome of a check that tolerates no fault.
func (f *faults) gate(name, title, remedy string) Gate {
	g := Gate{Name: name, Title: title, Status: Passed, Detail: "none"}
	if f.count > 0 {
		g.Status = Failed
		g.Detail = fmt.Sprintf("%d, first %s", f.count, f.first)
		g.Remedy = remedy
	}
	return g
}
