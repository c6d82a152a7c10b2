package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"text/tabwriter"

	"perennial/command"
	"perennial/models/registry"
	"perennial/pipeline/history"
	"perennial/pipeline/store"
)

// listedModel is a model of the registry and what has become of it.
type listedModel struct {
	State string `json:"state"` // champion, former champion, damaged, or the verdict of its night
	registry.Card
}

// ListModels prints the models of the registry, the newest first for each
// question.
func ListModels(ctx context.Context, cfg Config, asJSON bool, out io.Writer) (err error) {
	st, err := openToRead(cfg.Store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore(st)) }()
	models, err := listModels(ctx, st)
	if err != nil {
		return fmt.Errorf("models list: %w", err)
	}
	if asJSON {
		return command.WriteJSON(out, map[string]any{"models": models})
	}
	return printModels(out, models)
}

func listModels(ctx context.Context, st store.Keeper) ([]listedModel, error) {
	models := []listedModel{}
	states := map[string]map[string]string{} // question → version → state
	for object, err := range st.List(ctx, "models/") {
		if err != nil {
			return nil, err
		}
		folder, file := path.Split(object.Key)
		at := strings.Split(folder, "/")
		if file != "card.json" || len(at) != 4 {
			continue
		}
		question, version := at[1], at[2]
		saved, err := registry.Load(ctx, st, question, version)
		if errors.Is(err, registry.ErrDamaged) {
			models = append(models, listedModel{"damaged", registry.Card{Question: question, Version: version, Why: err.Error()}})
			continue
		}
		if err != nil {
			return nil, err
		}
		if states[question] == nil {
			if states[question], err = officeOf(ctx, st, question); err != nil {
				return nil, err
			}
		}
		models = append(models, listedModel{cmp.Or(states[question][version], saved.Card.Status), saved.Card})
	}
	slices.SortFunc(models, func(a, b listedModel) int {
		return cmp.Or(cmp.Compare(a.Question, b.Question), cmp.Compare(max(b.TrainedAsOf, b.JudgedOn), max(a.TrainedAsOf, a.JudgedOn)),
			cmp.Compare(a.Learner, b.Learner), cmp.Compare(b.Version, a.Version))
	})
	return models, nil
}

// officeOf says which models of a question are or were in office.
func officeOf(ctx context.Context, st store.Store, question string) (map[string]string, error) {
	past, err := registry.Promotions(ctx, st, question)
	if err != nil {
		return nil, err
	}
	states := map[string]string{}
	for i, p := range past {
		states[p.Version] = "former champion"
		if i == len(past)-1 {
			states[p.Version] = registry.StatusChampion
		}
	}
	return states, nil
}

func printModels(out io.Writer, models []listedModel) error {
	if len(models) == 0 {
		_, err := fmt.Fprintln(out, "no models yet (train some: perennial train)")
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "question\tversion\tlearner\tstate\ttrained\tjudged on\tAUC\tlog loss\tBrier\tECE\twhy")
	for _, m := range models {
		day := func(d history.Day) string {
			if d == 0 {
				return "-"
			}
			return d.String()
		}
		metric := func(name string) string {
			if v, ok := m.Metrics[name]; ok {
				return fmt.Sprintf("%.4f", v)
			}
			return "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", m.Question, m.Version, m.Learner, m.State, day(m.TrainedAsOf), day(m.JudgedOn),
			metric("auc"), metric("logloss"), metric("brier"), metric("ece"), m.Why)
	}
	return w.Flush()
}
