package jobs

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/command"
	"perennial/features/label"
	"perennial/models/gbdt"
	"perennial/models/leaderboard"
	"perennial/models/purchase"
	"perennial/models/registry"
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

// TestImportedModels lets four models compete: one that knows the outcomes which
// it is judged by and must win, one of noise, one whose file has been damaged and
// one that says it has seen the outcomes. None may stop the night.
func TestImportedModels(t *testing.T) {
	skipIfShort(t)
	a := newAnalyst(t)
	truth := a.rows(a.plan.Judge)
	noise := truth
	noise.Y = slices.Clone(truth.Y)
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(noise.Y), func(i, j int) { noise.Y[i], noise.Y[j] = noise.Y[j], noise.Y[i] })
	a.importAs(t, "oracle", a.write(t, truth))
	a.importAs(t, "noise", a.write(t, noise))
	a.importAs(t, "torn", a.write(t, truth))
	a.tear(t, "torn")
	opts := a.importAs(t, "late", a.write(t, truth))
	opts.TrainedAsOf = a.plan.Judge - importDays + 1
	if err := ImportModel(t.Context(), a.cfg, opts, &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}

	summary := a.night(t)
	b := board(t, summary)
	if b.Winner != "imported_oracle" {
		t.Fatalf("winner is %s (%s), want imported_oracle", b.Winner, b.Why)
	}
	for name, want := range map[string]string{"noise": "", "torn": registry.ErrDamaged.Error(), "late": "would be judged on those from"} {
		e := b.Entry("imported_" + name)
		if e == nil || (e.Failure == "") != (want == "") || !strings.Contains(e.Failure, want) {
			t.Errorf("%s: entry %+v, want failure %q", name, e, want)
		}
	}
	if summary.Source != "model" {
		t.Errorf("scores come from a %s, want model", summary.Source)
	}
	for learner, want := range map[string][]string{
		"imported_oracle": {"challenger", "champion"}, "imported_noise": {"challenger", "challenger"}, "imported_late": {"challenger", "challenger", "rejected"},
	} {
		var states []string
		for _, m := range listed(t, a.cfg, learner) {
			states = append(states, m.State)
			if m.TrainedAsOf >= a.asOf {
				t.Errorf("%s: trained as of %s, want a day before the night", learner, m.TrainedAsOf)
			}
		}
		slices.Sort(states)
		if diff := cmp.Diff(want, states); diff != "" {
			t.Errorf("states of %s (-want +got):\n%s", learner, diff)
		}
	}
	a.checkReasons(t)
}

// checkReasons wants reasons of published churn scores: the imported champion is
// explained as any other.
func (a *analyst) checkReasons(t *testing.T) {
	t.Helper()
	scored, explained := 0, 0
	for _, row := range published(t, a.cfg.Store) {
		if row.ChurnProbability != nil {
			scored++
		}
		if len(row.Reasons) > 0 {
			explained++
		}
	}
	if scored == 0 || explained < scored/2 {
		t.Errorf("%d rows are scored and %d have reasons, want most", scored, explained)
	}
}

