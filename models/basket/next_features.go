package basket

import "math"

// The log-odds that a customer's next order holds an item is a weighted sum of
// features of the customer, of the two together and of the item. Items that she has
// bought and items new to her have weights of their own.
const (
	customerFeatures = 6
	ownPairFeatures  = 9
	ownItemFeatures  = 4
	newPairFeatures  = 1
	newItemFeatures  = 4
	ownFeatures      = customerFeatures + ownPairFeatures + ownItemFeatures
	newFeatures      = customerFeatures + newPairFeatures + newItemFeatures
)

// ownPrior is the closed form that weights are pulled to: the shrunken repeat rate,
// fading with the orders since.
func ownPrior() []float64 {
	prior := make([]float64, ownFeatures)
	prior[customerFeatures] = 1         // log-odds of the shrunken repeat rate
	prior[customerFeatures+1] = -1 / 8. // log of the orders since: about .97 an order over the first ten
	return prior
}

// newPrior is the item's share of what customers buy for the first time, times how
// many different items she buys an order.
func newPrior() []float64 {
	prior := make([]float64, newFeatures)
	prior[customerFeatures-1] = 1
	prior[customerFeatures+newPairFeatures+1] = 1
	return prior
}

// customer is what scores need of a customer as a whole.
type customer struct {
	features  [customerFeatures]float64
	orders    int
	logOrders float64
}

// customerOf describes the customer of h, whose items are own. general is the
// repeat rate of the shop, of which twenty orders' worth stand behind her own.
func customerOf(h History, own []own, general float64) customer {
	const steady = 20
	n := h.Orders()
	repeats, chances := 0., 0.
	for i := range own {
		repeats += float64(own[i].orders - 1)
		chances += float64(n - 1 - int(own[i].first))
	}
	c := customer{orders: n, logOrders: logOf(n)}
	c.features = [customerFeatures]float64{
		1,
		c.logOrders,
		logit((repeats + steady*general) / (chances + steady)),
		math.Log(float64(max(len(h.Items), 1)) / float64(max(n, 1))),
		logOf(len(h.Last())),
		math.Log(float64(max(len(own), 1)) / float64(max(n, 1))),
	}
	return c
}

// ownPair describes what the customer has done with an item of her own: follows is
// what its predecessors say, due how many standard deviations of log gap it is
// past the usual day, 0 where days are not known.
func (c *customer) ownPair(o *own, prior, repeat, follows, due float64) (x [ownPairFeatures]float64) {
	repeats := float64(o.orders-1) + prior*repeat
	chances := float64(c.orders-1-int(o.first)) + prior
	logRepeats := math.Log(repeats)
	logRate := logRepeats - math.Log(chances)
	since := logOf(c.orders - int(o.last))
	return [ownPairFeatures]float64{
		logRepeats - math.Log(chances-repeats),
		since,
		since * since,
		since * c.logOrders,
		logRate * c.logOrders,
		logOf(int(o.orders)),
		follows,
		due,
		due * due,
	}
}

// ownItem describes an item to those who have bought it.
func (r *rates) ownItem(item int) [ownItemFeatures]float64 {
	return [ownItemFeatures]float64{logit(r.repeat[item]), r.recent[item], r.fresh[item], r.overall[item]}
}

// newItem describes an item to those who have not.
func (r *rates) newItem(item int) [newItemFeatures]float64 {
	return [newItemFeatures]float64{r.recent[item], r.fresh[item], r.overall[item], r.second[item]}
}

func dot(x, weights []float64) (sum float64) {
	for k, v := range x {
		sum += v * weights[k]
	}
	return sum
}

// logOf returns log(n), 0 for n < 1.
func logOf(n int) float64 { return math.Log(float64(max(n, 1))) }
