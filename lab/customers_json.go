package lab

import (
	"io"
	"math"

	"perennial/command"
	"perennial/models/btyd"
	"perennial/models/btyd/picture"
	"perennial/pipeline/history"
)

// customersJSON is what --json prints. Figures that are not defined are null.
type customersJSON struct {
	Customers      int                 `json:"customers"`
	FirstOrder     history.Day         `json:"first_order"`
	CalibrateUntil history.Day         `json:"calibrate_until"`
	HoldoutUntil   *history.Day        `json:"holdout_until"` // null without a holdout
	Unit           string              `json:"unit"`
	Actual         customersActualJSON `json:"actual"`
	Models         []customerModelJSON `json:"models"`
	OrderValues    *orderValuesJSON    `json:"order_values"`           // null without amounts
	Rolling        *rollingJSON        `json:"chosen_without_holdout"` // null without a holdout, or too little before it
	BestFit        string              `json:"best_fit"`
	BestForecast   string              `json:"best_forecast"` // that of the best fit without a holdout
	Reasons        []string            `json:"reasons"`
	Warnings       []string            `json:"warnings,omitempty"`
	Notes          []string            `json:"notes,omitempty"`
}

// customersActualJSON is what happened.
type customersActualJSON struct {
	Frequencies []*float64         `json:"customers_by_repeat_orders"` // 0, 1, …; the last, as many or more
	Tracking    trackingJSON       `json:"tracking"`
	Held        *customersHeldJSON `json:"holdout"` // null without one
}

type customersHeldJSON struct {
	Orders    float64    `json:"orders"`
	Revenue   float64    `json:"revenue"`
	Rate      *float64   `json:"share_with_an_order"`
	Customers []int      `json:"customers_by_repeat_orders_before"`
	Means     []*float64 `json:"mean_orders_by_repeat_orders_before"`
}

// trackingJSON is repeat orders through time.
type trackingJSON struct {
	AtCalibrationEnd float64   `json:"at_calibration_end"`
	AtHoldoutEnd     float64   `json:"at_holdout_end"`
	Cumulative       []float64 `json:"cumulative_by_week"` // week 1 begins with the first order of all
	Weekly           []float64 `json:"weekly"`
}

type customerModelJSON struct {
	Model         string         `json:"model"`
	Status        btyd.Status    `json:"status"`
	Customers     int            `json:"customers"` // fitted
	LogLikelihood float64        `json:"log_likelihood"`
	BIC           float64        `json:"bic"`
	Estimates     []estimateJSON `json:"estimates"`
	FitSeconds    float64        `json:"fit_seconds"`
	Frequencies   []*float64     `json:"customers_by_repeat_orders"`
	ChiSquare     float64        `json:"chi_square"`
	Freedom       int            `json:"degrees_of_freedom"`
	P             *float64       `json:"p"`
	Tracking      trackingJSON   `json:"tracking"`
	Held          *modelHeldJSON `json:"holdout"` // null without one
}

type estimateJSON struct {
	Name     string   `json:"name"`
	Value    float64  `json:"value"`
	StdError *float64 `json:"std_error"` // null where it is not known
}

type modelHeldJSON struct {
	Sum         float64    `json:"sum"`
	Bias        *float64   `json:"bias"` // share by which the sum is too high
	MAE         float64    `json:"mae"`
	RMSE        float64    `json:"rmse"`
	Correlation *float64   `json:"correlation"`
	MeanOrder   float64    `json:"mean_p_order"`
	Brier       float64    `json:"brier"`
	LogLoss     float64    `json:"logloss"`
	AUC         *float64   `json:"auc"`
	MeanAlive   float64    `json:"mean_p_alive"`
	AliveAUC    *float64   `json:"auc_p_alive"`
	Means       []*float64 `json:"mean_orders_by_repeat_orders_before"`
	Revenue     *float64   `json:"revenue"` // null without order values
}

type orderValuesJSON struct {
	Status        btyd.Status    `json:"status"`
	Customers     int            `json:"customers"`
	LogLikelihood float64        `json:"log_likelihood"`
	Estimates     []estimateJSON `json:"estimates"`
	Correlation   *float64       `json:"correlation"` // of number and mean value of repeat orders
	Held          *heldValueJSON `json:"holdout"`     // null without orders held out
}

// rollingJSON is what a look back chose, and how it did on the holdout.
type rollingJSON struct {
	LookedBackAt [2]history.Day         `json:"looked_back_at"`
	Candidates   []rollingCandidateJSON `json:"candidates"`
	Order        string                 `json:"model_of_an_order"`
	Weight       float64                `json:"weight_of_recalibration"`
	Number       string                 `json:"model_of_the_number"`
	NumberKind   string                 `json:"number"` // expected orders or median orders
	MeanOrder    float64                `json:"mean_p_order"`
	Brier        float64                `json:"brier"`
	LogLoss      float64                `json:"logloss"`
	AUC          *float64               `json:"auc"`
	MAE          float64                `json:"mae"`
}

type rollingCandidateJSON struct {
	Model       string  `json:"model"`
	LogLoss     float64 `json:"logloss"`
	Calibrated  float64 `json:"logloss_recalibrated"`
	MeanError   float64 `json:"mae_expected"`
	MedianError float64 `json:"mae_median"`
}

