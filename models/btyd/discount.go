package btyd

import "math"

// gauss10 are the positive nodes and weights of Gauss and Legendre's rule with
// ten points on [-1, 1].
var gauss10 = [5][2]float64{
	{0.14887433898163122, 0.29552422471475287},
	{0.43339539412924719, 0.26926671930999635},
	{0.67940956829902441, 0.21908636251598204},
	{0.86506336668898451, 0.14945134915058059},
	{0.97390652851717172, 0.066671344308688138},
}

// gauss integrates f over [from, to].
func gauss(f func(float64) float64, from, to float64) float64 {
	middle, half := (from+to)/2, (to-from)/2
	sum := 0.0
	for _, node := range gauss10 {
		sum += node[1] * (f(middle-half*node[0]) + f(middle+half*node[0]))
	}
	return sum * half
}

// discountedAway is the exponent of a discount that is lost in rounding.
const discountedAway = 45

// discounted returns ∫ exp(-rate·u) d orders(u) over [0, t], by parts, so that
// every term is positive: orders(t) exp(-rate·t) + rate ∫ exp(-rate·u) orders(u) du.
// The integrand is smooth in log(1+u/scale), scale the shortest time in which the
// rate of orders changes.
func discounted(orders func(u float64) float64, scale, t, rate float64) float64 {
	rate = max(rate, 0)
	if rate == 0 || t == 0 {
		return orders(t)
	}
	end := math.Log1p(min(t, discountedAway/rate) / scale)
	panels := math.Ceil(end)
	sum := 0.0
	for i := range int(panels) {
		sum += gauss(func(y float64) float64 {
			u := scale * math.Expm1(y)
			return math.Exp(-rate*u) * orders(u) * (scale + u)
		}, end*float64(i)/panels, end*float64(i+1)/panels)
	}
	if left := math.Exp(-rate * t); left > 0 {
		sum = sum*rate + left*orders(t)
	} else {
		sum *= rate
	}
	return capped(sum)
}
