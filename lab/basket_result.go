package lab

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"perennial/command"
	"perennial/models/evaluate"
)

// basketResult is what Basket has found out.
type basketResult struct {
	task   *basketTask
	ks     []int
	trials []basketTrial
}

// basketTrial is how one recommender did.
type basketTrial struct {
	model                   string
	folds                   [][]basketJudged
	fitSeconds, rankSeconds float64
	peakRSSBytes            int64 // of the process, until the recommender had ranked
}

// basketGroup is a part of the customers by how many orders they have.
type basketGroup struct {
	name        string
	least, most int
}

func basketGroups() []basketGroup {
	return []basketGroup{{"all", 0, math.MaxInt}, {"0-1", 0, 1}, {"2-4", 2, 4}, {"5+", 5, math.MaxInt}}
}

// mean returns the mean over folds of the mean over a group's customers at the
// k-th length, and how many customers that is of, fold after fold.
func (t *basketTrial) mean(group basketGroup, k int) (evaluate.Basket, int) {
	var means []evaluate.Basket
	customers := 0
	for _, fold := range t.folds {
		var measures []evaluate.Basket
		for _, judged := range fold {
			if judged.orders >= group.least && judged.orders <= group.most {
				measures = append(measures, judged.at[k])
			}
		}
		customers += len(measures)
		means = append(means, evaluate.MeanBasket(measures))
	}
	return evaluate.MeanBasket(means), customers
}

// print writes the result for a person.
func (r *basketResult) print(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d customers, %d items, folds: %d\n", len(r.task.customers), r.task.items, len(r.task.folds))
	for _, group := range basketGroups() {
		_, customers := r.trials[0].mean(group, 0)
		if customers == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%d tests, orders before: %s\n", customers, group.name)
		table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "model\tk\trecall\tNDCG@k\tNDCG full\thit ratio\tof repeats\tof new items\trepeat share")
		for i := range r.trials {
			for k, length := range r.ks {
				m, _ := r.trials[i].mean(group, k)
				fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.trials[i].model, length, basketFigure(m.Recall), basketFigure(m.NDCG),
					basketFigure(m.NDCGFull), basketFigure(m.PHR), basketFigure(m.RecallRepeat), basketFigure(m.RecallExplore), basketFigure(m.RepeatShare))
			}
		}
		_ = table.Flush() // into a strings.Builder, which never fails
	}
	if len(r.task.chosen) > 0 {
		fmt.Fprintln(&b, "\nchosen for each fold, by the next baskets of those who are not tested:")
		for _, text := range r.task.chosen {
			fmt.Fprintln(&b, text)
		}
	}
	fmt.Fprintln(&b, "\nRecall and hit ratio of repeats and of new items are means over those who bought some.\nNDCG@k divides by the best list of k items, NDCG full by that of the whole basket.")
	_, err := io.WriteString(w, b.String())
	return err
}

func basketFigure(v float64) string {
	if math.IsNaN(v) {
		return "-"
	}
	return fmt.Sprintf("%.4f", v)
}

// basketJSON is what --json prints. Figures that are not defined are null.
type basketJSON struct {
	Customers int               `json:"customers"`
	Items     int               `json:"items"`
	Folds     int               `json:"folds"`
	Chosen    []string          `json:"chosen,omitempty"`
	Models    []basketModelJSON `json:"models"`
}

type basketModelJSON struct {
	Model        string             `json:"model"`
	FitSeconds   float64            `json:"fit_seconds"`
	RankSeconds  float64            `json:"rank_seconds"`
	PeakRSSBytes int64              `json:"peak_rss_bytes"`
	Figures      []basketFigureJSON `json:"figures"`
}

type basketFigureJSON struct {
	Orders string          `json:"orders"` // before the one predicted
	K      int             `json:"k"`
	Tests  int             `json:"tests"`
	At     evaluate.Basket `json:"at"`
}

// printJSON writes the result for a program.
func (r *basketResult) printJSON(w io.Writer) error {
	result := basketJSON{Customers: len(r.task.customers), Items: r.task.items, Folds: len(r.task.folds), Chosen: r.task.chosen}
	for i := range r.trials {
		t := &r.trials[i]
		model := basketModelJSON{Model: t.model, FitSeconds: t.fitSeconds, RankSeconds: t.rankSeconds, PeakRSSBytes: t.peakRSSBytes}
		for _, group := range basketGroups() {
			for k, length := range r.ks {
				if m, tests := t.mean(group, k); tests > 0 {
					model.Figures = append(model.Figures, basketFigureJSON{group.name, length, tests, m})
				}
			}
		}
		result.Models = append(result.Models, model)
	}
	return command.WriteJSON(w, result)
}
