package simulate

import (
	"math"
	"math/rand/v2"
)

// What customers are like on average. Orders per day, gap regularity and drift
// are set so that about half of the customers order once, half of the repeat
// gaps are shorter than six weeks, and three in ten order within 90 days.
const (
	rateShape   = 1.5      // of the gamma distribution of order rates
	rateMean    = 1.0 / 95 // orders a day
	hazardShape = 0.6      // of the gamma distribution of drift away
	hazardMean  = 1.0 / 400

	prospectShare = 0.05
	loyalShare    = 0.25 // of those who do not leave at once
	leaveBase     = 0.08 // probability of leaving at once at no sensitivity
	leavePull     = 0.40 // what full sensitivity adds

	promotionPull = 1.5 // what full sensitivity adds to the pace of a promotion day

	levelMedian = 8000 // cents per order
	levelSigma  = 0.6
	valueSigma  = 0.4 // of one order's log value around the customer's

	consentShare = 0.65
	returnMedian = 0.024 // probability that a line comes back
	stapleCount  = 3     // at most
)

// erlangShapes and their cumulative probabilities.
var (
	erlangShapes  = [...]int{1, 2, 3, 4, 8}
	erlangWeights = []float64{0.30, 0.60, 0.80, 0.93, 1}
)

// traits are what is hidden about a customer, drawn once.
type traits struct {
	day      int     // of sign-up
	part     float64 // of that day
	prospect bool    // signed up without ordering

	rate        float64 // λ, orders per day of average pace
	shape       int     // k, stages per order
	dropout     float64 // q, probability of drifting away per midnight
	sensitivity float64 // s, to discounts
	ratio       [actionCount]float64

	level      float64 // median order value in cents
	returnRate float64
	taste      [categoryCount]float64 // cumulative
	staples    [stapleCount]int32     // products, -1 for none
	channel    channel                // where she mostly orders

	visitRate float64 // visits per clock time in an average stage
	openRate  float64 // probability of opening a newsletter

	email, sms, phone bool // consent
	country           string
}

// draw draws a customer.
func (t *traits) draw(r *rand.Rand, s *shop) {
	t.day, t.part = s.signUp(r.Float64())
	t.prospect = r.Float64() < prospectShare
	t.rate = gamma(r, rateShape) * rateMean / rateShape
	t.shape = erlangShapes[pick(erlangWeights, r.Float64())]
	t.sensitivity = beta(r, 1.3, 3)
	t.dropout = drawDropout(r, t.sensitivity)
	t.ratio[reminder] = logNormal(r, math.Exp(0.25), 0.25)
	t.ratio[voucher] = logNormal(r, math.Exp(0.1+1.2*t.sensitivity), 0.15)

	t.level = logNormal(r, levelMedian, levelSigma)
	t.returnRate = min(logNormal(r, returnMedian, 0.7), 0.5)
	t.channel = drawChannel(r)
	t.visitRate = t.rate * logNormal(r, 1.2, 0.6)
	t.openRate = beta(r, 1.2, 5)
	t.email = r.Float64() < consentShare
	t.sms = r.Float64() < 0.2
	t.phone = r.Float64() < 0.1
	t.country = countries[pick(countryWeights, r.Float64())]

	t.drawTaste(r)
	t.drawStaples(r, &s.catalogue)
}

func (t *traits) signedUp() instant { return at(t.day, t.part) }

var (
	countries      = [...]string{"DE", "AT", "NL", "FR", "CH"}
	countryWeights = []float64{0.62, 0.76, 0.87, 0.95, 1}
)

func drawDropout(r *rand.Rand, sensitivity float64) float64 {
	switch hazard := gamma(r, hazardShape) * hazardMean / hazardShape; {
	case r.Float64() < leaveBase+leavePull*sensitivity:
		return 1
	case r.Float64() < loyalShare:
		return 0
	default:
		return -math.Expm1(-hazard)
	}
}

// drawTaste draws from a Dirichlet distribution with parameters 0.4: most
// customers care for three or four categories.
func (t *traits) drawTaste(r *rand.Rand) {
	total := 0.0
	for c := range t.taste {
		total += gamma(r, 0.4)
		t.taste[c] = total
	}
}

// drawStaples draws consumables to the customer's taste.
func (t *traits) drawStaples(r *rand.Rand, c *catalogue) {
	for i := range t.staples {
		product := c.draw(r, pick(t.taste[:], r.Float64()), 0)
		t.staples[i] = -1
		if c.products[product].consumable && !t.hasStaple(product) {
			t.staples[i] = product
		}
	}
}

func (t *traits) hasStaple(product int32) bool {
	for _, staple := range t.staples {
		if staple == product {
			return true
		}
	}
	return false
}
