package purchase

import (
	"bytes"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/models/leaderboard"
)

// models returns one model of every kind that Read knows.
func models(t testing.TB) map[string]leaderboard.Model {
	board := train(t, Config{Lambda: 30, PopulationGapDays: 40}, shop(300, 1), shop(300, 2))
	all := map[string]leaderboard.Model{byGuess: NewGuess(60, 40)}
	for _, name := range []string{baseRate, recencyRule, ownRhythm, withLogistic} {
		all[name] = fitted(t, board, name)
	}
	moved, err := all[withLogistic].(*Model).InSeason(LastYear{Rows: shop(1000, 3)})
	if err != nil {
		t.Fatal(err)
	}
	all[withLogistic+inSeason] = moved
	hazards := train(t, Config{Lambda: 30, Boosting: unsearched(), Times: timed(600, 1)}, shop(600, 1), shop(300, 2))
	for _, name := range []string{linearHazard, boostedHazard, blended, blendedKinds} {
		all[name] = fitted(t, hazards, name)
	}
	if all[blendedKinds+inSeason], err = all[blendedKinds].(*Model).InSeason(busyLater(1500, 3)); err != nil {
		t.Fatal(err)
	}
	return all
}

func written(t testing.TB, m leaderboard.Model) string {
	t.Helper()
	var text bytes.Buffer
	mustWrite(t, m, &text)
	return text.String()
}

func TestReadGivesTheSameModel(t *testing.T) {
	rows := shop(300, 3)
	for name, m := range models(t) {
		text := written(t, m)
		read, err := Read(strings.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		if diff := cmp.Diff(predict(t, m, rows.Columns, rows.X), predict(t, read, rows.Columns, rows.X)); diff != "" {
			t.Errorf("%s predicts otherwise:\n%s", name, diff)
		}
		if diff := cmp.Diff(text, written(t, read)); diff != "" {
			t.Errorf("%s is written otherwise:\n%s", name, diff)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	all := models(t)
	for _, test := range []struct{ name, learner, from, to, want string }{
		{"another format", baseRate, fileFormat, "perennial logistic", `format is "perennial logistic"`},
		{"another version", baseRate, `"version": 1`, `"version": 2`, "train again"},
		{"an unknown field", baseRate, `"share"`, `"odds"`, "unknown field"},
		{"an unknown learner", baseRate, baseRate, "oracle", "oracle: the learner is not known"},
		{"no share", baseRate, `"share"`, `"population_gap_days"`, "the share is not from 0 to 1"},
		{"a share below 0", baseRate, `"share": 0`, `"share": -0`, "the share is not from 0 to 1"},
		{"no horizon", byGuess, `"horizon_days": 60`, `"horizon_days": 0`, "is not above 0"},
		{"no gap", byGuess, `"population_gap_days": 40`, `"population_gap_days": 0`, "is not above 0"},
		{"a rhythm without a gap", ownRhythm, `"population_gap_days": 40`, `"population_gap_days": 0`, "does not fit"},
		{"a gap below 0", ownRhythm, `"population_gap_days": 40`, `"population_gap_days": -1`, "does not fit"},
		{"a recency rule with a gap", ownRhythm, ownRhythm, recencyRule, "does not fit"},
		{"no calibration", recencyRule, `"calibration"`, `"logistic"`, "EOF"},
		{"a curve that falls", recencyRule, `"calibrated": 0`, `"calibrated": 9`, "knot is not a probability"},
		{"a pace below 0", withLogistic + inSeason, `"pace": 0`, `"pace": -0`, "is none"},
		{"a pace out of this world", withLogistic + inSeason, `"pace": 0.`, `"pace": 123.`, "is none"},
		{"a hazard without intervals", boostedHazard, `"edges": [`, `"edges": [999,`, "ascending edges"},
		{"a hazard of hazards", linearHazard, `"learner": "logistic"`, `"learner": "hazard"`, `a hazard of "hazard"`},
		{"a pace too few", blendedKinds + inSeason, `"paces": [`, `"paces": [1,`, "are no season"},
		{"a pace of nothing", blendedKinds + inSeason, `"paces": [`, `"paces": [0, `, "are no season"},
		{"a blend of blends", blended, `"learner": "hazard"`, `"learner": "blend"`, "a blend of a blend"},
		{"trees that are none", boostedHazard, "num_leaves=", "num_leafs=", "num_leafs"},
		{"no regression", withLogistic, `"logistic": {`, `"logistic": null, "calibration": {`, "logistic: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := written(t, all[test.learner])
			altered := strings.Replace(text, test.from, test.to, 1)
			if altered == text {
				t.Fatalf("%q is not in\n%s", test.from, text)
			}
			if _, err := Read(strings.NewReader(altered)); err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "purchase: read model: ") {
				t.Errorf("error is %v, want one about %q", err, test.want)
			}
		})
	}
	if _, err := Read(strings.NewReader(written(t, all[baseRate]) + "{}")); err == nil {
		t.Error("accepted something after the model")
	}
}

// FuzzRead demands of every file that is accepted that it gives probabilities
// and survives another round.
func FuzzRead(f *testing.F) {
	all := models(f)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		f.Add([]byte(written(f, all[name])))
	}
	cells := []float32{nan, 0, 1, -1, 400, math.MaxFloat32, -math.MaxFloat32, float32(math.Inf(1)), float32(math.Inf(-1))}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		columns := ruleColumns
		if fitted, ok := m.(*Model); ok {
			columns = fitted.Columns()
		}
		x := make([][]float32, len(columns))
		for j := range x {
			x[j] = cells
		}
		for i, p := range predict(t, m, columns, x) {
			if !(p >= 0 && p <= 1) {
				t.Errorf("cells of %v have probability %v", cells[i], p)
			}
		}
		text := written(t, m)
		again, err := Read(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(text, written(t, again)); diff != "" {
			t.Error(diff)
		}
	})
}
