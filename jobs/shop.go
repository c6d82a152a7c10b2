package jobs

import (
	"context"
	"hash/fnv"
	"runtime"

	"golang.org/x/sync/errgroup"

	"perennial/features"
	"perennial/features/label"
	"perennial/models/basket"
	"perennial/models/nextpurchase"
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
}

// survey is what one look at every history tells about the shop.
type survey struct {
	gaps       label.Gaps
	first      history.Day // of the orders
	newest     history.Day
	customers  int64
	buyers     int64
	products   *basket.Popularity
	categories *basket.Popularity
}

// popularityDays is how far back the shop's popular products are counted: a
// year, so that every season has its say.
const popularityDays = 365

// openShop opens a finished extract and surveys it as of asOf.
func openShop(ctx context.Context, cfg Config, asOf history.Day, dir string, progress Progress) (*shop, error) {
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
	err = s.eachBucket(ctx, progress.Step("survey", len(surveys)), func(k int, bucket *history.Bucket) error {
		surveys[k] = surveyBucket(bucket, asOf, opened.Vocabulary())
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.survey = newSurvey(opened.Vocabulary())
	for k := range surveys {
		if err := s.survey.merge(&surveys[k]); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// eachBucket calls do for every bucket on all cores. do must write to places
// of its own bucket only.
func (s *shop) eachBucket(ctx context.Context, tick func(), do func(k int, bucket *history.Bucket) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for k := range s.extract.Buckets() {
		group.Go(func() error {
			bucket, err := s.extract.Bucket(ctx, k)
			if err != nil {
				return err
			}
			if err := do(k, bucket); err != nil {
				return err
			}
			tick()
			return nil
		})
	}
	return group.Wait()
}

func newSurvey(vocabulary history.Vocabulary) survey {
	return survey{
		products:   basket.NewPopularity(vocabulary.Products.Len()),
		categories: basket.NewPopularity(vocabulary.Categories.Len()),
	}
}

func surveyBucket(bucket *history.Bucket, asOf history.Day, vocabulary history.Vocabulary) survey {
	s := newSurvey(vocabulary)
	for i := range bucket.Histories {
		h := &bucket.Histories[i]
		view := h.At(asOf)
		if features.Everybody(&view) {
			s.customers++
		}
		if !features.Buyers(&view) {
			continue
		}
		s.gaps.Add(h, asOf)
		s.addBuyer(view.Lines[0].At.Day(), view.Lines[len(view.Lines)-1].At.Day())
		view.Lines = since(view.Lines, asOf-popularityDays)
		for _, items := range nextpurchase.Baskets(&view, nextpurchase.ProductOf) {
			s.products.Add(items)
		}
		for _, items := range nextpurchase.Baskets(&view, nextpurchase.CategoryOf) {
			s.categories.Add(items)
		}
	}
	return s
}

func (s *survey) addBuyer(first, newest history.Day) {
	if s.buyers == 0 {
		s.first, s.newest = first, newest
	}
	s.first, s.newest = min(s.first, first), max(s.newest, newest)
	s.buyers++
}

func (s *survey) merge(other *survey) error {
	s.gaps.Merge(&other.gaps)
	s.customers += other.customers
	if other.buyers > 0 {
		buyers := s.buyers + other.buyers
		s.addBuyer(other.first, other.newest)
		s.buyers = buyers
	}
	if err := s.products.Merge(other.products); err != nil {
		return err
	}
	return s.categories.Merge(other.categories)
}

// since returns the lines on or after first. Lines are in time order.
func since(lines []history.Line, first history.Day) []history.Line {
	for i := range lines {
		if lines[i].At >= first.Start() {
			return lines[i:]
		}
	}
	return nil
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
	z := h.Sum64() + seed*0x9e3779b97f4a7c15
	// The finaliser of SplitMix64 (Steele, Lea and Flood 2014): FNV alone leaves
	// the high bits of similar keys alike.
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