// tear damages the file of an imported model in the store.
func (a *analyst) tear(t *testing.T, name string) {
	t.Helper()
	st, err := openToRead(a.cfg.Store)
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(st)
	entries, err := readImports(t.Context(), st, purchase.Question(importDays))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(entries, func(e importEntry) bool { return e.Name == name })
	path := filepath.Join(a.cfg.Store, "models", purchase.Question(importDays), entries[i].Version, importedFile)
	if err := os.WriteFile(path, []byte("tree\n"), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestImportedModelLoses keeps the shop's own model in office, and lets a person
// overrule the board and go back.
func TestImportedModelLoses(t *testing.T) {
	skipIfShort(t)
	a := newAnalyst(t)
	truth := a.rows(a.plan.Judge)
	for i := range truth.Y {
		truth.Y[i] = 1 - truth.Y[i]
	}
	a.importAs(t, "upside_down", a.write(t, truth))
	b := board(t, a.night(t))
	if strings.HasPrefix(b.Winner, purchase.ImportedPrefix) {
		t.Fatalf("%s wins with the outcomes upside down: %s", b.Winner, b.Why)
	}
	models := listed(t, a.cfg, "imported_upside_down")
	judged := slices.IndexFunc(models, func(m listedModel) bool { return m.Metrics["auc"] > 0 })
	if judged < 0 || models[judged].Metrics["auc"] > 0.2 {
		t.Fatalf("listed as %+v, want a verdict with an AUC near 0", models)
	}
	before := listed(t, a.cfg, b.Winner)
	question := purchase.Question(importDays)
	for _, promoted := range []string{models[judged].Version, before[0].Version} {
		if err := PromoteModel(t.Context(), a.cfg, question, promoted, &bytes.Buffer{}); err != nil {
			t.Fatal(err)
		}
		next, err := RunStep(t.Context(), a.cfg, StepTrain, NightlyOptions{AsOf: a.asOf + 1}, a.env)
		if err != nil {
			t.Fatal(err)
		}
		if got := next.Source; (got == "model") != (promoted == models[judged].Version) {
			t.Errorf("%s is promoted, scores come from a %s", promoted, got)
		}
	}
	if err := PromoteModel(t.Context(), a.cfg, question, models[1-judged].Version, &bytes.Buffer{}); command.ExitCode(err) != command.ExitUsage {
		t.Errorf("promoting what nobody has judged: %v, want an error of usage", err)
	}
	if err := WithdrawModel(t.Context(), a.cfg, question, "upside_down", &bytes.Buffer{}); err != nil {
		t.Error(err)
	}
	if err := WithdrawModel(t.Context(), a.cfg, question, "upside_down", &bytes.Buffer{}); command.ExitCode(err) != command.ExitUsage {
		t.Errorf("withdrawing it twice: %v, want an error of usage", err)
	}
}

func TestImportErrors(t *testing.T) {
	a := newAnalyst(t)
	rows := a.rows(a.plan.Judge)
	good, err := os.ReadFile(a.write(t, rows))
	if err != nil {
		t.Fatal(err)
	}
	edit := func(old, text string) string {
		changed := strings.Replace(string(good), old, text, 1)
		if changed == string(good) {
			t.Fatalf("the file has no %q", old)
		}
		return writeText(t, []byte(changed))
	}
	tests := []struct {
		name string
		edit func(*ImportOptions)
		code int
		want string
	}{
		{"no question", func(o *ImportOptions) { o.Question = "" }, command.ExitUsage, "--question is missing"},
		{"unknown question", func(o *ImportOptions) { o.Question = "churn" }, command.ExitUsage, `"churn": unknown (choose from "purchase_30d"`},
		{"no name", func(o *ImportOptions) { o.Name = "" }, command.ExitUsage, "not a name"},
		{"slash in name", func(o *ImportOptions) { o.Name = "../x" }, command.ExitUsage, "not a name"},
		{"name of a twin", func(o *ImportOptions) { o.Name = "x_in_season" }, command.ExitUsage, "not a name"},
		{"no day", func(o *ImportOptions) { o.TrainedAsOf = 0 }, command.ExitUsage, "--trained-as-of is missing"},
		{"no file", func(o *ImportOptions) { o.File = filepath.Join(t.TempDir(), "none.txt") }, command.ExitInput, "none.txt"},
		{"no model", func(o *ImportOptions) { o.File = writeText(t, []byte("hello")) }, command.ExitData, "not a LightGBM model text"},
		{"cut off", func(o *ImportOptions) { o.File = writeText(t, good[:len(good)/2]) }, command.ExitData, "model.txt: gbdt: read model"},
		{"regression", func(o *ImportOptions) { o.File = edit("objective=binary sigmoid:1", "objective=regression") }, command.ExitData, `train with "objective": "binary"`},
		{"sigmoid", func(o *ImportOptions) { o.File = edit("sigmoid:1", "sigmoid:2") }, command.ExitData, "sigmoid is 2"},
		{"unknown columns", func(o *ImportOptions) { o.File = edit("feature_names=recency_days ", "feature_names=Column_0 ") }, command.ExitData, `the shop has no feature "Column_0"`},
		{"categories", func(o *ImportOptions) {
			o.File = writeText(t, append(slices.Clone(good), "\npandas_categorical:[[\"a\", \"b\"]]\n"...))
		}, command.ExitData, "1 columns of the type category"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			opts := ImportOptions{File: writeText(t, good), Question: purchase.Question(importDays), Name: "mine", TrainedAsOf: a.plan.Judge}
			tt.edit(&opts)
			var out bytes.Buffer
			err := ImportModel(t.Context(), a.cfg, opts, &out)
			if err == nil || !strings.HasPrefix(err.Error(), "models import: ") || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %v, want models import: … %s", err, tt.want)
			}
			if code := command.ExitCode(err); code != tt.code {
				t.Errorf("exit code %d, want %d: %v", code, tt.code, err)
			}
			if got := listed(t, a.cfg, "imported_mine"); len(got) > 0 || out.Len() > 0 {
				t.Errorf("saved %v and printed %q beside an error", got, out.String())
			}
		})
	}
}
