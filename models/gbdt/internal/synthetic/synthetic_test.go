package synthetic

import (
	"slices"
	"testing"
)

func TestTableIsEndless(t *testing.T) {
	x, y := Table(7, 0, 3000)
	part, labels := Table(7, 1200, 500)
	if !slices.Equal(labels, y[1200:1700]) {
		t.Error("labels of a part differ")
	}
	for j := range part {
		if !slices.Equal(part[j], x[j][1200:1700]) {
			t.Errorf("column %s of a part differs", Columns()[j])
		}
	}
	if other, _ := Table(8, 0, 3000); slices.Equal(other[0], x[0]) {
		t.Error("another seed gives the same cells")
	}
}

func TestAboutAQuarterChurns(t *testing.T) {
	const rows = 20_000
	_, y := Table(1, 0, rows)
	churned := 0.0
	for _, label := range y {
		churned += label
	}
	if rate := churned / rows; rate < 0.22 || rate > 0.27 {
		t.Errorf("rate is %.3f", rate)
	}
}
