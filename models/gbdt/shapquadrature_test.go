package gbdt

import (
	"math"
	"testing"
)

func TestGaussLegendreIsExact(t *testing.T) {
	for n := 1; n <= 40; n++ {
		q := gaussLegendre(n)
		for degree := range 2 * n {
			got := 0.0
			for k, node := range q.nodes {
				got += q.weights[k] * math.Pow(node, float64(degree))
			}
			if want := 1 / float64(degree+1); math.Abs(got-want) > 1e-14 {
				t.Errorf("%d nodes: the integral of t^%d is %v, want %v", n, degree, got, want)
			}
		}
	}
}
