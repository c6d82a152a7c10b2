package gbdt

import (
	"testing"
)

func TestContributionsAreThoseOfLightGBM(t *testing.T) {
	columns, x := readCells(t)
	for _, name := range lightgbmModels {
		sameAsLightGBM(t, name, readModel(t, name), columns, x, readTable(t, name+".csv"))
	}
}

func explain(t testing.TB, m *Model, columns []string, x [][]float32) [][]float64 {
	t.Helper()
	dst := make([][]float64, len(m.Columns))
	for j := range dst {
		dst[j] = make([]float64, len(x[0]))
	}
	if err := m.Explain(dst, columns, x); err != nil {
		t.Fatal(err)
	}
	return dst
}
