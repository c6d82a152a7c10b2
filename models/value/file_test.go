package value

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/models/leaderboard"
)

func written(t testing.TB, m *Model) string {
	t.Helper()
	var text bytes.Buffer
	if err := m.Write(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestReadGivesTheSameModel(t *testing.T) {
	board, held, _ := perfumery.compete(t, config, 500, 500)
	for _, learner := range learners {
		m := modelOf(t, board, learner)
		text := written(t, m)
		read, err := Read(strings.NewReader(text), known{})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if diff := cmp.Diff(year(t, m, held), year(t, read, held)); diff != "" {
			t.Errorf("%s predicts otherwise:\n%s", learner, diff)
		}
		if diff := cmp.Diff(text, written(t, read)); diff != "" {
			t.Errorf("%s is written otherwise:\n%s", learner, diff)
		}
	}
	if _, err := Read(strings.NewReader(written(t, modelOf(t, board, meanRate))), nil); err != nil {
		t.Errorf("a floor needs a purchase model: %v", err)
	}
}

func TestReadRefuses(t *testing.T) {
	board, _, _ := perfumery.compete(t, config, 500, 500)
	text := written(t, modelOf(t, board, twoPart))
	for _, test := range []struct{ name, from, to, want string }{
		{"another format", fileFormat, "perennial purchase", "format is"},
		{"another version", `"version": 1`, `"version": 2`, "train again"},
		{"an unknown field", `"growth"`, `"shrinkage"`, "unknown field"},
		{"an unknown learner", twoPart, "oracle", `learner "oracle" is not known`},
		{"no label horizon", `"label_days": 180`, `"label_days": 0`, "labels of 0 days"},
		{"a negative number", `"daily_rate": 0`, `"daily_rate": -1`, "out of range"},
		{"a number out of this world", `"growth": 1`, `"growth": 1e300`, "out of range"},
		{"no weight", `"weight": `, `"weight": 0e`, "a weight is 0"},
		{"a limit too few", `"limits": [`, `"limits": [], "low": [`, "the interval has not 10 groups"},
		{"limits out of order", `"limits": [`, `"limits": [9e9, 1, 2, 3, 4, 5, 6, 7, 8], "high": [`, "the interval"},
		{"something behind", "}\n", "}\n{}", "something follows"},
	} {
		t.Run(test.name, func(t *testing.T) {
			k := strings.LastIndex(text, test.from)
			if k < 0 {
				t.Fatalf("%q is not in\n%s", test.from, text)
			}
			altered := text[:k] + test.to + text[k+len(test.from):]
			if _, err := Read(strings.NewReader(altered), known{}); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want %s", err, test.want)
			}
		})
	}
	for n := range len(strings.TrimSpace(text)) {
		if _, err := Read(strings.NewReader(text[:n]), known{}); err == nil {
			t.Fatalf("accepted the first %d of %d bytes", n, len(text))
		}
	}
	if _, err := Read(strings.NewReader(text), nil); err == nil || !strings.Contains(err.Error(), "needs its purchase model") {
		t.Errorf("without a purchase model: %v", err)
	}
}

// FuzzRead demands of every file that is accepted that it gives predictions in
// their intervals and survives another round.
func FuzzRead(f *testing.F) {
	board, _, _ := perfumery.compete(f, config, 100, 100)
	for _, learner := range learners {
		f.Add([]byte(written(f, modelOf(f, board, learner))))
	}
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	rows := leaderboard.Rows{Columns: []string{"orders_total", "revenue_total", "tenure_days", knownColumn}, X: [][]float32{
		{0, 1, 9, nan, inf, math.MaxFloat32}, {0, 30, 400, nan, inf, -math.MaxFloat32}, {nan, 1, 300, nan, inf, math.MaxFloat32}, {0, 0.3, 1, 0.5, 0.5, 0.5},
	}}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Read(bytes.NewReader(data), known{})
		if err != nil {
			return
		}
		for i, p := range year(t, m, rows) {
			if !(p.Orders >= 0 && 0 <= p.Low && p.Low <= p.Revenue && p.Revenue <= p.High) || math.IsInf(p.High, 1) {
				t.Errorf("row %d: %+v", i, p)
			}
		}
		text := written(t, m)
		again, err := Read(strings.NewReader(text), known{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(text, written(t, again)); diff != "" {
			t.Error(diff)
		}
	})
}
