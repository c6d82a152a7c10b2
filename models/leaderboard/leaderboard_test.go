package leaderboard

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// squared judges by squared error.
var squared = Contest{
	Question: "weight",
	Losses: func(dst, y, p []float64) {
		for i := range dst {
			dst[i] = (y[i] - p[i]) * (y[i] - p[i])
		}
	},
	Metrics: func(y, _ []float64) map[string]float64 {
		return map[string]float64{"rows": float64(len(y)), "undefined": math.NaN(), "infinite": math.Inf(1)}
	},
}

// off predicts the label of row i, which is in the first column, with an error
// of its own.
type off struct{ err func(i int) float64 }

func (m off) Predict(dst []float64, _ []string, x [][]float32) error {
	for i := range dst {
		dst[i] = float64(x[0][i]) + m.err(i)
	}
	return nil
}

func (off) Write(io.Writer) error { return nil }

// failing cannot predict.
type failing struct{ err error }

func (m failing) Predict([]float64, []string, [][]float32) error { return m.err }
func (failing) Write(io.Writer) error                            { return nil }

func candidate(name string, rung Rung, m Model) Candidate {
	return Candidate{Name: name, Rung: rung, Fit: func(context.Context, Rows) (Model, error) { return m, nil }}
}

// noisy is a candidate whose error is normal with the standard deviation sd.
func noisy(name string, rung Rung, sd float64, seed uint64) Candidate {
	rng := rand.New(rand.NewPCG(seed, 0))
	errs := make([]float64, judged)
	for i := range errs {
		errs[i] = sd * rng.NormFloat64()
	}
	return candidate(name, rung, off{func(i int) float64 { return errs[i] }})
}

const judged = 400

// labelled returns n rows whose only column is the label.
func labelled(n int) Rows {
	rows := Rows{Columns: []string{"label"}, X: [][]float32{nil}}
	for i := range n {
		rows.X[0] = append(rows.X[0], float32(i%7))
		rows.Y = append(rows.Y, float64(i%7))
		rows.Group = append(rows.Group, uint64(i))
	}
	return rows
}

func compete(t *testing.T, candidates ...Candidate) *Board {
	t.Helper()
	board, err := Compete(context.Background(), squared, candidates, labelled(10), labelled(judged))
	if err != nil {
		t.Fatal(err)
	}
	return board
}

func TestWinnerClimbsTheLadder(t *testing.T) {
	base, rule := noisy("mean", Base, 2, 1), noisy("rule", Rule, 1.5, 2)
	for _, test := range []struct {
		name       string
		candidates []Candidate
		winner     string
		why        string
	}{
		{"each rung beats the one below", []Candidate{base, rule, noisy("learner", Learner, 1, 3)},
			"learner", " of rule, "},
		{"a learner no better than the rule", []Candidate{base, rule, noisy("learner", Learner, 1.53, 5)},
			"rule", "learner is better by no more than chance"},
		{"a learner worse than the rule", []Candidate{base, rule, noisy("learner", Learner, 3, 3)},
			"rule", " of mean, 5.0 standard errors better; learner is no better (loss "},
		{"nothing beats the mean", []Candidate{base, noisy("rule", Rule, 2.1, 2), noisy("learner", Learner, 2.2, 3)},
			"mean", "; rule is no better (loss 4.8601); learner is no better (loss "},
		{"a learner faces the mean where the rule fell", []Candidate{base, noisy("rule", Rule, 3, 2), noisy("learner", Learner, 1, 3)},
			"learner", " of mean, "},
		{"the better of two rules stands for its rung", []Candidate{base, noisy("worse", Rule, 1.7, 2), noisy("better", Rule, 1.3, 3)},
			"better", " of mean, "},
		{"a rung may be empty", []Candidate{base, noisy("learner", Learner, 1, 3)}, "learner", " of mean, "},
		{"guests never win", []Candidate{base, noisy("guest", Guest, 0.1, 4)}, "mean", "loss 4.2280"},
	} {
		t.Run(test.name, func(t *testing.T) {
			board := compete(t, test.candidates...)
			if board.Winner != test.winner || !strings.Contains(board.Why, test.why) {
				t.Errorf("winner is %s, %s; want %s, …%s…", board.Winner, board.Why, test.winner, test.why)
			}
			for i := 1; i < len(board.Entries); i++ {
				if board.Entries[i].Loss < board.Entries[i-1].Loss {
					t.Errorf("%s stands below %s", board.Entries[i].Name, board.Entries[i-1].Name)
				}
			}
		})
	}
}

