package segment

// maxSourceAgeDays is how old a shop's newest order line may be: a week covers
// holidays, and a longer silence means that exports stopped.
const maxSourceAgeDays = 7

// Eligibility says how far a customer's scores can be trusted; the first that
// holds:
//
//	excluded             the shop took her out
//	stale                the shop's newest order line is more than 7 days old
//	too_little_history   no order yet
//	new                  first order in the last 30 days: the scores are mostly
//	                     those of customers like her
//	ok                   none of these
//
// sourceAgeDays is the age of the newest order line that the shop's sources hold,
// at the cutoff.
func Eligibility(f Facts, sourceAgeDays float64) string {
	switch {
	case f.Excluded:
		return "excluded"
	case sourceAgeDays > maxSourceAgeDays:
		return "stale"
	case f.Orders == 0:
		return "too_little_history"
	case f.TenureDays <= newDays:
		return "new"
	}
	return "ok"
}
