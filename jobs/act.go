package jobs

import (
	"context"
	"errors"
	"fmt"
	"math"

	"perennial/command"
	"perennial/features"
	"perennial/models/action"
	"perennial/models/churn"
	"perennial/models/segment"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
)

// desk turns scored customers into published rows: segments and proposals per
// row, then the limited resources of the whole shop.
type desk struct {
	buckets    int
	spool      *spool
	policy     *action.Policy
	cuts       segment.Cuts
	previous   *publish.Reader // nil on the first night
	damaged    []error         // why a bucket of previous cannot be read
	thresholds action.Thresholds
}

// propose collects what all customers claim of limited resources.
func (d *desk) propose(ctx context.Context, progress command.Progress) error {
	budgets := make([]*action.Budget, d.buckets)
	err := d.each(ctx, progress.Step("propose", d.buckets), func(k int) error {
		proposals, _, err := d.segmented(ctx, k, wordsOfScores...)
		if err != nil {
			return err
		}
		budgets[k] = d.policy.NewBudget()
		for _, proposal := range proposals {
			budgets[k].Add(proposal)
		}
		return nil
	})
	if err != nil {
		return err
	}
	total := d.policy.NewBudget()
	for _, budget := range budgets {
		total.Merge(budget)
	}
	d.thresholds = total.Thresholds()
	return nil
}

// wordsOfScores are the columns of a score that decide nothing.
var wordsOfScores = []string{"reasons", "next_product_reasons", "next_product_probabilities", "next_category_reasons", "next_category_probabilities", "replenish_reason"}

// decide returns the finished rows of bucket k.
func (d *desk) decide(ctx context.Context, k int) ([]publish.Score, error) {
	proposals, rows, err := d.segmented(ctx, k)
	if err != nil {
		return nil, err
	}
	for i, proposal := range proposals {
		d.policy.Decide(proposal, d.thresholds, &rows[i])
	}
	return rows, nil
}

// proposedNote is the note of what propose found.
const proposedNote = "proposed.json"

// stagedPart is the note of a part that is staged.
type stagedPart struct {
	Part   publish.Part    `json:"part"`
	Sample []publish.Score `json:"sample"` // of its rows, for the summary
}

func partNote(k int) string { return fmt.Sprintf("staged-%05d.json", k) }

// stagePart finishes the rows of bucket k and stages them. The commit reads every
// part back, those of before a kill like the others.
func (n *night) stagePart(ctx context.Context, k int, staged *stagedPart) error {
	rows, err := n.desk.decide(ctx, k)
	if err != nil {
		return err
	}
	part, err := publish.Set{Store: n.store, RunID: n.runID, Buckets: n.desk.buckets}.WritePart(ctx, k, rows)
	if err != nil {
		return err
	}
	*staged = stagedPart{part, sampleOf(rows)}
	n.env.Log.Debug("part staged", "bucket", k)
	return n.spool.note(partNote(k), staged)
}

// segmented reads a bucket back, fills segments and change of its rows, and returns
// what the policy proposes for each of them.
// Both passes call it: to compute twice is cheaper than to write once more. Columns
// without are not read.
func (d *desk) segmented(ctx context.Context, k int, without ...string) ([]action.Proposal, []publish.Score, error) {
	customers, err := d.spool.read(k, without...)
	if err != nil {
		return nil, nil, err
	}
	var before map[string]*publish.Score
	if d.previous != nil {
		before, err = d.previous.Bucket(ctx, k, d.buckets)
		if errors.Is(err, publish.ErrCorrupt) {
			d.damaged[k], err = err, nil // these customers are taken for new
		}
		if err != nil {
			return nil, nil, err
		}
	}
	proposals := make([]action.Proposal, len(customers))
	rows := make([]publish.Score, len(customers))
	for i := range customers {
		c := &customers[i]
		previous := before[c.Score.CustomerID]
		d.cuts.Assign(c.Segment, &c.Score, previous)
		if p := c.Score.ChurnProbability; p != nil {
			newModel := previous != nil && previous.ModelVersion != c.Score.ModelVersion
			redefined := previous != nil && previous.ChurnHorizonDays != c.Score.ChurnHorizonDays
			c.Score.Change = churn.Change(previous, *p, newModel, redefined, previous != nil && c.NewestFact >= previous.AsOf)
		}
		proposals[i] = d.policy.Propose(c.Action, &c.Score, previous)
		rows[i] = c.Score
	}
	return proposals, rows, nil
}

// each calls do for every bucket on all cores.
func (d *desk) each(ctx context.Context, tick func(), do func(k int) error) error {
	return onAllCores(ctx, d.buckets, tick, func(_ context.Context, k int) error { return do(k) })
}

// actionFacts reads what the policy needs from row i, the profile and the view.
func actionFacts(m *features.Matrix, i int, profile history.Profile, view *history.View, vocabulary history.Vocabulary, usualGap float64) action.Facts {
	facts := action.Facts{
		EmailConsent: profile.EmailConsent, SMSConsent: profile.SMSConsent, PhoneConsent: profile.PhoneConsent,
		DaysSinceOrder: cell(m, "recency_days", i), DaysSinceReturn: cell(m, "return_recency_days", i), DaysSinceTicket: cell(m, "ticket_recency_days", i),
		UsualGapDays: usualGap, AverageOrderValue: cell(m, "average_order_value", i), DiscountShare: cell(m, "discounted_order_share", i),
	}
	if cell(m, "repeat_order_days", i) >= churn.UsualGaps {
		facts.OwnGapDays = cell(m, "gap_mean_days", i)
	}
	for _, sent := range view.Actions {
		facts.Sent = append(facts.Sent, action.Sent{Action: vocabulary.Actions.Name(sent.Action), DaysAgo: float64(view.Cutoff - sent.At.Day())})
	}
	return facts
}

// newestFact returns the day of the last thing that happened before the cutoff.
func newestFact(view *history.View) int32 {
	newest := history.Day(math.MinInt32)
	if n := len(view.Lines); n > 0 {
		newest = max(newest, view.Lines[n-1].At.Day())
	}
	if n := len(view.Engagements); n > 0 {
		newest = max(newest, view.Engagements[n-1].At.Day())
	}
	return int32(newest)
}
