package segment

import "perennial/pipeline/publish"

// groups maps recency (row 5 first) and the rounded mean of frequency and
// monetary (column 1 first) to Shopify's group names. The names are those of
// Shopify's CustomerRfmGroup; the use of (F+M)/2 is that of its help pages. Which
// cell carries which name is our reading of the descriptions there ("without
// recent purchases, but with a strong history": at_risk), since Shopify shows
// groups and not digits.
var groups = [5][5]string{
	{"new", "active", "active", "champions", "champions"},
	{"promising", "active", "active", "loyal", "loyal"},
	{"almost_lost", "almost_lost", "needs_attention", "loyal", "loyal"},
	{"dormant", "dormant", "at_risk", "at_risk", "previously_loyal"},
	{"dormant", "dormant", "at_risk", "at_risk", "previously_loyal"},
}

// assignRFM fills the three RFM scores, 1 to 5 among customers with an order,
// and the group. Equal customers get equal scores: frequency and monetary count
// the fifths of the shop strictly below, recency those that ordered strictly
// later. So at most a fifth of the customers has a 5 in frequency or monetary,
// one order is a 1 wherever nobody has less, and in a shop of one she is recent.
func (c Cuts) assignRFM(f Facts, score *publish.Score) {
	if f.Orders == 0 {
		score.RFMRecency, score.RFMFrequency, score.RFMMonetary = nil, nil, nil
		score.RFMGroup = "prospects"
		return
	}
	r := 6 - fifth(c.recency, f.RecencyDays)
	fr := fifth(c.orders, float64(f.Orders))
	m := fifth(c.revenue, f.Revenue)
	score.RFMRecency, score.RFMFrequency, score.RFMMonetary = &r, &fr, &m
	score.RFMGroup = rfmGroup(r, fr, m)
}

// fifth returns 1 plus the whole fifths of customers below v: 1 to 5.
func fifth(d distribution, v float64) int32 {
	less, _, all := d.around(v)
	return int32(1 + 5*less/all)
}

// rfmGroup looks the group up; a half in (F+M)/2 rounds up.
func rfmGroup(r, f, m int32) string {
	return groups[5-r][(f+m+1)/2-1]
}
