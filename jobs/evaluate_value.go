package jobs

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"

	"perennial/command"
	"perennial/features"
	"perennial/features/label"
	"perennial/models/evaluate"
	"perennial/models/segment"
	"perennial/models/value"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
)

// ValueReport judges what customers were expected to be worth by what they spent.
type ValueReport struct {
	Model string      `json:"model"`
	Spans []ValueSpan `json:"spans"` // of the labels; and a year, where it is over
}

// ValueSpan is revenue within Days after the night, net of returns, per customer.
type ValueSpan struct {
	Days      int         `json:"days"`
	Customers int         `json:"customers"`
	Predicted float64     `json:"predicted"` // mean
	Actual    float64     `json:"actual"`    // mean
	Gini      *float64    `json:"gini"`
	Capture10 *float64    `json:"capture_10"` // share of all revenue that the best tenth brought
	MAE       *float64    `json:"mae"`
	Covered   *float64    `json:"covered"` // share of customers inside their 80% interval
	Tiers     []ValueTier `json:"tiers"`   // best first
}

// ValueTier is the customers of a published value_tier.
type ValueTier struct {
	Tier      string   `json:"tier"`
	Customers int      `json:"customers"`
	Predicted float64  `json:"predicted"` // mean
	Actual    float64  `json:"actual"`    // mean
	Share     *float64 `json:"share"`     // of all revenue
	Covered   *float64 `json:"covered"`
}

// judgeValue judges the winner of the value contest on the customers that the
// contest was judged on. end is where the facts end.
func (s *shop) judgeValue(ctx context.Context, t *training, all *answers, end history.Day, progress command.Progress) (*ValueReport, error) {
	if all.value == nil {
		return nil, nil
	}
	a := all.value
	m := a.model.(*value.Model)
	predictions, err := m.Year(a.judge.Columns, a.judge.X, len(a.judge.Y))
	if err != nil {
		return nil, err
	}
	report, tiers := &ValueReport{Model: m.Learner}, tiersOf(predictions)
	report.Spans = append(report.Spans, judgeSpan(a.days, 1/m.Growth, predictions, tiers, a.judge.Y))
	if a.plan.Judge+value.HorizonDays > end || a.days == value.HorizonDays {
		return report, nil
	}
	spent, err := s.spent(ctx, t.customersAt(a.plan.Judge), a.plan.Judge, value.HorizonDays, progress)
	if err != nil {
		return nil, err
	}
	report.Spans = append(report.Spans, judgeSpan(value.HorizonDays, 1, predictions, tiers, spent))
	return report, nil
}

// tiersOf returns the published value tier of every customer.
func tiersOf(predictions []value.Prediction) []string {
	scores := make([]publish.Score, len(predictions))
	var summary segment.Summary
	for i := range scores {
		scores[i].PredictedRevenue365d = &predictions[i].Revenue
		summary.Add(segment.Facts{}, &scores[i])
	}
	cuts, tiers := summary.Cuts(), make([]string, len(scores))
	for i := range scores {
		cuts.Assign(segment.Facts{}, &scores[i], nil)
		tiers[i] = scores[i].ValueTier
	}
	return tiers
}

// customersAt returns the customers of the rows of cutoff.
func (t *training) customersAt(cutoff history.Day) []history.CustomerID {
	var customers []history.CustomerID
	for i, customer := range t.matrix.Customers {
		if t.matrix.Cutoffs[i] == cutoff {
			customers = append(customers, customer)
		}
	}
	return customers
}

// spent returns the revenue of customers within days after night.
func (s *shop) spent(ctx context.Context, customers []history.CustomerID, night history.Day, days int, progress command.Progress) ([]float64, error) {
	place := make(map[history.CustomerID]int, len(customers))
	for i, customer := range customers {
		place[customer] = i
	}
	spent := make([]float64, len(customers))
	err := s.eachBucket(ctx, progress.Step("spent", s.extract.Buckets()), func(_ int, bucket *history.Bucket) error {
		for i := range bucket.Histories {
			if k, judged := place[bucket.Histories[i].Customer]; judged {
				spent[k] = label.Of(&bucket.Histories[i], night, days).Revenue
			}
		}
		return nil
	})
	return spent, err
}

// judgeSpan compares predictions of a year, times share, with what was spent.
func judgeSpan(days int, share float64, predictions []value.Prediction, tiers []string, spent []float64) ValueSpan {
	predicted, inside := make([]float64, len(spent)), make([]float64, len(spent))
	for i, p := range predictions {
		predicted[i] = share * p.Revenue
		// Who returned more than she bought was worth nothing.
		if actual := max(0, spent[i]); share*p.Low <= actual && actual <= share*p.High {
			inside[i] = 1
		}
	}
	total := meanOf(spent) * float64(len(spent))
	span := ValueSpan{
		Days: days, Customers: len(spent), Predicted: meanOf(predicted), Actual: meanOf(spent),
		Gini: known(evaluate.Gini(spent, predicted, nil)), Capture10: known(evaluate.Capture(spent, predicted, nil, 0.1)),
		MAE: known(evaluate.MAE(spent, predicted, nil)), Covered: known(meanOf(inside)),
	}
	for _, name := range []string{"platinum", "gold", "silver", "bronze", "medium", "low"} {
		in := func(v []float64) (kept []float64) {
			for i := range v {
				if tiers[i] == name {
					kept = append(kept, v[i])
				}
			}
			return kept
		}
		if actual := in(spent); len(actual) > 0 {
			span.Tiers = append(span.Tiers, ValueTier{
				Tier: name, Customers: len(actual), Predicted: meanOf(in(predicted)), Actual: meanOf(actual),
				Share: known(meanOf(actual) * float64(len(actual)) / total), Covered: known(meanOf(in(inside))),
			})
		}
	}
	return span
}

// print writes the spans as tables.
func (r *ValueReport) print(w io.Writer) {
	for _, s := range r.Spans {
		fmt.Fprintf(w, "\nRevenue of %d days after the night, expected by %s and spent, a customer; intervals are to hold 80%%:\n", s.Days, r.Model)
		fmt.Fprintln(w, "tier\tcustomers\texpected\tspent\tshare of all\tin 80% interval\tgini\tof the best tenth\tMAE\t")
		fmt.Fprintf(w, "all\t%d\t%.2f\t%.2f\t1.0000\t%s\t%s\t%s\t%s\t\n", s.Customers, s.Predicted, s.Actual, shown(s.Covered), shown(s.Gini), shown(s.Capture10), shown(s.MAE))
		for _, t := range s.Tiers {
			fmt.Fprintf(w, "%s\t%d\t%.2f\t%.2f\t%s\t%s\t\t\t\t\n", t.Tier, t.Customers, t.Predicted, t.Actual, shown(t.Share), shown(t.Covered))
		}
	}
}

// leaveOut makes the columns of families that no model may read missing. What is
// fitted on them does not compete.
func (s *shop) leaveOut(m *features.Matrix) {
	for j, name := range m.Names {
		if f, _ := s.set.Feature(name); slices.Contains(s.without, f.Family) {
			for i := range m.X[j] {
				m.X[j][i] = float32(math.NaN())
			}
		}
	}
}
