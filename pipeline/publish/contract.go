package publish

import "time"

// SchemaVersion names the published contract. Within a major version columns
// are only added; a changed meaning is a new major version beside the old one.
const SchemaVersion = "1.1"

// Score is one customer's row of one commit, contract v1. A nil pointer or an
// empty text is null: unknown now. The tags say everything else about a column: group is the
// heading of the columns from it on, doc its meaning in SCORES.md, values what a
// text may be, and crm marks the columns that a CRM shows, over which RowHash is
// taken, with how a number is rounded there.
type Score struct {
	// lineage
	CustomerID    string    `group:"lineage" parquet:"customer_id" doc:"The shop's own key."`
	AsOf          int32     `parquet:"as_of,date" doc:"Business day: everything before its first instant in the shop's time zone is known."`
	ScoredAt      time.Time `parquet:"scored_at,timestamp(microsecond)" doc:"Clock time at which the night started, UTC."`
	RunID         string    `parquet:"run_id,dict" doc:"The night that computed the row."`
	ModelVersion  string    `parquet:"model_version,dict" doc:"Champion models of the night, question=version, comma separated."`
	SchemaVersion string    `parquet:"schema_version,dict" doc:"Version of this contract."`

	// trust
	Eligibility string `group:"trust" parquet:"eligibility,dict" crm:"yes" values:"ok new too_little_history stale excluded" doc:"Whether the customer can be scored."`
	ScoreSource string `parquet:"score_source,dict" crm:"yes" values:"model cohort rule" doc:"What the probabilities come from."`

	// churn
	ChurnProbability *float64 `group:"churn" parquet:"churn_probability,optional" crm:"probability" doc:"P(no order within churn_horizon_days)."`
	ChurnHorizonDays int32    `parquet:"churn_horizon_days" crm:"yes" doc:"Days without an order that count as churn."`
	ChurnPercentile  *int32   `parquet:"churn_percentile,optional" doc:"1 to 100 among scored customers; 100 is most at risk."`
	ChurnRisk        string   `parquet:"churn_risk,dict,optional" crm:"yes" values:"low medium high lost" doc:"Class of churn_probability, with hysteresis against flapping."`

	// when
	PurchaseProbability30d    *float64 `group:"when" parquet:"purchase_probability_30d,optional" crm:"probability" doc:"P(at least one order within 30 days). Monotone over the four horizons."`
	PurchaseProbability60d    *float64 `parquet:"purchase_probability_60d,optional" crm:"probability" doc:"P(at least one order within 60 days)."`
	PurchaseProbability90d    *float64 `parquet:"purchase_probability_90d,optional" crm:"probability" doc:"P(at least one order within 90 days)."`
	PurchaseProbability180d   *float64 `parquet:"purchase_probability_180d,optional" crm:"probability" doc:"P(at least one order within 180 days)."`
	ExpectedNextOrderDate     *int32   `parquet:"expected_next_order_date,date,optional" crm:"yes" doc:"Median date of the next order given one within 180 days; null when that is unlikely."`
	ExpectedNextOrderEarliest *int32   `parquet:"expected_next_order_earliest,date,optional" doc:"10% quantile of the same distribution."`
	ExpectedNextOrderLatest   *int32   `parquet:"expected_next_order_latest,date,optional" doc:"90% quantile of the same distribution."`
	OverdueRatio              *float64 `parquet:"overdue_ratio,optional" doc:"Days since the last order over the customer's usual gap, shrunk to the shop's when gaps are few; above 1 is overdue."`

	// what
	NextProducts              []string  `group:"what" parquet:"next_products,list" crm:"yes" doc:"Up to five product ids, most likely first."`
	NextCategories            []string  `parquet:"next_categories,list" crm:"yes" doc:"Up to three categories, most likely first."`
	ReplenishDueDate          *int32    `parquet:"replenish_due_date,date,optional" crm:"yes" doc:"Day by which the first consumable, or where none has a day the first category with some, is likely needed again, not before as_of; null when none likely is within a year."`
	ReplenishProduct          string    `parquet:"replenish_product,dict,optional" crm:"yes" doc:"The consumable of replenish_due_date; empty where it is a category, which replenish_reason names. Since 1.1."`
	ReplenishReason           string    `parquet:"replenish_reason,optional" doc:"Why it is due, in words. Since 1.1."`
	NextProductProbabilities  []float64 `parquet:"next_product_probabilities,list" doc:"P(the next order holds it) of each of next_products, in its order; empty where the shop is too young to say, or the customer has never ordered. Since 1.1."`
	NextProductReasons        []string  `parquet:"next_product_reasons,list" doc:"Why each of next_products, in its order, in words with numbers of the order lines. Since 1.1."`
	NextCategoryProbabilities []float64 `parquet:"next_category_probabilities,list" doc:"P(the next order holds it) of each of next_categories, as for products. Since 1.1."`
	NextCategoryReasons       []string  `parquet:"next_category_reasons,list" doc:"Why each of next_categories, as for products. Since 1.1."`

	// value
	HistoricRevenue      float64  `group:"value" parquet:"historic_revenue" crm:"money" doc:"Revenue so far, net of returns and refunds, shop currency."`
	HistoricOrders       int32    `parquet:"historic_orders" crm:"yes" doc:"Orders so far; an order of returns only is none."`
	PredictedOrders365d  *float64 `parquet:"predicted_orders_365d,optional" crm:"probability" doc:"Expected orders in the next 365 days."`
	PredictedRevenue365d *float64 `parquet:"predicted_revenue_365d,optional" crm:"money" doc:"Expected revenue in the next 365 days, shop currency."`
	PredictedRevenueLow  *float64 `parquet:"predicted_revenue_365d_low,optional" doc:"10% quantile of the revenue."`
	PredictedRevenueHigh *float64 `parquet:"predicted_revenue_365d_high,optional" doc:"90% quantile of the revenue."`
	PredictedOrderValue  *float64 `parquet:"predicted_order_value,optional" doc:"Expected worth of one of those orders: revenue over orders, shop currency; null where none is expected. Since 1.1."`
	ValueTier            string   `parquet:"value_tier,dict,optional" crm:"yes" values:"platinum gold silver bronze medium low" doc:"By predicted revenue: the top 1%, 5%, 10%, 25%, 50% and the rest."`

	// segments
	RFMRecency     *int32 `group:"segments" parquet:"rfm_recency,optional" crm:"yes" doc:"1 to 5; 5 ordered most recently."`
	RFMFrequency   *int32 `parquet:"rfm_frequency,optional" crm:"yes" doc:"1 to 5; 5 orders most often."`
	RFMMonetary    *int32 `parquet:"rfm_monetary,optional" crm:"yes" doc:"1 to 5; 5 spends most."`
	RFMGroup       string `parquet:"rfm_group,dict,optional" crm:"yes" values:"champions loyal active new promising needs_attention almost_lost at_risk previously_loyal dormant prospects" doc:"Group by the three RFM scores; prospects have never ordered."`
	LifecycleStage string `parquet:"lifecycle_stage,dict" crm:"yes" values:"prospect new active cooling at_risk lapsed lost reactivated" doc:"Where the customer stands; a prospect is known and has never ordered."`

	// why
	Reasons []Reason `group:"why" parquet:"reasons,list" crm:"codes" doc:"Up to three facts that moved the churn probability, strongest first."`
	Change  *Change  `parquet:"change,optional" doc:"Move of churn_probability since the previous commit; null on the first."`

	// action
	Action              string   `group:"action" parquet:"action,dict" crm:"yes" doc:"What to do; none is always a candidate."`
	ActionChannel       string   `parquet:"action_channel,dict,optional" crm:"yes" values:"email sms phone" doc:"How the action reaches the customer."`
	ActionReason        string   `parquet:"action_reason,optional" doc:"Why this action, in words."`
	ActionPriority      *int32   `parquet:"action_priority,optional" doc:"1 is first; null when action is none."`
	ActionExpiresOn     *int32   `parquet:"action_expires_on,date,optional" doc:"Last day on which the action makes sense."`
	ActionExpectedValue *float64 `parquet:"action_expected_value,optional" doc:"Expected gain of the action over none, shop currency. A documented prior until effects are measured."`
	NeedsApproval       bool     `parquet:"needs_approval" crm:"yes" doc:"True: a person must agree before anything is sent."`
	SuppressedBy        string   `parquet:"suppressed_by,dict,optional" crm:"yes" doc:"The rule that forbids advertising: no_consent, recent_contact, recent_order, open_ticket … A service, such as service_recovery, is due all the same, and shows it too."`

	// experiment
	ExperimentGroup string   `group:"experiment" parquet:"experiment_group,dict" crm:"yes" values:"policy baseline holdout" doc:"Arm of the standing experiment; a holdout customer gets nothing."`
	WouldBeAction   string   `parquet:"would_be_action,dict" doc:"What the policy would do were the customer in its group."`
	Propensity      *float64 `parquet:"propensity,optional" doc:"Probability with which action was drawn."`
	PolicyVersion   string   `parquet:"policy_version,dict" doc:"The rules that chose the action."`
	DecisionID      string   `parquet:"decision_id" doc:"Key of this decision; hand it back in the actions table to close the loop."`

	// sync
	RowHash string `group:"sync" parquet:"row_hash" doc:"Hash over the columns a CRM shows: clocks excluded, probabilities rounded to 0.01, money to units. Unchanged hash: nothing to sync."`
}

// Reason is a fact with numbers that a merchant can check.
type Reason struct {
	Code      string   `parquet:"code,dict" json:"code" doc:"Names the kind of fact; stable."`
	Text      string   `parquet:"text" json:"text" doc:"The fact in words."`
	Value     *float64 `parquet:"value,optional" json:"value" doc:"The customer's number."`
	Reference *float64 `parquet:"reference,optional" json:"reference" doc:"What the number is held against: the customer's own usual or the shop's."`
	Strength  string   `parquet:"strength,dict" json:"strength" values:"low medium high" doc:"How far the fact moved the probability."`
}

// Change says how a score moved since the previous commit.
type Change struct {
	Previous float64 `parquet:"previous" json:"previous" doc:"churn_probability of the previous commit."`
	Delta    float64 `parquet:"delta" json:"delta" doc:"churn_probability minus previous."`
	Cause    string  `parquet:"cause,dict" json:"cause" values:"data time model definition" doc:"What moved it most."`
}
