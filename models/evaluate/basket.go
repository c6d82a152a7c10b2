package evaluate

import "math"

// Basket measures a ranked list of items against the basket that was bought, or
// is the mean of such measures. A measure that is not defined is NaN.
type Basket struct {
	Recall      float64 // share of the basket that is in the list
	NDCG        float64 // discounted gain over that of the best list of K items
	NDCGFull    float64 // discounted gain over that of the whole basket: below 1 if it has more than K items
	PHR         float64 // personal hit ratio: 1 if any item was hit, else 0
	RepeatShare float64 // share of the K places that show items bought before

	// The part of the basket bought before, and the part that is new to the
	// customer; NaN when the basket has no such item.
	RecallRepeat, RecallExplore float64
	PHRRepeat, PHRExplore       float64
}

// NextBasket compares the first k items of ranked, best first and without
// repeats, with the set of items bought and the set of items bought earlier.
// Repeats in bought and earlier count once. All measures are NaN if bought is
// empty or k < 1.
//
// With hits h(i) in {0, 1} at place i from 0 on, recall is Σh/|bought|, whatever
// k; DCG is Σ h(i)/log2(i+2) (Järvelin & Kekäläinen 2002). NDCG divides by the DCG
// of min(k, |bought|) hits, NDCGFull by that of |bought| hits (Li et al. 2023).
// A list shorter than k is not filled up.
func NextBasket[Item comparable](ranked, bought, earlier []Item, k int) Basket {
	basket, known := setOf(bought), setOf(earlier)
	if len(basket) == 0 || k < 1 {
		return MeanBasket(nil)
	}
	repeats := 0 // items of the basket bought before
	for item := range basket {
		if known[item] {
			repeats++
		}
	}
	var dcg float64
	var hitRepeats, hitExplores, shownRepeats int
	for i, item := range ranked[:min(k, len(ranked))] {
		if known[item] {
			shownRepeats++
		}
		switch {
		case !basket[item]:
			continue
		case known[item]:
			hitRepeats++
		default:
			hitExplores++
		}
		dcg += discount(i)
	}
	hits := hitRepeats + hitExplores
	return Basket{
		Recall:        ratio(hits, len(basket)),
		NDCG:          dcg / bestDCG(min(k, len(basket))),
		NDCGFull:      dcg / bestDCG(len(basket)),
		PHR:           hit(hits, len(basket)),
		RepeatShare:   ratio(shownRepeats, k),
		RecallRepeat:  ratio(hitRepeats, repeats),
		RecallExplore: ratio(hitExplores, len(basket)-repeats),
		PHRRepeat:     hit(hitRepeats, repeats),
		PHRExplore:    hit(hitExplores, len(basket)-repeats),
	}
}

// MeanBasket returns the mean of each measure over the customers for whom it is
// defined, NaN if there is none.
func MeanBasket(baskets []Basket) Basket {
	var result Basket
	for k, m := range result.measures() {
		n := 0
		for i := range baskets {
			if v := *baskets[i].measures()[k].value; !math.IsNaN(v) {
				*m.value += v
				n++
			}
		}
		*m.value /= float64(n)
	}
	return result
}

// measures returns the numbers of the basket by their JSON names, in order.
func (b *Basket) measures() []measure {
	return []measure{
		{"recall", &b.Recall},
		{"ndcg", &b.NDCG},
		{"ndcg_full", &b.NDCGFull},
		{"phr", &b.PHR},
		{"repeat_share", &b.RepeatShare},
		{"recall_repeat", &b.RecallRepeat},
		{"recall_explore", &b.RecallExplore},
		{"phr_repeat", &b.PHRRepeat},
		{"phr_explore", &b.PHRExplore},
	}
}

func setOf[Item comparable](items []Item) map[Item]bool {
	set := make(map[Item]bool, len(items))
	for _, item := range items {
		set[item] = true
	}
	return set
}

// discount returns the gain of a hit at place i, from 0 on.
func discount(i int) float64 { return 1 / math.Log2(float64(i+2)) }

func bestDCG(hits int) float64 {
	sum := 0.0
	for i := range hits {
		sum += discount(i)
	}
	return sum
}

// ratio returns a/b, NaN for 0/0.
func ratio(a, b int) float64 { return float64(a) / float64(b) }

// hit returns 1 if there is a hit and 0 if there is none, NaN if none was possible.
func hit(hits, possible int) float64 {
	if possible == 0 {
		return math.NaN()
	}
	return float64(min(hits, 1))
}
