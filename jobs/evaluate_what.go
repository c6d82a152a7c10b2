package jobs

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"

	"perennial/command"
	"perennial/models/nextpurchase"
	"perennial/pipeline/history"
)

// WhatReport judges what was recommended against the first order after the night:
// of customers who had ordered and did again, the mean over them. Whether a product
// could be had on that night is not known, so all may be named.
type WhatReport struct {
	Boards []nextpurchase.Board  `json:"boards"` // on which the champions were chosen, before the night
	Levels []nextpurchase.Judged `json:"levels"`

	// Due is about consumables that customers will need again; nil where the facts
	// end too early, or nothing has a due date.
	Due *nextpurchase.DueReport `json:"due,omitempty"`
}

// judgedLines bounds how many order lines of histories are judged.
const judgedLines = 2_000_000

// judgeWhat recommends as of the shop's night and looks at what was bought within
// days. It returns nil where orders name neither products nor categories.
func (s *shop) judgeWhat(ctx context.Context, days int, end history.Day, progress command.Progress) (*WhatReport, error) {
	boards, err := s.survey.bought.trial.Choose(ctx)
	if err != nil {
		return nil, err
	}
	cases, err := s.nightToJudge(ctx, days, progress)
	if err != nil {
		return nil, err
	}
	judged, err := cases.Judge(ctx, boards)
	if err != nil || len(judged) == 0 {
		return nil, err
	}
	report := &WhatReport{Boards: boards, Levels: judged}
	if s.asOf+nextpurchase.DueDays <= end {
		report.Due, err = s.judgeDue(ctx, progress)
	}
	return report, err
}

// judgeDue looks at what was due on the night, for a sample of customers with about
// judgedLines order lines.
func (s *shop) judgeDue(ctx context.Context, progress command.Progress) (*nextpurchase.DueReport, error) {
	judge, err := s.survey.bought.tonight.DueJudge()
	if err != nil {
		return nil, err
	}
	limit := uint64(math.MaxUint64)
	if kept := s.extract.Report().Source("orders").Kept; kept > judgedLines {
		limit = uint64(judgedLines / float64(kept) * math.MaxUint64)
	}
	parts := make([][]nextpurchase.DueCase, s.extract.Buckets())
	err = s.eachBucket(ctx, progress.Step("due", len(parts)), func(k int, bucket *history.Bucket) error {
		reader := judge.Reader()
		for i := range bucket.Histories {
			h := &bucket.Histories[i]
			if hashCustomer(h.Customer, s.cfg.Seed, "judge due") <= limit {
				view := h.At(s.asOf)
				parts[k] = reader.Append(parts[k], &view, h.Lines)
			}
		}
		return nil
	})
	return nextpurchase.NewDueReport(slices.Concat(parts...)), err
}

// nightToJudge gathers what customers ordered within days after the shop's night.
func (s *shop) nightToJudge(ctx context.Context, days int, progress command.Progress) (*nextpurchase.Trial, error) {
	tonight := s.survey.bought.tonight
	workers := newWorkers(func() *nextpurchase.Trial { return nextpurchase.NewTrial(tonight, judgedLines) })
	err := s.eachBucket(ctx, progress.Step("what", s.extract.Buckets()), func(_ int, bucket *history.Bucket) error {
		return workers.add(func(cases *nextpurchase.Trial) error {
			for i := range bucket.Histories {
				h := &bucket.Histories[i]
				view := h.At(s.asOf)
				if err := cases.Add(hashCustomer(h.Customer, s.cfg.Seed, "judge what"), &view, h.Lines, days); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return workers.merged((*nextpurchase.Trial).Merge)
}

func (r *WhatReport) print(w io.Writer) {
	for k := range r.Levels {
		printJudged(w, &r.Levels[k])
	}
	if r.Due != nil {
		printDue(w, r.Due)
	}
	for k := range r.Boards {
		fmt.Fprintf(w, "%s\n", chosen(&r.Boards[k]))
	}
}

func printJudged(w io.Writer, j *nextpurchase.Judged) {
	fmt.Fprintf(w, "\nThe next %s, judged on the first order of %d customers; champion %s\n", j.Level, j.Customers, j.Champion)
	fmt.Fprint(w, "candidate\trecall@5\trecall@10\tNDCG@10\tNDCG full\thit ratio@10\trecall of repeats@10\tof new items\t")
	for _, group := range j.Candidates[0].Groups[1:] {
		fmt.Fprintf(w, "recall@5, orders %s (%d)\t", group.Orders, group.Customers)
	}
	fmt.Fprintln(w)
	for _, candidate := range j.Candidates {
		all := candidate.Groups[0]
		b := all.At10
		fmt.Fprintf(w, "%s\t%.4f\t%.4f\t%.4f\t%.4f\t%.4f\t%.4f\t%.4f\t", candidate.Candidate, all.At5.Recall, b.Recall, b.NDCG, b.NDCGFull, b.PHR, b.RecallRepeat, b.RecallExplore)
		for _, group := range candidate.Groups[1:] {
			fmt.Fprintf(w, "%.4f\t", group.At5.Recall)
		}
		fmt.Fprintln(w)
	}
	if j.Predicted != nil {
		fmt.Fprintf(w, "probabilities of %s: %.4f on average, %.4f came true, ECE %.4f\n", j.Champion, *j.Predicted, *j.Observed, *j.ECE)
	}
}

func printDue(w io.Writer, d *nextpurchase.DueReport) {
	fmt.Fprintf(w, "\nConsumables that customers have bought, and bought within %d days: %d; probabilities %.4f on average, %.4f came true, ECE %.4f, AUC %.4f, Brier %.4f (the same for all: %.4f)\n",
		d.Days, d.Cases, d.Mean, d.Bought, d.ECE, d.AUC, d.Brier, d.Base)
	fmt.Fprintln(w, "due by\tproducts\tbought\t")
	for _, row := range []struct {
		name  string
		share nextpurchase.DueShare
	}{{"the due date", d.Due}, {"her own median gap", d.OwnGap}, {"probability, as many", d.Likeliest}} {
		fmt.Fprintf(w, "%s\t%d\t%s\t\n", row.name, row.share.Cases, shown(row.share.Bought))
	}
}
