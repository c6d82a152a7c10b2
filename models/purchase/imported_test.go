package purchase

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/models/calibrate"
	"perennial/models/gbdt"
	"perennial/models/leaderboard"
)

// foreign returns trees that somebody else has trained on rows.
func foreign(t *testing.T, rows leaderboard.Rows) *gbdt.Model {
	t.Helper()
	m, err := gbdt.Config{Trees: 60, Leaves: 6, MinData: 40}.Fit(t.Context(), rows.Columns, rows.X, rows.Y, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestImportedIsUsedAsItIs compares what an imported model predicts with what
// its trees say, on the board and read back from its file.
func TestImportedIsUsedAsItIs(t *testing.T) {
	judge := shop(1500, 2)
	trees := foreign(t, shop(3000, 3))
	board := train(t, Config{RulesOnly: true, Imported: []Imported{{Name: "theirs", Trees: trees}}}, shop(1500, 1), judge)
	entry := board.Entry("imported_theirs")
	if entry == nil || entry.Failure != "" || entry.Rung != leaderboard.Ensemble {
		t.Fatalf("entry %+v, want one of the highest rung", entry)
	}
	if board.Winner != entry.Name {
		t.Errorf("winner is %s (%s), want the trees ahead of rules", board.Winner, board.Why)
	}
	want := make([]float64, len(judge.Y))
	if err := trees.Predict(want, judge.Columns, judge.X); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, entry.Predictions); diff != "" {
		t.Errorf("predictions (-trees +board):\n%s", diff)
	}
	if method := entry.Model.(*Model).Curve.Method(); method != calibrate.None {
		t.Errorf("the curve is %s, want the identity", method)
	}
	var text bytes.Buffer
	if err := entry.Model.Write(&text); err != nil {
		t.Fatal(err)
	}
	read, err := Read(&text)
	if err != nil {
		t.Fatal(err)
	}
	again := make([]float64, len(want))
	if err := read.Predict(again, judge.Columns, judge.X); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, again); diff != "" {
		t.Errorf("predictions (-trees +read):\n%s", diff)
	}
}

// TestImportedHasASeason gives it a twin that last year's rows have moved.
func TestImportedHasASeason(t *testing.T) {
	lastYear := shop(1500, 4)
	cfg := Config{RulesOnly: true, LastYear: LastYear{Rows: lastYear}, Imported: []Imported{{Name: "theirs", Trees: foreign(t, shop(2000, 3))}}}
	board := train(t, cfg, shop(1500, 1), shop(1500, 2))
	twin := board.Entry("imported_theirs" + inSeason)
	if twin == nil || twin.Failure != "" {
		t.Fatalf("entry of the twin %+v", twin)
	}
	p := make([]float64, len(lastYear.Y))
	if err := twin.Model.Predict(p, lastYear.Columns, lastYear.X); err != nil {
		t.Fatal(err)
	}
	var sum float64
	for _, v := range p {
		sum += v
	}
	if ordered := float64(lastYear.Positives()); math.Abs(sum-ordered) > 1e-6*ordered {
		t.Errorf("in season it expects %v of last year's orders, there were %v", sum, ordered)
	}
	if i := cfg.Imported[0]; !i.Is(twin.Name) || !i.Is("imported_theirs") || i.Is("theirs") || i.Is("imported_their") {
		t.Error("Is does not tell its own candidates from others")
	}
}

// TestImportedFailures lets models compete that cannot: each is reported, and
// none stops the contest.
func TestImportedFailures(t *testing.T) {
	rows := shop(1500, 1)
	amounts, err := gbdt.Config{Trees: 3, Objective: gbdt.Objective{Loss: gbdt.L2}}.Fit(t.Context(), rows.Columns, rows.X, rows.Y, nil)
	if err != nil {
		t.Fatal(err)
	}
	steep, uncounted, alien := *foreign(t, rows), *foreign(t, rows), *foreign(t, rows)
	steep.Objective.Sigmoid = 2
	for k := range uncounted.Trees {
		uncounted.Trees[k].LeafCount = make([]int64, uncounted.Trees[k].Leaves())
	}
	alien.Columns = append([]string{"no_such_feature"}, alien.Columns[1:]...)
	tests := []struct {
		imported Imported
		want     string
	}{
		{Imported{Name: "late", Err: errors.New("it has seen the outcomes")}, "it has seen the outcomes"},
		{Imported{Name: "amounts", Trees: amounts}, `train with "objective": "binary"`},
		{Imported{Name: "steep", Trees: &steep}, "sigmoid is 2"},
		{Imported{Name: "uncounted", Trees: &uncounted}, "cannot be explained"},
		{Imported{Name: "alien", Trees: &alien}, "no_such_feature"},
	}
	cfg := Config{RulesOnly: true, LastYear: LastYear{Rows: shop(1500, 4)}}
	for _, tt := range tests {
		cfg.Imported = append(cfg.Imported, tt.imported)
	}
	board := train(t, cfg, rows, shop(1500, 2))
	for _, tt := range tests {
		entry := board.Entry(ImportedPrefix + tt.imported.Name)
		if entry == nil || !strings.Contains(entry.Failure, tt.want) {
			t.Errorf("%s: entry %+v, want failure %q", tt.imported.Name, entry, tt.want)
		}
	}
	if strings.HasPrefix(board.Winner, ImportedPrefix) {
		t.Errorf("winner is %s", board.Winner)
	}
}