func TestWinnerIsWorthwhile(t *testing.T) {
	candidates := []Candidate{noisy("mean", Base, 2, 1), noisy("rule", Rule, 1.8, 2), noisy("learner", Learner, 1.5, 4)}
	for _, test := range []struct {
		worthwhile  float64
		winner, why string
	}{
		{0, "learner", " of rule, "},
		{0.3, "learner", " of mean, 6.4 standard errors better"},
		{0.7, "mean", "rule saves less than 70% of the loss of mean (loss 3.5707); learner saves less than 70%"},
	} {
		contest := squared
		contest.Worthwhile = test.worthwhile
		board, err := Compete(context.Background(), contest, candidates, labelled(10), labelled(judged))
		if err != nil {
			t.Fatal(err)
		}
		if board.Winner != test.winner || !strings.Contains(board.Why, test.why) {
			t.Errorf("where %v of the loss must be saved, the winner is %s, %s", test.worthwhile, board.Winner, board.Why)
		}
	}
}

// TestConfidenceOfALucklessChallenger lets challengers that are exactly as good
// as the holder try again and again: about one in ten may pass.
func TestConfidenceOfALucklessChallenger(t *testing.T) {
	const tries = 2000
	won := 0
	for k := range uint64(tries) {
		board := compete(t, noisy("mean", Base, 1, 2*k+10), noisy("learner", Learner, 1, 2*k+11))
		if board.Winner == "learner" {
			won++
		}
	}
	if share := float64(won) / tries; math.Abs(share-0.1) > 0.02 {
		t.Errorf("an equal challenger wins %.3f of the contests, want 0.100", share)
	}
}

func TestAdvantage(t *testing.T) {
	y := []float64{0, 0, 0, 0}
	for _, test := range []struct {
		name               string
		challenger, holder []float64
		want               float64
	}{
		{"better by 1 and 3", []float64{1, 1, 1, 1}, []float64{math.Sqrt2, 2, math.Sqrt2, 2}, 4},
		{"worse by 1 and 3", []float64{math.Sqrt2, 2, math.Sqrt2, 2}, []float64{1, 1, 1, 1}, -4},
		{"the same", []float64{1, 2, 3, 4}, []float64{1, 2, 3, 4}, 0},
		{"better by the same everywhere", []float64{0, 0, 0, 0}, []float64{1, 1, 1, 1}, 0},
	} {
		if got := squared.advantage(y, test.challenger, test.holder); math.Abs(got-test.want) > 1e-9 {
			t.Errorf("%s: %v standard errors, want %v", test.name, got, test.want)
		}
	}
}

func TestFailuresAreReported(t *testing.T) {
	board := compete(t,
		candidate("blind", Learner, failing{errors.New("no column recency_days")}),
		candidate("wild", Learner, off{func(i int) float64 { return math.Log(float64(i - 3)) }}),
		Candidate{Name: "unfit", Rung: Rule, Fit: func(context.Context, Rows) (Model, error) { return nil, errors.New("one class") }},
		noisy("mean", Base, 1, 1),
	)
	if board.Winner != "mean" || board.Entries[0].Name != "mean" {
		t.Errorf("winner is %s, first is %s", board.Winner, board.Entries[0].Name)
	}
	for name, want := range map[string]string{
		"blind": "no column recency_days", "unfit": "one class", "wild": "predicts NaN for judging row 0", "mean": "",
	} {
		entry := board.Entry(name)
		if entry.Failure != want || (want != "" && (!math.IsNaN(entry.Loss) || entry.Model != nil)) {
			t.Errorf("%s has failure %q, loss %v, model %v; want %q", name, entry.Failure, entry.Loss, entry.Model, want)
		}
	}
	if board.Entry("nobody") != nil {
		t.Error("there is an entry for nobody")
	}
}

func TestNobodyLeft(t *testing.T) {
	ctx := context.Background()
	broken := candidate("mean", Base, failing{errors.New("broken")})
	_, err := Compete(ctx, squared, []Candidate{broken, noisy("guest", Guest, 1, 1)}, labelled(5), labelled(judged))
	if !errors.Is(err, errNobody) || !strings.Contains(err.Error(), "leaderboard: weight: ") || !strings.HasSuffix(err.Error(), "mean: broken") {
		t.Errorf("only a guest is left, and the error is %v", err)
	}
	if _, err := Compete(ctx, squared, nil, labelled(5), labelled(5)); !errors.Is(err, errNobody) {
		t.Errorf("a contest without candidates: %v", err)
	}
	for want, sides := range map[string][2]Rows{
		"training rows: there are none": {Rows{}, labelled(5)},
		"judging rows: there are none":  {labelled(5), Rows{}},
	} {
		if _, err := Compete(ctx, squared, []Candidate{broken}, sides[0], sides[1]); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("error is %v, want %s", err, want)
		}
	}
}

