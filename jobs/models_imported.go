package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"perennial/models/leaderboard"
	"perennial/models/purchase"
	"perennial/models/registry"
	"perennial/pipeline/history"
	"perennial/pipeline/store"
)

// importedFile is the file of an imported model as its maker wrote it.
const importedFile = "model.txt"

// failureFile says why an imported model could not compete, beside its card.
const failureFile = "failure.txt"

// importEntry is an imported model that competes until it is withdrawn.
type importEntry struct {
	Name    string `json:"name"`
	Version string `json:"version"` // of the card that came with it
}

// importsKey is the list of the models that compete for a question.
func importsKey(question string) string { return "models/" + question + "/imported.json" }

// readImports returns the imported models that compete for a question.
func readImports(ctx context.Context, st store.Store, question string) ([]importEntry, error) {
	text, err := st.Read(ctx, importsKey(question))
	if errors.Is(err, store.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var entries []importEntry
	if err := json.Unmarshal(text, &entries); err != nil {
		return nil, fmt.Errorf("%s: %w (delete it and import the models again)", importsKey(question), err)
	}
	return entries, nil
}

func writeImports(ctx context.Context, st store.Store, question string, entries []importEntry) error {
	text, err := json.MarshalIndent(entries, "", "  ")
	if err != nil {
		return err
	}
	return st.Replace(ctx, importsKey(question), append(text, '\n'))
}

// imported returns the imported candidates of every horizon that is trained.
func imported(ctx context.Context, st store.Store, t *training) (map[int][]purchase.Imported, error) {
	all := map[int][]purchase.Imported{}
	for _, days := range slices.Sorted(maps.Keys(t.plans)) {
		entries, err := readImports(ctx, st, purchase.Question(days))
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			all[days] = append(all[days], candidateOf(ctx, st, entry, days, t.plans[days].Judge))
		}
	}
	return all, nil
}

// candidateOf loads an imported model. Whatever is wrong with it is for the
// board to report; a night does not depend on it.
func candidateOf(ctx context.Context, st store.Store, entry importEntry, days int, judge history.Day) purchase.Imported {
	saved, err := registry.Load(ctx, st, purchase.Question(days), entry.Version)
	if err != nil {
		return purchase.Imported{Name: entry.Name, Err: err}
	}
	refused := func(err error) purchase.Imported {
		return purchase.Imported{Name: entry.Name, AsOf: saved.Card.TrainedAsOf, Err: err}
	}
	if known := saved.Card.TrainedAsOf + history.Day(days); judge < known {
		return refused(fmt.Errorf("it was trained on orders until %s and would be judged on those from %s on (it competes from the training of %s on)",
			known-1, judge, known+history.Day(days)))
	}
	trees, err := readForeign(saved.Files[importedFile])
	if err != nil {
		return refused(err)
	}
	return purchase.Imported{Name: entry.Name, AsOf: saved.Card.TrainedAsOf, Trees: trees}
}

// keepVerdicts saves what the board says about the imported models that did not
// win, each as a card of its own.
func (s *shop) keepVerdicts(ctx context.Context, st store.Store, contest leaderboard.Contest, a *answer, files map[string][]byte) error {
	for i := range a.board.Entries {
		entry := &a.board.Entries[i]
		is := func(i purchase.Imported) bool { return i.Is(entry.Name) }
		if entry.Name == a.board.Winner || !slices.ContainsFunc(a.imported, is) {
			continue
		}
		card := s.card(contest, a, entry)
		kept := maps.Clone(files)
		delete(kept, judgedFile)
		if entry.Failure != "" {
			card.Status, card.Why = registry.StatusRejected, entry.Failure
			kept = map[string][]byte{failureFile: []byte(entry.Failure + "\n")}
		} else {
			card.Status = registry.StatusChallenger
			card.Why = fmt.Sprintf("loss %.4f; the winner is %s with %.4f", entry.Loss, a.board.Winner, a.board.Entry(a.board.Winner).Loss)
			model, err := seasonal(entry.Model, a.tonightSeason)
			if err != nil {
				return err
			}
			if kept[modelFile], err = fileOf(model); err != nil {
				return err
			}
		}
		if _, err := registry.Save(ctx, st, card, kept); err != nil {
			return err
		}
	}
	return nil
}
