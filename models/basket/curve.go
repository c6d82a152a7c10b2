package basket

import (
	"cmp"
	"math"
	"slices"
)

// Curve maps scores to probabilities: a step of isotonic regression at each knot,
// straight lines between. It never falls. It is immutable and safe to share.
type Curve struct {
	Scores        []float64 `json:"scores"`        // rising
	Probabilities []float64 `json:"probabilities"` // never falling
}

// outcome is a recommendation of the past and what became of it.
type outcome struct {
	score float64
	hit   bool
}

// pooled is a run of outcomes that share one probability.
type pooled struct{ hits, n, scores float64 }

func (p pooled) rate() float64 { return p.hits / p.n }

// fitCurve pools adjacent violators (Ayer et al. 1955) over bins of equal count.
// A bin of fewer than a hundred outcomes would follow chance.
func fitCurve(outcomes []outcome) Curve {
	const bins, fewest = 100, 100
	slices.SortFunc(outcomes, func(a, b outcome) int {
		if a.hit != b.hit && a.score == b.score {
			if a.hit {
				return 1
			}
			return -1
		}
		return cmp.Compare(a.score, b.score)
	})
	width := max(fewest, (len(outcomes)+bins-1)/bins)
	var runs []pooled
	for from := 0; from < len(outcomes); from += width {
		to := min(from+width, len(outcomes))
		var run pooled
		for _, o := range outcomes[from:to] {
			run.n++
			run.scores += o.score
			if o.hit {
				run.hits++
			}
		}
		runs = append(runs, run)
		for k := len(runs) - 1; k > 0 && runs[k-1].rate() >= runs[k].rate(); k-- {
			last := runs[k]
			runs[k-1] = pooled{runs[k-1].hits + last.hits, runs[k-1].n + last.n, runs[k-1].scores + last.scores}
			runs = runs[:k]
		}
	}
	var c Curve
	for _, run := range runs {
		c.Scores = append(c.Scores, run.scores/run.n)
		c.Probabilities = append(c.Probabilities, run.rate())
	}
	return c
}

// At returns the probability of a score, NaN for an empty curve. Scores beyond the
// first and the last knot get the probability there.
func (c Curve) At(score float64) float64 {
	n := len(c.Scores)
	if n == 0 {
		return math.NaN()
	}
	k, _ := slices.BinarySearch(c.Scores, score)
	switch k {
	case 0:
		return c.Probabilities[0]
	case n:
		return c.Probabilities[n-1]
	}
	share := (score - c.Scores[k-1]) / (c.Scores[k] - c.Scores[k-1])
	return c.Probabilities[k-1] + share*(c.Probabilities[k]-c.Probabilities[k-1])
}
