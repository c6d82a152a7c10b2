package lab

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"perennial/models/btyd"
	"perennial/models/evaluate"
)

// choose finds the models that fit and foresee best, and says why.
func (r *customersResult) choose() {
	ranked := slices.Clone(r.trials)
	slices.SortStableFunc(ranked, func(a, b *customerTrial) int { return cmp.Compare(a.bic(), b.bic()) })
	r.fitsBest, r.chosen = ranked[0], ranked[0]
	r.reasons = append(r.reasons, fitReason(ranked))
	if r.base.heldOutDays() > 0 && r.actual.held.total > 0 {
		slices.SortStableFunc(ranked, func(a, b *customerTrial) int { return cmp.Compare(a.held.logLoss, b.held.logLoss) })
		r.chosen = ranked[0]
		r.reasons = append(r.reasons, forecastReason(ranked))
	}
	r.reasons = append(r.reasons, r.findings()...)
}

// fitReason compares the lowest BIC with the next.
func fitReason(ranked []*customerTrial) string {
	best := ranked[0]
	text := fmt.Sprintf("best fit: %s, with the lowest BIC", best.name)
	if len(ranked) == 1 {
		return "best fit: " + best.name + ", the only model"
	}
	const clear = 2 // Kass & Raftery (1995)
	next := ranked[1]
	if difference := next.bic() - best.bic(); difference > clear {
		return fmt.Sprintf("%s, %.1f below %s", text, difference, next.name)
	}
	return fmt.Sprintf("%s; %s fits as well, within %d of it", text, next.name, clear)
}

// forecastReason compares the lowest log loss with the next.
func forecastReason(ranked []*customerTrial) string {
	best := ranked[0]
	if len(ranked) == 1 {
		return fmt.Sprintf("best forecast: %s, the only model", best.name)
	}
	next := ranked[1]
	const replicates, seed = 200, 1
	gap := evaluate.Bootstrap(next.held.losses, best.held.losses, replicates, seed)
	verdict := "more than chance"
	if !gap.Decided() {
		verdict = "within chance"
	}
	return fmt.Sprintf("best forecast: %s, with the lowest log loss of an order held out, %.5f below %s (95%% interval %.5f to %.5f: %s)",
		best.name, gap.Difference, next.name, gap.Low, gap.High, verdict)
}

// findings say what the fits have in common.
func (r *customersResult) findings() []string {
	var found []string
	byName := map[string]*customerTrial{}
	for _, t := range r.trials {
		byName[t.name] = t
	}
	if text := stopping(byName); text != "" {
		found = append(found, text)
	}
	for _, family := range []btyd.Family{btyd.BGCNBD, btyd.MBGCNBD} {
		if t := byName[string(family)]; t != nil {
			k := t.fit.Estimates()[0].Value
			found = append(found, fmt.Sprintf("orders are regular: %s finds k = %.0f (1 is at random; times between orders vary by %.0f%%)", family, k, 100/math.Sqrt(k)))
		}
	}
	for _, t := range r.trials {
		if t.fit.Status() == btyd.Boundary {
			found = append(found, t.name+" stands at a boundary: customers are all alike in something, or never stop; a simpler model would do")
		}
	}
	return append(found, r.covariateFindings(byName)...)
}

// stopping compares NBD with the models that differ from it only in that customers
// may stop; "" where one of them is missing.
func stopping(byName map[string]*customerTrial) string {
	floor := byName[string(btyd.NBD)]
	var best *customerTrial
	for _, family := range []btyd.Family{btyd.BGNBD, btyd.MBGNBD, btyd.ParetoNBD} {
		if t := byName[string(family)]; t != nil && (best == nil || t.bic() < best.bic()) {
			best = t
		}
	}
	switch {
	case floor == nil || best == nil:
		return ""
	case best.bic() < floor.bic():
		return fmt.Sprintf("customers stop: %s has a BIC %.1f below NBD, in which they never do", best.name, floor.bic()-best.bic())
	}
	return fmt.Sprintf("orders at random tell nothing of customers who stop: NBD, in which they never do, has a BIC %.1f below %s", best.bic()-floor.bic(), best.name)
}

// covariateFindings tests whether covariates raise the likelihood.
func (r *customersResult) covariateFindings(byName map[string]*customerTrial) []string {
	var found []string
	for _, family := range []btyd.Family{btyd.BGNBD, btyd.ParetoNBD} {
		with, without := byName[string(family)+" + covariates"], byName[string(family)]
		if with == nil {
			continue
		}
		statistic := 2 * (with.fit.LogLikelihood() - without.fit.LogLikelihood())
		freedom := len(with.fit.Estimates()) - len(without.fit.Estimates())
		found = append(found, fmt.Sprintf("covariates in %s: twice the rise of the log-likelihood is %.2f, p %s with %d more parameters",
			family, statistic, pText(chiSquareP(statistic, freedom)), freedom))
	}
	return found
}

// pText writes a p-value without pretending more than it says.
func pText(p float64) string {
	switch {
	case math.IsNaN(p):
		return "-"
	case p < 0.0001:
		return "< 0.0001"
	}
	return fmt.Sprintf("%.4f", p)
}
