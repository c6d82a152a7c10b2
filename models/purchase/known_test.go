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
