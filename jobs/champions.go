package jobs

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"perennial/models/leaderboard"
	"perennial/models/nextpurchase"
	"perennial/models/purchase"
	"perennial/models/registry"
	"perennial/models/survival"
	"perennial/models/value"
	"perennial/pipeline/history"
	"perennial/pipeline/store"
)

// The files of a saved model.
const (
	modelFile     = "model.json"
	judgedFile    = "judged.json"    // the model as it was judged, if it is not the one that scores
	hazardFile    = "hazard.json"    // the shop's hazard of an order, beside the churn model
	referenceFile = "reference.json" // what is usual, beside the churn model
)

// lastTraining is the key of a note of when models were last trained, whether
// or not they were promoted.
const lastTraining = "models/last_training.json"

type trainingNote struct {
	AsOf       history.Day `json:"as_of"`
	SchemaHash string      `json:"schema_hash"`
	ChurnDays  int         `json:"churn_horizon_days"`
}

// trainingDue reports whether models must be trained tonight: never done,
// done too long ago, for a later day, or for other features or another horizon, or
// because lost names a question of which no champion loads any more.
func (s *shop) trainingDue(ctx context.Context, st store.Store, churnDays int) (due bool, lost, err error) {
	for _, question := range questions(horizons(churnDays)) {
		if _, err := registry.Champion(ctx, st, question); errors.Is(err, registry.ErrLost) {
			return true, err, nil
		} else if err != nil {
			return false, nil, err
		}
	}
	note, err := readTrainingNote(ctx, st)
	if note == nil || err != nil {
		return err == nil, nil, err
	}
	age := int(s.asOf - note.AsOf)
	return age < 0 || age >= int(s.cfg.Train.Every) || note.SchemaHash != s.set.Hash() || note.ChurnDays != churnDays, nil, nil
}

