package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"perennial/command"
	"perennial/models/leaderboard"
	"perennial/models/nextpurchase"
	"perennial/models/registry"
	"perennial/pipeline/extract"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

// Summary is what a night tells the person who runs it.
type Summary struct {
	Shop, RunID, Store, Currency string
	AsOf                         history.Day
	Outcome                      string // published, already published, held back or failed; of a step alone: extract done, features done, …
	Commit                       uint64
	Rows                         int64
	Extract                      *extract.Report
	ChurnDays                    int
	Source                       string          // of the churn probabilities: model, cohort or rule
	Cards                        []registry.Card // of the models that scored
	Trained                      []*leaderboard.Board
	Calibration                  [][]point            // of Trained, in its order
	What                         []nextpurchase.Board // who ranks products and categories
	Samples                      []publish.Score
	Stages                       []publish.Stage
	Gates                        []publish.Gate
	Notes                        []string
	Missed                       []history.Day // between the last published day and this one, without scores
}

// addModels keeps the cards of the models that score, and says plainly when
// churn could not be learnt.
func (s *Summary) addModels(p *predictors) {
	s.ChurnDays, s.Source, s.Cards = p.churnDays, p.source, p.cards
	for _, card := range p.cards {
		if card.Learner == "base_rate" && card.HorizonDays == p.churnDays && card.Question != "value" {
			s.Notes = append(s.Notes, fmt.Sprintf("Churn is not learnable here: knowing a customer's history says next to nothing about whether she orders within %d days. Everybody is published with that share.", card.HorizonDays))
		}
	}
	if p.source == "rule" {
		s.Notes = append(s.Notes, "The shop is too small or too young to fit anything: probabilities are rules of thumb from each customer's own rhythm.")
	}
}

// settle takes over how a commit ended.
func (s *Summary) settle(result publish.Result, err error, env command.Env) error {
	switch {
	case errors.Is(err, publish.ErrAlreadyPublished):
		s.Outcome, s.Commit = "already published", result.Commit.N
		return nil
	case err != nil:
		return err
	}
	if result.Warning != nil {
		env.Log.Warn("published; CURRENT.json lags until the next night", "cause", result.Warning)
	}
	s.Outcome, s.Commit, s.Rows, s.Gates = "published", result.Commit.N, result.Commit.Rows, result.Commit.Gates
	return nil
}

