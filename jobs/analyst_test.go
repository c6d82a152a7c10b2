package jobs

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"perennial/command"
	"perennial/features/label"
	"perennial/models/gbdt"
	"perennial/models/leaderboard"
	"perennial/models/purchase"
	"perennial/pipeline/history"
	"perennial/simulate"
)

const importDays = 90 // the horizon of the tests' question

// analyst is a shop before its first training, and what an analyst has of it.
type analyst struct {
	cfg  Config
	env  command.Env
	asOf history.Day
	plan label.Plan
	rows func(cutoff history.Day) leaderboard.Rows
}

// newAnalyst extracts a simulated shop.
func newAnalyst(t *testing.T) *analyst {
	t.Helper()
	shop := simulate.Config{Customers: 400, Days: 500, Seed: 4}
	cfg := simulated(t, shop)
	cfg.Churn.HorizonDays = importDays
	asOf, env := shop.End(), testEnv()
	if _, err := RunStep(t.Context(), cfg, StepExtract, NightlyOptions{AsOf: asOf}, env); err != nil {
		t.Fatal(err)
	}
	dirs, err := filepath.Glob(filepath.Join(cfg.Store, "history", "*", "orders"))
	if err != nil || len(dirs) != 1 {
		t.Fatalf("orders of extracts %q, %v", dirs, err)
	}
	s, err := openShop(t.Context(), cfg, asOf, filepath.Dir(dirs[0]), env.Progress)
	if err != nil {
		t.Fatal(err)
	}
	past := planTonight(asOf, s.survey.first, []int{importDays}, importDays, cfg.Train.Cutoffs)
	if err := s.gather(t.Context(), past, env.Progress); err != nil {
		t.Fatal(err)
	}
	rows := func(cutoff history.Day) leaderboard.Rows { return past.rows([]history.Day{cutoff}, importDays) }
	return &analyst{cfg, env, asOf, past.plans[importDays], rows}
}

// write trains trees on rows and writes their file.
func (a *analyst) write(t *testing.T, rows leaderboard.Rows) string {
	t.Helper()
	m, err := gbdt.Config{Trees: 20, Leaves: 8, MinData: 10, LearningRate: 0.3}.Fit(t.Context(), rows.Columns, rows.X, rows.Y, nil)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := m.Write(&text); err != nil {
		t.Fatal(err)
	}
	return writeText(t, text.Bytes())
}

func writeText(t *testing.T, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.txt")
	if err := os.WriteFile(path, text, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// importAs imports a file as one that was trained before anything that the night
// judges.
func (a *analyst) importAs(t *testing.T, name, file string) ImportOptions {
	t.Helper()
	opts := ImportOptions{File: file, Question: purchase.Question(importDays), Name: name, TrainedAsOf: a.plan.Judge - importDays}
	if err := ImportModel(t.Context(), a.cfg, opts, &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
	return opts
}

// night trains and publishes.
func (a *analyst) night(t *testing.T) *Summary {
	t.Helper()
	summary, err := Nightly(t.Context(), a.cfg, NightlyOptions{AsOf: a.asOf}, a.env)
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

// board returns the night's board of the question.
func board(t *testing.T, s *Summary) *leaderboard.Board {
	t.Helper()
	i := slices.IndexFunc(s.Trained, func(b *leaderboard.Board) bool { return b.Question == purchase.Question(importDays) })
	if i < 0 {
		t.Fatal("no board of the question")
	}
	return s.Trained[i]
}

// listed returns what ListModels says of a learner.
func listed(t *testing.T, cfg Config, learner string) []listedModel {
	t.Helper()
	var out bytes.Buffer
	if err := ListModels(t.Context(), cfg, true, &out); err != nil {
		t.Fatal(err)
	}
	var all struct{ Models []listedModel }
	if err := json.Unmarshal(out.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all.Models, func(m listedModel) bool { return m.Learner != learner })
}