func TestCancelledContestIsAnError(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	fitted := 0
	cancelling := Candidate{Name: "slow", Rung: Base, Fit: func(context.Context, Rows) (Model, error) {
		fitted++
		cancel()
		return nil, errors.New("interrupted")
	}}
	_, err := Compete(ctx, squared, []Candidate{cancelling, cancelling}, labelled(5), labelled(5))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want %v", err, context.Canceled)
	}
	if fitted != 1 {
		t.Errorf("%d candidates were fitted after the cancellation", fitted-1)
	}
}

func TestUndefinedMetricsAreDropped(t *testing.T) {
	board := compete(t, noisy("mean", Base, 1, 1))
	if diff := cmp.Diff(map[string]float64{"rows": judged}, board.Entries[0].Metrics); diff != "" {
		t.Error(diff)
	}
}

func TestTiesKeepTheOrderOfCandidates(t *testing.T) {
	board := compete(t, noisy("guest", Guest, 1, 1), noisy("b", Base, 1, 1), noisy("a", Base, 1, 1))
	var order []string
	for _, entry := range board.Entries {
		order = append(order, entry.Name)
	}
	if diff := cmp.Diff([]string{"guest", "b", "a"}, order); diff != "" || board.Winner != "b" {
		t.Errorf("winner is %s\n%s", board.Winner, diff)
	}
}

func TestBeats(t *testing.T) {
	y, good, bad, nan := []float64{1, 2}, []float64{1, 2}, []float64{2, 3}, []float64{1, math.NaN()}
	for _, test := range []struct {
		name              string
		inUse, challenger []float64
		want              bool
	}{
		{"better", bad, good, true},
		{"worse", good, bad, false},
		{"a tie", good, good, false},
		{"no numbers in use", nan, bad, true},
		{"no numbers against it", bad, nan, false},
		{"no numbers anywhere", nan, nan, false},
	} {
		if got := squared.Beats(y, test.inUse, test.challenger); got != test.want {
			t.Errorf("%s: Beats is %v", test.name, got)
		}
	}
}

// TestBoardIsJSON: a failed candidate's loss is no number, which JSON has no
// word for.
func TestBoardIsJSON(t *testing.T) {
	board := compete(t, candidate("blind", Rule, failing{errors.New("blind")}), candidate("mean", Base, off{func(int) float64 { return 2 }}))
	text, err := json.Marshal(board)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"question":"weight","train_rows":10,"judge_rows":400,"entries":[` +
		`{"learner":"mean","rung":"base","metrics":{"rows":400},"loss":4},` +
		`{"learner":"blind","rung":"rule","metrics":null,"failure":"blind","loss":null}],` +
		`"winner":"mean","why":"loss 4.0000"}`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Error(diff)
	}
}

func TestRungNames(t *testing.T) {
	for rung, want := range map[Rung]string{Base: "base", Guest: "guest", -1: "rung -1", 9: "rung 9"} {
		if got := rung.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestPreferredUnlessWorse: a candidate that asks to be taken before another
// loses to it by more than chance only.
func TestPreferredUnlessWorse(t *testing.T) {
	for _, test := range []struct {
		name string
		sd   float64 // of the preferred candidate's errors; those of the other are 1
		want string
	}{
		{"as good, by chance a little worse", 1.005, "moved"},
		{"clearly worse", 1.5, "plain"},
		{"better", 0.5, "moved"},
	} {
		moved := noisy("moved", Learner, test.sd, 2)
		moved.Before = "plain"
		board, err := Compete(context.Background(), squared, []Candidate{noisy("base", Base, 9, 3), noisy("plain", Learner, 1, 1), moved}, labelled(judged), labelled(judged))
		if err != nil {
			t.Fatal(err)
		}
		if board.Winner != test.want {
			t.Errorf("%s: %s wins with %.4f, %.4f of moved", test.name, board.Winner, board.Entry("plain").Loss, board.Entry("moved").Loss)
		}
	}
}
