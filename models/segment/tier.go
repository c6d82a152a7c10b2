package segment

import "math"

// tiers are Amperity's shares of customers, best first.
var tiers = []struct {
	name string
	top  float64
}{
	{"platinum", 0.01},
	{"gold", 0.05},
	{"silver", 0.10},
	{"bronze", 0.25},
	{"medium", 0.50},
}

// valueTier ranks the predicted revenue. Equal customers share the middle of
// their ranks: a shop of equals is all medium, the best of five is silver.
// Nobody who is expected to spend nothing is above low. "" without a prediction.
func (c Cuts) valueTier(revenue float64) string {
	if math.IsNaN(revenue) {
		return ""
	}
	above := 1 - c.predicted.rank(revenue)
	if revenue > 0 {
		for _, tier := range tiers {
			if above <= tier.top {
				return tier.name
			}
		}
	}
	return "low"
}