// readTrainingNote returns the note of the last training, nil without one. A
// torn note is none: it costs one training.
func readTrainingNote(ctx context.Context, st store.Store) (*trainingNote, error) {
	text, err := st.Read(ctx, lastTraining)
	if errors.Is(err, store.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var note trainingNote
	if json.Unmarshal(text, &note) != nil {
		return nil, nil
	}
	return &note, nil
}

// noteTraining remembers that models were trained tonight.
func (s *shop) noteTraining(ctx context.Context, st store.Store, churnDays int) error {
	text, err := json.MarshalIndent(trainingNote{s.asOf, s.set.Hash(), churnDays}, "", "  ")
	if err != nil {
		return err
	}
	return st.Replace(ctx, lastTraining, append(text, '\n'))
}

// champions loads the models in office, nil when the churn question has none
// for the features of tonight.
func (s *shop) champions(ctx context.Context, st store.Store, churnDays int) (*predictors, error) {
	main, err := registry.Champion(ctx, st, purchase.Question(churnDays))
	if err != nil || main == nil || main.Card.SchemaHash != s.set.Hash() {
		return nil, err
	}
	p := &predictors{churnDays: churnDays, source: sourceOf(main.Card.Learner), versions: map[string]string{}}
	if err := json.Unmarshal(main.Files[referenceFile], &p.reference); err != nil {
		return nil, fmt.Errorf("model %s: %s: %w", main.Card.Version, referenceFile, err)
	}
	hazard, err := survival.Read(bytes.NewReader(main.Files[hazardFile]))
	if err != nil {
		return nil, fmt.Errorf("model %s: %w", main.Card.Version, err)
	}
	anchors, err := s.anchors(ctx, st, p)
	if err != nil {
		return nil, err
	}
	if p.when, err = nextpurchase.NewWhen(anchors, churnDays, hazard); err != nil {
		return nil, err
	}
	return p, s.loadValue(ctx, st, p, anchors)
}

// anchors loads the purchase models of every horizon that has one.
func (s *shop) anchors(ctx context.Context, st store.Store, p *predictors) ([]nextpurchase.Anchor, error) {
	var anchors []nextpurchase.Anchor
	for _, days := range horizons(p.churnDays) {
		saved, err := registry.Champion(ctx, st, purchase.Question(days))
		if err != nil {
			return nil, err
		}
		if saved == nil || saved.Card.SchemaHash != s.set.Hash() {
			continue
		}
		model, err := purchase.Read(bytes.NewReader(saved.Files[modelFile]))
		if err != nil {
			return nil, err
		}
		if days == p.churnDays {
			p.churn = model
		}
		p.use(saved.Card)
		anchors = append(anchors, nextpurchase.Anchor{Days: days, Model: model})
	}
	return anchors, nil
}

// loadValue loads the value model, which needs the purchase model it was
// fitted with or a newer one of the same horizon.
func (s *shop) loadValue(ctx context.Context, st store.Store, p *predictors, anchors []nextpurchase.Anchor) error {
	saved, err := registry.Champion(ctx, st, value.Question)
	if err != nil || saved == nil || saved.Card.SchemaHash != s.set.Hash() {
		return err
	}
	i := slices.IndexFunc(anchors, func(a nextpurchase.Anchor) bool { return a.Days == saved.Card.HorizonDays })
	if i < 0 {
		return nil
	}
	p.value, err = value.Read(bytes.NewReader(saved.Files[modelFile]), neutral(anchors[i].Model))
	p.use(saved.Card)
	return err
}

// settle saves the answers and returns those that beat the models in office on
// the judging rows, by question: they are to be promoted. Nobody is in office yet
// who was not before, so that a night killed here judges alike when it is run again.
func (s *shop) settle(ctx context.Context, st store.Store, all *answers, churnDays int) (map[string]string, error) {
	promotions := map[string]string{}
	for i := range all.purchase {
		a := &all.purchase[i]
		files := map[string][]byte{}
		if a.days == churnDays {
			var err error
			if files[hazardFile], err = fileOf(all.hazard); err != nil {
				return nil, err
			}
			if files[referenceFile], err = json.MarshalIndent(all.reference, "", "  "); err != nil {
				return nil, err
			}
		}
		read := func(text []byte) (leaderboard.Model, error) { return purchase.Read(bytes.NewReader(text)) }
		if err := s.settleOne(ctx, st, purchase.Contest(a.days), a, files, read, promotions); err != nil {
			return nil, err
		}
	}
	if all.value == nil {
		return promotions, nil
	}
	read := func(text []byte) (leaderboard.Model, error) {
		i := slices.IndexFunc(all.purchase, func(a answer) bool { return a.days == all.value.days })
		return value.Read(bytes.NewReader(text), neutral(all.purchase[i].judged))
	}
	return promotions, s.settleOne(ctx, st, value.Contest(), all.value, map[string][]byte{}, read, promotions)
}

// settleOne saves one answer with its card and adds it to promotions unless the
// model in office is better.
func (s *shop) settleOne(ctx context.Context, st store.Store, contest leaderboard.Contest, a *answer, files map[string][]byte, read func([]byte) (leaderboard.Model, error), promotions map[string]string) error {
	if err := a.put(files); err != nil {
		return err
	}
	if err := s.keepVerdicts(ctx, st, contest, a, files); err != nil {
		return err
	}
	card := s.card(contest, a, a.board.Entry(a.board.Winner))
	inOffice, err := registry.Champion(ctx, st, contest.Question)
	if err != nil && !errors.Is(err, registry.ErrLost) {
		return err
	}
	if inOffice != nil && inOffice.Card.SchemaHash == card.SchemaHash && inOffice.Card.HorizonDays == a.days {
		if err := s.challenge(contest, a, inOffice, &card, read); err != nil {
			return err
		}
	}
	if card.Status == registry.StatusChampion {
		if err := a.put(files); err != nil {
			return err
		}
	}
	version, err := registry.Save(ctx, st, card, files)
	if err == nil && card.Status == registry.StatusChampion {
		promotions[contest.Question] = version
	}
	return err
}

// put adds the answer's model to files, and how it was judged if that differs.
func (a *answer) put(files map[string][]byte) (err error) {
	if files[modelFile], err = fileOf(a.model); err != nil {
		return err
	}
	judged, err := fileOf(a.judged)
	if err != nil {
		return err
	}
	delete(files, judgedFile)
	if !bytes.Equal(judged, files[modelFile]) {
		files[judgedFile] = judged
	}
	return nil
}

// card describes an entry of tonight's board, as the winner.
func (s *shop) card(contest leaderboard.Contest, a *answer, entry *leaderboard.Entry) registry.Card {
	card := registry.Card{
		Question: contest.Question, Learner: entry.Name, TrainedAsOf: s.asOf, Cutoffs: a.plan.Train, Refit: a.refit, JudgedOn: a.plan.Judge,
		HorizonDays: a.days, Rows: a.board.TrainRows, Positives: a.judge.Positives(), Columns: s.set.Names(), SchemaHash: s.set.Hash(),
		Seed: s.cfg.Seed, Metrics: entry.Metrics, Floor: floorOf(a.board), Status: registry.StatusChampion, Why: a.board.Why,
	}
	for _, i := range a.imported {
		if i.Is(entry.Name) {
			card.Cutoffs, card.Refit, card.Rows, card.Positives = nil, nil, 0, 0 // the shop's rows have not trained it
			card.TrainedAsOf = cmp.Or(i.AsOf, s.asOf)
		}
	}
	return card
}

// challenge judges the model in office on the same rows as the new one, as it was
// when it was judged itself: the fit that scores has seen what followed them. If it
// is at least as good it stays; one that knows seasons moves to tonight's.
func (s *shop) challenge(contest leaderboard.Contest, a *answer, inOffice *registry.Saved, card *registry.Card, read func([]byte) (leaderboard.Model, error)) error {
	scoring, err := read(inOffice.Files[modelFile])
	if err != nil {
		return err
	}
	known := scoring // no later than its judge, which is as old as the judging rows or older
	if text := inOffice.Files[judgedFile]; text != nil {
		if known, err = read(text); err != nil {
			return err
		}
	}
	judged, err := seasonal(known, a.judgeSeason)
	if err != nil {
		return err
	}
	predictions := make([]float64, len(a.judge.Y))
	if err := judged.Predict(predictions, a.judge.Columns, a.judge.X); err != nil {
		return err
	}
	card.PreviousChampion = contest.Metrics(a.judge.Y, predictions)
	maps.DeleteFunc(card.PreviousChampion, func(_ string, v float64) bool { return v != v })
	if contest.Beats(a.judge.Y, predictions, a.board.Entry(a.board.Winner).Predictions) {
		return nil
	}
	if a.model, err = seasonal(scoring, a.tonightSeason); err != nil {
		return err
	}
	if a.judged, err = seasonal(known, a.tonightSeason); err != nil {
		return err
	}
	if judged == known {
		card.Status = registry.StatusChallenger
		card.Why = fmt.Sprintf("champion %s is at least as good on the same customers", inOffice.Card.Version)
		return nil
	}
	card.Learner, card.Metrics = inOffice.Card.Learner, card.PreviousChampion
	card.Cutoffs, card.Refit = inOffice.Card.Cutoffs, inOffice.Card.Refit
	card.Why = fmt.Sprintf("champion %s, at least as good as a new fit, moved to tonight's season", inOffice.Card.Version)
	return nil
}

// floorOf returns the metrics of the best rule, or of the base rate.
func floorOf(board *leaderboard.Board) map[string]float64 {
	for _, rung := range []leaderboard.Rung{leaderboard.Rule, leaderboard.Base} {
		for _, entry := range board.Entries {
			if entry.Rung == rung && entry.Failure == "" {
				return entry.Metrics
			}
		}
	}
	return nil
}

// sourceOf says what kind of model a learner's probabilities come from.
func sourceOf(learner string) string {
	switch learner {
	case "base_rate", "recency_rule", "own_rhythm":
		return "cohort"
	case "guess":
		return "rule"
	}
	return "model"
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
