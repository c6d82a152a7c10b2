package segment

// The lifecycle ladder is climbed by the overdue ratio: half of all gaps are
// longer than usual, so the first half gap beyond it says nothing yet.
const (
	coolingOverdue = 1.5
	atRiskOverdue  = 2.0
	lapsedOverdue  = 3.0

	newDays = 30 // since the first order
)

// lifecycleStage returns prospect, new, active, cooling, at_risk, lapsed, lost
// or reactivated. A customer is reactivated when the gap before her last order
// was one in which she counted as lapsed, until her next order is due. High churn
// risk makes a customer at_risk as soon as her order is due.
func lifecycleStage(f Facts, risk string) string {
	switch {
	case f.Orders == 0:
		return "prospect"
	case risk == "lost":
		return "lost"
	case reactivated(f):
		return "reactivated"
	case f.TenureDays <= newDays && !(f.OverdueRatio >= lapsedOverdue):
		return "new"
	case f.OverdueRatio >= lapsedOverdue:
		return "lapsed"
	case f.OverdueRatio >= atRiskOverdue, risk == "high" && !(f.OverdueRatio < 1):
		return "at_risk"
	case f.OverdueRatio >= coolingOverdue:
		return "cooling"
	}
	return "active"
}

// reactivated compares LastGapDays with the usual gap, RecencyDays/OverdueRatio.
func reactivated(f Facts) bool {
	return f.OverdueRatio < 1 && f.LastGapDays*f.OverdueRatio >= lapsedOverdue*f.RecencyDays && f.RecencyDays > 0
}