type heldValueJSON struct {
	Customers   int      `json:"customers"`
	Expected    float64  `json:"expected_order_value"`
	Actual      float64  `json:"actual_order_value"`
	MAE         float64  `json:"mae"`
	Correlation *float64 `json:"correlation"`
}

// defined is v, or nothing for a NaN.
func defined(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return &v
}

func allDefined(values []float64) []*float64 {
	all := make([]*float64, len(values))
	for i, v := range values {
		all[i] = defined(v)
	}
	return all
}

func estimatesJSON(all []btyd.Estimate) []estimateJSON {
	estimates := make([]estimateJSON, len(all))
	for i, e := range all {
		estimates[i] = estimateJSON{Name: e.Name, Value: e.Value}
		if e.StdError > 0 {
			estimates[i].StdError = &e.StdError
		}
	}
	return estimates
}

// printJSON writes the result for a program.
func (r *customersResult) printJSON(w io.Writer) error {
	b := r.base
	result := customersJSON{
		Customers: len(b.people), FirstOrder: history.Day(b.first), CalibrateUntil: history.Day(b.now), Unit: b.unit.name,
		Actual: r.actualJSON(), OrderValues: r.orderValuesJSON(), Rolling: r.rollingJSON(),
		BestFit: r.fitsBest.name, BestForecast: r.chosen.name, Reasons: r.reasons, Warnings: b.warnings, Notes: b.notes,
	}
	if b.heldOutDays() > 0 {
		end := history.Day(b.end)
		result.HoldoutUntil = &end
	}
	for _, t := range r.trials {
		result.Models = append(result.Models, r.modelJSON(t))
	}
	return command.WriteJSON(w, result)
}

func newTrackingJSON(atNow, atEnd float64, cumulative []float64) trackingJSON {
	return trackingJSON{AtCalibrationEnd: atNow, AtHoldoutEnd: atEnd, Cumulative: cumulative, Weekly: picture.Increments(cumulative)}
}

func (r *customersResult) actualJSON() customersActualJSON {
	a := &r.actual
	actual := customersActualJSON{Frequencies: allDefined(a.frequencies), Tracking: newTrackingJSON(a.atNow, a.atEnd, a.tracking)}
	if r.base.heldOutDays() > 0 {
		actual.Held = &customersHeldJSON{
			Orders: a.held.total, Revenue: a.held.spend, Rate: defined(a.held.rate()), Customers: a.held.past, Means: allDefined(a.held.byPast),
		}
	}
	return actual
}

func (r *customersResult) modelJSON(t *customerTrial) customerModelJSON {
	m := customerModelJSON{
		Model: t.name, Status: t.fit.Status(), Customers: t.fit.Customers(), LogLikelihood: t.fit.LogLikelihood(), BIC: t.bic(),
		Estimates: estimatesJSON(t.fit.Estimates()), FitSeconds: t.fitSeconds, Frequencies: allDefined(t.frequencies),
		ChiSquare: t.chiSquare, Freedom: t.freedom, P: defined(chiSquareP(t.chiSquare, t.freedom)),
		Tracking: newTrackingJSON(t.atNow, t.atEnd, t.tracking),
	}
	if r.base.heldOutDays() == 0 {
		return m
	}
	h := t.held
	m.Held = &modelHeldJSON{
		Sum: h.sum, MAE: h.mae, RMSE: h.rmse, Correlation: defined(h.correlation), MeanOrder: h.meanAny, Brier: h.brier, LogLoss: h.logLoss,
		AUC: defined(h.auc), MeanAlive: h.meanAlive, AliveAUC: defined(h.aliveAUC), Means: allDefined(h.byPast),
	}
	if total := r.actual.held.total; total > 0 {
		m.Held.Bias = defined(h.sum/total - 1)
	}
	if r.spend.fit != nil {
		m.Held.Revenue = &h.spend
	}
	return m
}

func (r *customersResult) orderValuesJSON() *orderValuesJSON {
	fit := r.spend.fit
	if fit == nil {
		return nil
	}
	values := &orderValuesJSON{
		Status: fit.Status(), Customers: fit.Customers(), LogLikelihood: fit.LogLikelihood(),
		Estimates: estimatesJSON(fit.Estimates()), Correlation: defined(fit.Correlation()),
	}
	if r.base.heldOutDays() > 0 && r.actual.held.total > 0 {
		check := r.checkOrderValues()
		values.Held = &heldValueJSON{check.customers, check.expected, check.actual, check.mae, defined(check.correlation)}
	}
	return values
}

func (r *customersResult) rollingJSON() *rollingJSON {
	l := r.rolling
	if l == nil || l.why != "" {
		return nil
	}
	result := &rollingJSON{
		LookedBackAt: [2]history.Day{history.Day(l.days[0]), history.Day(l.days[1])}, Order: l.candidates[l.order].model, Weight: l.weight, Number: l.candidates[l.number].model, NumberKind: l.numberKind(),
		MeanOrder: l.held.meanAny, Brier: l.held.brier, LogLoss: l.held.logLoss, AUC: defined(l.held.auc), MAE: l.held.mae,
	}
	for _, c := range l.candidates {
		result.Candidates = append(result.Candidates, rollingCandidateJSON{c.model, c.raw, c.logLoss, c.meanError, c.medianError})
	}
	return result
}
