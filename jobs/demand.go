package jobs

import (
	"context"

	"perennial/features"
	"perennial/pipeline/history"
)

// demandBuyers tell what is in demand: a product that one in a thousand buys is
// bought by fifty of them.
const demandBuyers = 50_000

// demandBefore counts what is in demand before cutoffs. Buckets are drawn by hash,
// so the first of them are a sample of the shop.
func (s *shop) demandBefore(ctx context.Context, cutoffs []history.Day) (*features.Demand, error) {
	demand := features.NewDemand(s.extract.Vocabulary(), cutoffs)
	buckets := s.extract.Buckets()
	if s.survey.buyers > demandBuyers {
		buckets = 1 + buckets*demandBuyers/int(s.survey.buyers)
	}
	return demand, s.eachOf(ctx, buckets, func() {}, func(_ int, bucket *history.Bucket) error {
		for i := range bucket.Histories {
			demand.Add(&bucket.Histories[i])
		}
		return nil
	})
}
