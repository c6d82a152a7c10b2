package jobs

import (
	"context"
	"fmt"
	"io"

	"perennial/features/label"
	"perennial/models/evaluate"
	"perennial/models/nextpurchase"
	"perennial/pipeline/history"
)

// WhatReport judges product recommendations against the first order after the
// cutoff: of customers who ordered, the mean over them.
type WhatReport struct {
	Customers int             `json:"customers"`
	At5       evaluate.Basket `json:"personal_frequency_at_5"`
	At10      evaluate.Basket `json:"personal_frequency_at_10"`
	Popular10 evaluate.Basket `json:"popularity_at_10"`
}

// recommended are the measures of one customer.
type recommended struct{ at5, at10, popular10 evaluate.Basket }

// judgeWhat recommends as of the shop's night and looks at what was bought
// within days. It returns nil where orders name no products.
func (s *shop) judgeWhat(ctx context.Context, days int, progress Progress) (*WhatReport, error) {
	what := nextpurchase.NewWhat(s.extract.Vocabulary(), s.extract.Products(), s.cfg.Recommend.Exclude, s.survey.products, s.survey.categories)
	popular := what.PopularProducts(10)
	parts := make([][]recommended, s.extract.Buckets())
	err := s.eachBucket(ctx, progress.Step("what", len(parts)), func(k int, bucket *history.Bucket) error {
		for i := range bucket.Histories {
			h := &bucket.Histories[i]
			view := h.At(s.asOf)
			bought := label.Of(h, s.asOf, days).Products
			if len(view.Lines) == 0 || len(bought) == 0 {
				continue
			}
			var earlier []history.Code
			for j := range view.Lines {
				earlier = append(earlier, view.Lines[j].Product)
			}
			ranked := what.RankProducts(&view, 10)
			parts[k] = append(parts[k], recommended{
				at5:       evaluate.NextBasket(ranked, bought, earlier, 5),
				at10:      evaluate.NextBasket(ranked, bought, earlier, 10),
				popular10: evaluate.NextBasket(popular, bought, earlier, 10),
			})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var at5, at10, popular10 []evaluate.Basket
	for _, part := range parts {
		for _, r := range part {
			at5, at10, popular10 = append(at5, r.at5), append(at10, r.at10), append(popular10, r.popular10)
		}
	}
	if len(at5) == 0 {
		return nil, nil
	}
	return &WhatReport{len(at5), evaluate.MeanBasket(at5), evaluate.MeanBasket(at10), evaluate.MeanBasket(popular10)}, nil
}

func (r *WhatReport) print(w io.Writer) {
	fmt.Fprintf(w, "\nNext products, judged on the first order of %d customers:\n", r.Customers)
	fmt.Fprint(w, "candidate\trecall\tNDCG@k\tNDCG full\thit ratio\trecall of repeats\tof new items\t\n")
	line := func(name string, b evaluate.Basket) {
		fmt.Fprintf(w, "%s\t%.4f\t%.4f\t%.4f\t%.4f\t%.4f\t%.4f\t\n", name, b.Recall, b.NDCG, b.NDCGFull, b.PHR, b.RecallRepeat, b.RecallExplore)
	}
	line("personal frequency, 5", r.At5)
	line("personal frequency, 10", r.At10)
	line("popularity, 10", r.Popular10)
}