// Print writes the summary for a person.
func (s *Summary) Print(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s as of %s: %s", s.Shop, s.AsOf, s.Outcome)
	if s.Commit > 0 {
		fmt.Fprintf(&b, " as commit %d", s.Commit)
	}
	if s.Rows > 0 {
		fmt.Fprintf(&b, ", %d customers", s.Rows)
	}
	fmt.Fprintf(&b, "\nstore %s, run %s\n", s.Store, s.RunID)
	if s.Extract != nil {
		fmt.Fprintf(&b, "\n%s", s.Extract)
	}
	s.printModels(&b)
	for i := range s.What {
		fmt.Fprintf(&b, "%s\n", chosen(&s.What[i]))
	}
	for _, note := range s.Notes {
		fmt.Fprintf(&b, "\n%s\n", note)
	}
	if len(s.Stages) > 0 {
		b.WriteString("\n")
		for i, stage := range s.Stages {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "%s %.1f s", stage.Name, stage.Seconds)
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// printModels writes a line per question: who won, how good, against what.
func (s *Summary) printModels(b *strings.Builder) {
	if len(s.Cards) == 0 {
		return
	}
	fmt.Fprintf(b, "\nchurn is no order within %d days; probabilities come from: %s\n", s.ChurnDays, s.Source)
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "question\tmodel\ttrained\tjudged on\tAUC\tBrier\tECE\tbest rule's AUC\tBrier\t")
	for _, card := range s.Cards {
		metric := func(of map[string]float64, name string) string {
			if v, ok := of[name]; ok {
				return fmt.Sprintf("%.3f", v)
			}
			return "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", card.Question, card.Learner, card.TrainedAsOf, card.JudgedOn,
			metric(card.Metrics, "auc"), metric(card.Metrics, "brier"), metric(card.Metrics, "ece"), metric(card.Floor, "auc"), metric(card.Floor, "brier"))
	}
	_ = w.Flush() // into a strings.Builder, which never fails
}

// chosen says who ranks a level.
func chosen(b *nextpurchase.Board) string {
	return fmt.Sprintf("each next %s is ranked by %s, chosen as of %s on %d customers: %s", b.Level, b.Champion, b.Cutoff, b.Customers, b.Why)
}

// sampleRows is how many customers a summary shows.
const sampleRows = 10

// sampleOf picks rows of a bucket worth showing: of each action up to
// sampleRows customers about whom there is most to say.
func sampleOf(rows []publish.Score) []publish.Score {
	best := map[string][]publish.Score{}
	for i := range rows {
		of := best[rows[i].Action]
		if len(of) == sampleRows && !showBefore(&rows[i], &of[sampleRows-1]) {
			continue
		}
		at, _ := slices.BinarySearchFunc(of, rows[i], compareShown)
		of = slices.Insert(of, at, rows[i])
		best[rows[i].Action] = of[:min(len(of), sampleRows)]
	}
	var sample []publish.Score
	for _, name := range sortedKeys(best) {
		sample = append(sample, best[name]...)
	}
	return sample
}

func compareShown(a, b publish.Score) int {
	switch {
	case showBefore(&a, &b):
		return -1
	case showBefore(&b, &a):
		return 1
	}
	return 0
}

// showBefore orders customers by how much there is to say about them.
func showBefore(a, b *publish.Score) bool {
	if x, y := orZero(a.ActionExpectedValue), orZero(b.ActionExpectedValue); x != y {
		return x > y
	}
	if len(a.Reasons) != len(b.Reasons) {
		return len(a.Reasons) > len(b.Reasons)
	}
	if x, y := orZero(a.PredictedRevenue365d), orZero(b.PredictedRevenue365d); x != y {
		return x > y
	}
	return a.CustomerID < b.CustomerID
}

func orZero(v *float64) float64 {
	if v == nil {
		return 0
	}
	return *v
}

// addSamples chooses the rows to show from those of the buckets: one of each
// action first, then more of the best.
func (s *Summary) addSamples(buckets [][]publish.Score) {
	var all []publish.Score
	for _, rows := range buckets {
		all = append(all, rows...)
	}
	slices.SortFunc(all, compareShown)
	shown := map[string]bool{}
	var more []publish.Score
	for _, row := range all {
		if shown[row.Action] {
			more = append(more, row)
			continue
		}
		shown[row.Action] = true
		s.Samples = append(s.Samples, row)
	}
	s.Samples = append(s.Samples, more...)
	s.Samples = s.Samples[:min(len(s.Samples), sampleRows)]
}

// stage times a step. Call what it returns when the step ends.
func (n *night) stage(name string) func() {
	start := n.env.Clock()
	n.env.Log.Info("step begins", "step", name)
	return func() {
		seconds := n.env.Clock().Sub(start).Seconds()
		n.summary.Stages = append(n.summary.Stages, publish.Stage{Name: name, Seconds: seconds})
		n.env.Log.Info("step ended", "step", name, "seconds", seconds)
	}
}

// end writes the manifest and the report of a night, whatever became of it, and
// removes what it leaves behind. A night that was told to stop leaves everything:
// the next try goes on with it.
func (n *night) end(ctx context.Context, failure error) error {
	ctx = context.WithoutCancel(ctx)
	var gate *publish.GateError
	switch {
	case errors.Is(failure, context.Canceled):
		n.env.Log.Info("night stopped; the next try goes on with it")
		return errors.Join(n.writeLog(ctx), n.inputs.Close())
	case errors.As(failure, &gate):
		n.summary.Outcome, n.summary.Gates = "held back", gate.Gates
	case failure != nil:
		n.summary.Outcome = "failed"
	}
	err := n.spool.remove()
	if n.opts.past {
		err = errors.Join(err, os.RemoveAll(n.work.path("history")))
	}
	if n.summary.Outcome != "already published" {
		err = errors.Join(err, n.writeManifest(ctx, failure), n.writeReport(ctx), n.writeLog(ctx))
	}
	return errors.Join(err, n.forget(ctx), n.inputs.Close())
}

// writeManifest writes the manifest of the run, unless another process with the
// same run id has ended before.
func (n *night) writeManifest(ctx context.Context, failure error) error {
	err := publish.WriteManifest(ctx, n.store, n.manifest(failure))
	if errors.Is(err, store.ErrExists) {
		n.env.Log.Warn("the run has a manifest already, of another process that went on with it")
		return nil
	}
	return err
}

// writeLog keeps the night's log beside its manifest.
func (n *night) writeLog(ctx context.Context) error {
	return n.store.Replace(ctx, "runs/"+n.runID+"/log.jsonl", n.log.Bytes())
}

func (n *night) manifest(failure error) *publish.Manifest {
	m := &publish.Manifest{
		RunID: n.runID, AsOf: n.opts.AsOf, StartedAt: n.start, EndedAt: n.env.Clock(), Outcome: n.summary.Outcome, Commit: n.summary.Commit,
		Versions: map[string]string{"perennial": n.env.Version}, ConfigHash: n.cfg.Hash(), Stages: n.summary.Stages, Gates: n.summary.Gates,
		Resumed: n.resumed, Notes: n.summary.Notes, Extract: n.history, PeakRSSBytes: command.PeakRSS(),
	}
	if failure != nil {
		m.Error = failure.Error()
	}
	if n.models != nil {
		m.Models = n.models.versions
	}
	if n.summary.Extract != nil {
		for _, source := range n.summary.Extract.Sources {
			input := publish.Input{Source: source.Table, Files: len(source.Files), Rows: source.Read, Rejected: source.Rejected}
			for _, file := range source.Files {
				input.Bytes += file.Bytes
			}
			input.Fingerprint = shortHash(fmt.Append(nil, source.Files))
			m.Inputs = append(m.Inputs, input)
		}
	}
	return m
}
