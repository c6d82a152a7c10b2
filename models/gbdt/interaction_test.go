package gbdt

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestInteractionsAreTheBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, x := drawModel(t), drawCells(t, drawnColumns)
		got := interactions(t, m, x)
		for i := range x[0] {
			want := bruteInteractions(m, x, i)
			for j := range want {
				for k := range want[j] {
					if math.Abs(got[j][k][i]-want[j][k]) > 1e-10 {
						t.Fatalf("row %d: interaction of %d and %d is %v, brute force %v", i, j, k, got[j][k][i], want[j][k])
					}
				}
			}
		}
	})
}

func TestInteractionsSumToContributions(t *testing.T) {
	columns, x := readCells(t)
	for _, name := range lightgbmModels {
		m := readModel(t, name)
		contributions := explain(t, m, columns, x)
		pairs := interactions(t, m, x)
		for i := range x[0] {
			for j := range pairs {
				sum := 0.0
				for k := range pairs[j] {
					sum += pairs[j][k][i]
					if pairs[j][k][i] != pairs[k][j][i] {
						t.Fatalf("%s: row %d: interaction of %d and %d is not that of %d and %d", name, i, j, k, k, j)
					}
				}
				if math.Abs(sum-contributions[j][i]) > 1e-12 {
					t.Fatalf("%s: row %d: interactions of %d sum to %v, its contribution is %v", name, i, j, sum, contributions[j][i])
				}
			}
		}
	}
}

func TestInteractionsRefuse(t *testing.T) {
	m := smallModel()
	_, x := readCells(t)
	room := func() [][][]float64 { return pairRoom(len(m.Columns), len(x[0])) }
	short := room()
	short[2] = short[2][1:]
	narrow := room()
	narrow[1][1] = nil
	for says, dst := range map[string][][][]float64{"too few": room()[1:], "a short row": short, "no rows": narrow} {
		if err := m.Interactions(dst, m.Columns, x); err == nil {
			t.Errorf("Interactions into %s of room: no error", says)
		}
	}
	if err := m.Interactions(room(), m.Columns[1:], x[1:]); err == nil {
		t.Error("Interactions without a column: no error")
	}
	m.Trees[0].LeafCount = make([]int64, 5)
	if err := m.Interactions(room(), m.Columns, x); err == nil {
		t.Error("Interactions without counts: no error")
	}
}

func interactions(t interface{ Fatal(...any) }, m *Model, x [][]float32) [][][]float64 {
	dst := pairRoom(len(m.Columns), len(x[0]))
	if err := m.Interactions(dst, m.Columns, x); err != nil {
		t.Fatal(err)
	}
	return dst
}

func pairRoom(columns, rows int) [][][]float64 {
	dst := make([][][]float64, columns)
	for j := range dst {
		dst[j] = make([][]float64, columns)
		for k := range dst[j] {
			dst[j][k] = make([]float64, rows)
		}
	}
	return dst
}

// bruteInteractions is the definition: of all coalitions without j and k, what
// both add beyond each, weighted as Shapley does; half in each cell.
func bruteInteractions(m *Model, x [][]float32, i int) [][]float64 {
	n := len(m.Columns)
	values := coalitions(m, x, i)
	phi := bruteContributions(m, x, i)
	pairs := make([][]float64, n)
	for j := range pairs {
		pairs[j] = make([]float64, n)
		pairs[j][j] = phi[j]
		for k := range n {
			if k == j {
				continue
			}
			for s, v := range values {
				if s>>j&1 == 0 && s>>k&1 == 0 {
					beyond := values[s|1<<j|1<<k] - values[s|1<<j] - values[s|1<<k] + v
					pairs[j][k] += beyond / 2 * shapleyWeight(s, n-1)
				}
			}
			pairs[j][j] -= pairs[j][k]
		}
	}
	return pairs
}

func BenchmarkInteractions(b *testing.B) {
	m := benchmarkModel(50, 200, 31)
	x := benchmarkCells(50, 64)
	dst := pairRoom(50, 64)
	b.ReportAllocs()
	for b.Loop() {
		if err := m.Interactions(dst, m.Columns, x); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/64, "ns/row")
}
