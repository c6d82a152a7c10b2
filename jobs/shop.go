package jobs

import (
	"context"
	"hash/fnv"

	"perennial/command"
	"perennial/features"
	"perennial/features/label"
	"perennial/pipeline/extract"
	"perennial/pipeline/history"
)

// shop is one extract with what every step of a night needs to know of it.
type shop struct {
	cfg     Config
	asOf    history.Day
	extract *extract.Extract
	set     *features.Set
	survey  survey
	base    *features.CustomerBase // as of asOf
	without []string               // families of features that no model may read
}

// survey is what one look at every history tells about the shop.
type survey struct {
	gaps      label.Gaps
	first     history.Day // of the orders
	newest    history.Day
	customers int64
	buyers    int64
	bought    *gathered
}

// openShop opens a finished extract and surveys it as of asOf.
func openShop(ctx context.Context, cfg Config, asOf history.Day, dir string, progress command.Progress) (*shop, error) {
	opened, err := extract.Open(dir)
	if err != nil {
		return nil, err
	}
	set, err := features.NewSet(opened.Vocabulary(), cfg.Features)
	if err != nil {
		return nil, configError(err)
	}
	s := &shop{cfg: cfg, asOf: asOf, extract: opened, set: set}
	surveys := make([]survey, opened.Buckets())
	gathering := newGathering(cfg, opened, asOf)
	err = s.eachBucket(ctx, progress.Step("survey", len(surveys)), func(k int, bucket *history.Bucket) error {
		return gathering.workers.add(func(bought *gathered) error { return surveys[k].add(bucket, gathering, bought) })
	})
	if err != nil {
		return nil, err
	}
	for k := range surveys {
		s.survey.merge(&surveys[k])
	}
	if s.survey.bought, err = gathering.merged(); err != nil {
		return nil, err
	}
	s.base, err = s.fitBase(ctx)
	return s, err
}

// eachBucket calls do for every bucket on all cores. do must write to places
// of its own bucket only.
func (s *shop) eachBucket(ctx context.Context, tick func(), do func(k int, bucket *history.Bucket) error) error {
	return onAllCores(ctx, s.extract.Buckets(), tick, func(ctx context.Context, k int) error {
		bucket, err := s.bucket(ctx, k)
		if err != nil {
			return err
		}
		return do(k, bucket)
	})
}

// add surveys the histories of a bucket as of the night.
func (s *survey) add(bucket *history.Bucket, gathering *gathering, bought *gathered) error {
	for i := range bucket.Histories {
		h := &bucket.Histories[i]
		view := h.At(gathering.asOf)
		if features.Everybody(&view) {
			s.customers++
		}
		if !features.Buyers(&view) {
			continue
		}
		s.gaps.Add(h, gathering.asOf)
		s.addBuyer(view.Lines[0].At.Day(), view.Lines[len(view.Lines)-1].At.Day())
		if err := gathering.add(bought, h, &view); err != nil {
			return err
		}
	}
	return nil
}

func (s *survey) addBuyer(first, newest history.Day) {
	if s.buyers == 0 {
		s.first, s.newest = first, newest
	}
	s.first, s.newest = min(s.first, first), max(s.newest, newest)
	s.buyers++
}

func (s *survey) merge(other *survey) {
	s.gaps.Merge(&other.gaps)
	s.customers += other.customers
	if other.buyers > 0 {
		buyers := s.buyers + other.buyers
		s.addBuyer(other.first, other.newest)
		s.buyers = buyers
	}
}

// populationGap returns the shop's median days between order days; a shop
// without repeat orders is taken to have a gap of 90.
func (s *survey) populationGap() float64 {
	if s.gaps.Total() == 0 {
		return 90
	}
	return max(1, float64(s.gaps.Median()))
}

// churnHorizon returns the configured churn horizon, or the one that holds
// most repeat gaps.
func (s *shop) churnHorizon() int {
	if s.cfg.Churn.HorizonDays > 0 {
		return int(s.cfg.Churn.HorizonDays)
	}
	return s.survey.gaps.Horizon()
}

// hashCustomer mixes a customer's key with seed and purpose: draws for
// different purposes are independent, and none depends on other customers.
func hashCustomer(id history.CustomerID, seed uint64, purpose string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(purpose)) // a hash.Hash never fails
	_, _ = h.Write([]byte(id))
	// FNV alone leaves the high bits of similar keys alike.
	return mix(h.Sum64() + seed*0x9e3779b97f4a7c15)
}

// mix is the finaliser of SplitMix64 (Steele, Lea and Flood 2014).
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
