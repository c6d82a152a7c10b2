package jobs

import (
	"context"

	"perennial/features"
	"perennial/pipeline/history"
)

// baseCustomers are enough for the four parameters of a customer-base model to
// two digits.
const baseCustomers = 50_000

// fitBase fits the customer-base models as of tonight. Buckets are drawn by
// hash, so the first of them are a sample of the shop.
func (s *shop) fitBase(ctx context.Context) (*features.CustomerBase, error) {
	m, builder := s.set.NewMatrix(), s.set.NewBuilder()
	for k := 0; k < s.extract.Buckets() && m.Rows() < baseCustomers; k++ {
		bucket, err := s.bucket(ctx, k)
		if err != nil {
			return nil, err
		}
		if err := builder.Build(m, bucket.Histories, []history.Day{s.asOf}, features.Buyers); err != nil {
			return nil, err
		}
	}
	return features.FitCustomerBase(ctx, m)
}
