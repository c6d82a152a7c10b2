package gbdt

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestAddRowsIsAPlainSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 150).Draw(t, "width")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		const n = 400
		r := &Rows{n: n, used: make([]int, width), stride: stride(width)}
		r.byRow = make([]uint8, n*r.stride+histogramSpan)
		packed := make([]int64, n)
		for i := range packed {
			packed[i] = rng.Int64N(1<<40) - 1<<39
		}
		for i := range r.byRow {
			r.byRow[i] = uint8(rng.Uint32())
		}
		order := make([]int32, n)
		for i := range order {
			order[i] = int32(i)
		}
		if rapid.Bool().Draw(t, "twins") {
			r.columns, r.used = make([]string, width), make([]int, width)
			for k := range r.used {
				r.columns[k], r.used[k] = fmt.Sprint(k), k
			}
			odd := rng.IntN(width)
			for i := 1; i < n; i++ {
				if twin := rng.IntN(i); rng.IntN(3) > 0 {
					bin := r.byRow[i*r.stride+odd]
					copy(r.byRow[i*r.stride:][:width], r.byRow[twin*r.stride:])
					r.byRow[i*r.stride+odd] = bin
				}
			}
			if r.findTwins(fmt.Sprint(odd)); r.twins == nil {
				t.Fatal("twins are not seen")
			}
			order = r.twins.order
		}
		var columns, rows []int32
		for k := range int32(width) {
			if rng.IntN(4) > 0 {
				columns = append(columns, k)
			}
		}
		for _, i := range order {
			if rng.IntN(3) > 0 {
				rows = append(rows, i)
			}
		}
		if len(columns) == 0 {
			return
		}
		columns = pad(columns)
		h, want := make([]cells, len(columns)), make([]cells, len(columns))
		r.addRows(h, columns, rows, packed)
		for _, row := range rows {
			for k, column := range columns {
				want[k][r.byRow[int(row)*r.stride+int(column)]] += packed[row]
			}
		}
		if !slices.Equal(h, want) {
			t.Fatalf("%d of %d columns add up differently", len(columns), width)
		}
	})
}

func TestPartKeepsOrder(t *testing.T) {
	for _, n := range []int{0, 1, 1000, partitionRows, 3*partitionRows + 17} {
		rng := rand.New(rand.NewPCG(uint64(n), 0))
		bins, table := make([]uint8, n), new([256]uint8)
		for k := range table {
			table[k] = uint8(rng.IntN(2))
		}
		var rows, lefts, rights []int32
		for i := range n {
			bins[i] = uint8(rng.Uint32())
			rows = append(rows, int32(i))
			if table[bins[i]] == 1 {
				lefts = append(lefts, int32(i))
			} else {
				rights = append(rights, int32(i))
			}
		}
		got := part(3, rows, make([]int32, n), bins, table)
		if got != len(lefts) || !slices.Equal(rows, append(lefts, rights...)) {
			t.Errorf("%d rows: %d go left, want %d, or the order differs", n, got, len(lefts))
		}
	}
}

// TestPackedSums checks that packed integers hold both sums, near the exact ones,
// for few rows and many, with and without weights.
func TestPackedSums(t *testing.T) {
	for _, n := range []int{10, 5000, nearestRows + 1, 300_000} {
		for _, weight := range []string{"none", "whole", "fractional"} {
			rng := rand.New(rand.NewPCG(1, uint64(n)))
			g, h := make([]float32, n), make([]float32, n)
			var weights []float64
			sumG, sumH, scaled := 0.0, 0.0, 0.0
			for i := range g {
				g[i], h[i] = rng.Float32()*2-1.2, rng.Float32()/4
				w := 1.0
				switch weight {
				case "whole":
					w = float64(rng.IntN(3))
					weights = append(weights, w)
				case "fractional":
					w = rng.ExpFloat64()
					weights = append(weights, w)
				}
				sumG += w * float64(g[i])
				sumH += w * float64(h[i])
				scaled += w
			}
			q := newQuantiser(n, weights)
			q.gBound, q.hBound = 2, 0.25
			packed := make([]int64, n)
			q.pack(packed, g, h, weights, 0)
			total := int64(0)
			for _, p := range packed {
				total += p
			}
			gotG, gotH := unpack(total)
			// A rounding errs by at most half a unit each, drawn ones by √n units.
			slack := 4*math.Sqrt(float64(n)) + float64(n)*boolFloat(q.nearest)/2
			if d := math.Abs(float64(gotG)*q.gUnit() - sumG); d > slack*q.gUnit() {
				t.Errorf("%d rows, %s weights: gradient sum is off by %v units", n, weight, d/q.gUnit())
			}
			if d := math.Abs(float64(gotH)*q.hUnit() - sumH); d > slack*q.hUnit() {
				t.Errorf("%d rows, %s weights: hessian sum is off by %v units", n, weight, d/q.hUnit())
			}
		}
	}
}

func boolFloat(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// TestScanFindsTheBestSplit compares with the definition, over all places and
// both ways for missing cells.
func TestScanFindsTheBestSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		bins := rapid.IntRange(2, 60).Draw(t, "bins")
		h, total := new(cells), int64(0)
		for b := range bins + 1 {
			h[b] = (rng.Int64N(4001)-2000)<<32 + rng.Int64N(3000)
			total += h[b]
		}
		c := Config{MinData: 1, L2: rng.Float64() * 10, L1: rapid.SampledFrom([]float64{0, 0.1}).Draw(t, "l1"), MinHessian: rng.Float64()}
		q := &quantiser{gBound: 1, hBound: 1, gBits: 10, hBits: 10, scale: 1}
		_, sumH := unpack(total)
		l := unboundedLeaf()
		l.sum, l.weight = total, float64(sumH)/1024
		s := newSearch(&c, q, l, false)
		b := &binning{edges: make([]float32, bins-1), missing: bins, low: 0, high: 1}
		got := s.numeric(h, b, 0)
		want := bruteForce(&c, h, total, bins)
		if math.Abs(got.gain-want) > 1e-6*(1+want) {
			t.Fatalf("gain %v, want %v", got.gain, want)
		}
	})
}

func bruteForce(c *Config, h *cells, total int64, bins int) float64 {
	half := func(sum int64) (gain, hessian float64) {
		gi, hi := unpack(sum)
		g, hessian := math.Max(math.Abs(float64(gi)/1024)-c.L1, 0), float64(hi)/1024
		return g * g / (hessian + c.L2), hessian
	}
	whole, _ := half(total)
	best := 0.0
	for _, missing := range []int64{0, h[bins]} {
		left := missing
		for b := range bins {
			if left += h[b]; missing != 0 && b == bins-1 {
				break
			}
			l, lh := half(left)
			r, rh := half(total - left)
			if _, hi := unpack(left); min(lh, rh) >= max(c.MinHessian, 1/1024.) && lh >= 1 && rh >= 1 && hi > 0 {
				best = max(best, l+r-whole)
			}
		}
	}
	return best
}
