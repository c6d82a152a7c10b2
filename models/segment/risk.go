package segment

import (
	"math"

	"perennial/pipeline/publish"
)

// The bands of churn_risk are absolute. The probability is calibrated and its
// horizon follows the shop's own rhythm, so 0.7 means the same in every shop, and
// a customer changes band only when something about her changes, not when the
// shop's average does; churn_percentile carries the comparison. Where nobody
// churns everybody is low.
const (
	enterMedium, leaveMedium = 0.40, 0.30
	enterHigh, leaveHigh     = 0.70, 0.60
	enterLost, leaveLost     = 0.90, 0.80

	// lost also needs silence of several usual gaps: a customer who bought once
	// last week is not lost, however few like her come back.
	enterLostOverdue, leaveLostOverdue = 3.0, 2.0
)

var risks = []string{"low", "medium", "high", "lost"}

// churnRisk returns low, medium, high or lost, and "" without a probability. A
// band is entered at one threshold and left at a lower one, so that a
// probability that wavers does not move a customer back and forth. An order
// since the previous row, or another churn horizon, starts afresh.
func churnRisk(f Facts, score, previous *publish.Score) string {
	p := orNaN(score.ChurnProbability)
	if math.IsNaN(p) {
		return ""
	}
	band := func(medium, high, lost, overdue float64) int {
		switch {
		case p >= lost && f.OverdueRatio >= overdue:
			return 3
		case p >= high:
			return 2
		case p >= medium:
			return 1
		}
		return 0
	}
	entered := band(enterMedium, enterHigh, enterLost, enterLostOverdue)
	if previous == nil || previous.HistoricOrders != int32(f.Orders) || previous.ChurnHorizonDays != score.ChurnHorizonDays {
		return risks[entered]
	}
	kept := band(leaveMedium, leaveHigh, leaveLost, leaveLostOverdue)
	return risks[max(entered, min(kept, riskLevel(previous.ChurnRisk)))]
}

// riskLevel returns the place of a band in risks, 0 for none.
func riskLevel(risk string) int {
	for level, name := range risks {
		if name == risk {
			return level
		}
	}
	return 0
}
