package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"

	"perennial/command"
	"perennial/pipeline/extract"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
	"perennial/pipeline/table"
)

// shownLines is how much of a customer's history Explain prints.
const shownLines = 20

// Explain writes everything known and said about one customer: the published
// row, the features behind it and the newest facts.
func Explain(ctx context.Context, cfg Config, customer string, out io.Writer) (err error) {
	st, err := openToRead(cfg.Store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore(st)) }()
	list, err := loadErased(ctx, st, cfg)
	if err != nil {
		return err
	}
	if list.Erased(customer) {
		return &command.Error{Code: command.ExitInput, Err: fmt.Errorf("explain: customer %q has been erased", customer)}
	}
	reader, err := openCommit(ctx, st, 0)
	if err != nil {
		return err
	}
	score, err := reader.Find(ctx, customer)
	if errors.Is(err, publish.ErrNoCustomer) {
		return &command.Error{Code: command.ExitInput, Err: fmt.Errorf("explain: commit %d has no customer %q (ids are as in the orders, capitals included)", reader.Commit.N, customer)}
	}
	if err != nil {
		return err
	}
	if err := explainScore(out, reader.Commit, score); err != nil {
		return err
	}
	if err := explainFeatures(ctx, out, st, reader.Commit, customer); err != nil {
		return err
	}
	return explainHistory(ctx, out, newWorkspace(cfg, st), reader.Commit, customer)
}

// explainScore prints the published row, its sentences first.
func explainScore(out io.Writer, commit *publish.Commit, score *publish.Score) error {
	fmt.Fprintf(out, "%s in commit %d, as of %s\n\n", score.CustomerID, commit.N, commit.AsOf)
	if p := score.ChurnProbability; p != nil {
		fmt.Fprintf(out, "churn probability %.2f within %d days (%s)\n", *p, score.ChurnHorizonDays, score.ChurnRisk)
	}
	for _, reason := range score.Reasons {
		fmt.Fprintf(out, "  because: %s (%s)\n", reason.Text, reason.Strength)
	}
	explainNext(out, score)
	fmt.Fprintf(out, "action %s: %s\n\nThe published row:\n", score.Action, score.ActionReason)
	var line, row bytes.Buffer
	one := func(yield func(*publish.Score, error) bool) { yield(score, nil) }
	if err := publish.WriteJSON(&line, one); err != nil {
		return err
	}
	if err := json.Indent(&row, line.Bytes(), "", "  "); err != nil {
		return err
	}
	_, err := row.WriteTo(out)
	return err
}

// explainNext prints what the next order may hold, and why.
func explainNext(out io.Writer, score *publish.Score) {
	tell := func(what string, ids []string, probabilities []float64, reasons []string) {
		for k := range min(len(ids), len(reasons)) {
			likely := ""
			if k < len(probabilities) {
				likely = fmt.Sprintf(" (%.0f%%)", 100*probabilities[k])
			}
			fmt.Fprintf(out, "next %s %s%s: %s\n", what, ids[k], likely, reasons[k])
		}
	}
	tell("product", score.NextProducts, score.NextProductProbabilities, score.NextProductReasons)
	tell("category", score.NextCategories, score.NextCategoryProbabilities, score.NextCategoryReasons)
	if score.ReplenishDueDate != nil {
		fmt.Fprintf(out, "due on %s: %s\n", history.Day(*score.ReplenishDueDate), score.ReplenishReason)
	}
}

// explainFeatures prints the features of the night, if they are still there.
func explainFeatures(ctx context.Context, out io.Writer, st store.Store, commit *publish.Commit, customer string) error {
	body, err := st.Read(ctx, featuresKey(commit.AsOf, publish.BucketOf(customer, len(commit.Parts))))
	if errors.Is(err, store.ErrNotExist) {
		_, err = fmt.Fprintf(out, "\nThe feature table of %s is no longer in the store.\n", commit.AsOf)
		return err
	}
	if err != nil {
		return err
	}
	t, err := table.ReadParquet(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return err
	}
	ids, err := t.Column("customer_id")
	if err != nil {
		return err
	}
	i := slices.Index(ids.Texts, customer)
	if i < 0 {
		return nil
	}
	fmt.Fprintf(out, "\nFeatures as of %s:\n", commit.AsOf)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, column := range t.Columns {
		if column.Numbers != nil && !math.IsNaN(float64(column.Numbers[i])) {
			fmt.Fprintf(w, "  %s\t%.6g\n", column.Name, column.Numbers[i])
		}
	}
	return w.Flush()
}

// explainHistory prints the newest order lines, if the extract is still there.
func explainHistory(ctx context.Context, out io.Writer, work workspace, commit *publish.Commit, customer string) (err error) {
	for commit.RestoredFrom > 0 { // the night is that of the commit which is shown again
		restored, err := publish.At(ctx, work.store, commit.RestoredFrom)
		if err != nil {
			return err
		}
		commit = restored.Commit
	}
	manifest, err := publish.ReadManifest(ctx, work.store, commit.RunID)
	if errors.Is(err, store.ErrNotExist) || err == nil && manifest.Extract == "" {
		return nil
	}
	if err != nil {
		return err
	}
	opened, done, err := work.openExtract(ctx, manifest.Extract, func(buckets int) int { return publish.BucketOf(customer, buckets) })
	if errors.Is(err, store.ErrNotExist) || errors.Is(err, extract.ErrMissing) {
		_, err = fmt.Fprintf(out, "\nThe history behind it is no longer in the store.\n")
		return err
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	bucket, err := opened.Bucket(ctx, publish.BucketOf(customer, opened.Buckets()))
	if err != nil {
		return err
	}
	words := opened.Vocabulary()
	for i := range bucket.Histories {
		h := &bucket.Histories[i]
		if string(h.Customer) != customer {
			continue
		}
		fmt.Fprintf(out, "\n%d order lines, %d engagements, %d actions sent. The newest lines:\n", len(h.Lines), len(h.Engagements), len(h.Actions))
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		for _, line := range h.Lines[max(0, len(h.Lines)-shownLines):] {
			fmt.Fprintf(w, "  %s\t%g ×\t%s\t%.2f %s\n", line.At, line.Quantity, words.Products.Name(line.Product), line.Amount, opened.Report().Currency)
		}
		return w.Flush()
	}
	return nil
}
