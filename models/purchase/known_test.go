package purchase

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/models/leaderboard"
)

func TestWellKnown(t *testing.T) {
	const n = 1000
	rows := leaderboard.Rows{Y: make([]float64, n)}
	for _, column := range []struct {
		name  string
		known int
	}{{"of_everybody", n}, {"of_few", 19}, {"of_enough", 20}, {"of_nobody", 0}} {
		cells := make([]float32, n)
		for i := range cells[column.known:] {
			cells[column.known+i] = float32(math.NaN())
		}
		rows.Columns, rows.X = append(rows.Columns, column.name), append(rows.X, cells)
	}
	kept := wellKnown(rows)
	if diff := cmp.Diff([]string{"of_everybody", "of_enough", "of_nobody"}, kept.Columns); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	if len(kept.X) != 3 || &kept.X[1][0] != &rows.X[2][0] {
		t.Error("cells do not stand below their names")
	}
	if len(rows.Columns) != 4 || len(rows.X) != 4 {
		t.Error("the rows themselves have lost columns")
	}
}

func TestWithoutBase(t *testing.T) {
	rows := leaderboard.Rows{Columns: []string{recencyColumn, baseColumn, "base_alive"}, X: [][]float32{{1}, {2}, {3}}, Y: []float64{1}}
	kept := withoutBase(rows)
	if diff := cmp.Diff([]string{recencyColumn}, kept.Columns); diff != "" || len(kept.X) != 1 || kept.X[0][0] != 1 {
		t.Errorf("kept %v of %v", kept, rows)
	}
}

// TestCustomerBaseIsARule maps what the model expects to what happens.
func TestCustomerBaseIsARule(t *testing.T) {
	rows := shop(3000, 1)
	expected := make([]float32, len(rows.Y))
	for i := range expected {
		expected[i] = 1 / (1 + rows.X[0][i]/50) // falls with the days since the last order
	}
	rows.Columns, rows.X = append(rows.Columns, baseColumn), append(rows.X, expected)
	board := train(t, Config{RulesOnly: true}, rows, rows)
	entry := board.Entry(customerBase)
	if entry == nil || entry.Rung != leaderboard.Rule || entry.Metrics["auc"] < 0.7 {
		t.Fatalf("entry is %+v", entry)
	}
	if board.Winner != customerBase && entry.Loss > board.Entry(recencyRule).Loss+0.01 {
		t.Errorf("the rule has a loss of %v, recency one of %v", entry.Loss, board.Entry(recencyRule).Loss)
	}
	for i := range expected {
		expected[i] = nan
	}
	if failure := train(t, Config{RulesOnly: true}, rows, rows).Entry(customerBase).Failure; failure == "" {
		t.Error("a rule was fitted to a column that nobody has")
	}
}
