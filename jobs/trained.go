package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"perennial/models/leaderboard"
	"perennial/models/registry"
	"perennial/pipeline/store"
)

// trained is what a finished training decided. It is written once, after all
// models are saved and before the first is promoted: a night that finds it does not
// train again, only promotes what was not promoted yet.
//
// The unit is the whole training, not a question: its questions share the rows, the
// settings that the churn question chose and each other's models, and however large
// the shop it takes a minute or so (train: max_rows bounds it).
type trained struct {
	Promotions  map[string]string    `json:"promotions"` // question → version
	Boards      []*leaderboard.Board `json:"boards"`
	Calibration [][]point            `json:"calibration"` // of Boards, in their order
}

func newTrained(all *answers, promotions map[string]string) *trained {
	t := &trained{Promotions: promotions}
	add := func(a *answer) {
		t.Boards = append(t.Boards, a.board)
		t.Calibration = append(t.Calibration, calibration(a))
	}
	for i := range all.purchase {
		add(&all.purchase[i])
	}
	if all.value != nil {
		add(all.value)
	}
	return t
}

func trainedKey(runID string) string { return "runs/" + runID + "/trained.json" }

// readTrained returns what this run's training decided, nil before it has.
func readTrained(ctx context.Context, st store.Store, runID string) (*trained, error) {
	text, err := st.Read(ctx, trainedKey(runID))
	if errors.Is(err, store.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	t := new(trained)
	if err := json.Unmarshal(text, t); err != nil {
		return nil, fmt.Errorf("%s: %w (run the night again with --force)", trainedKey(runID), err)
	}
	return t, nil
}

// write keeps the decision unless another process with this run's id has decided
// already, whose decision it then returns.
func (t *trained) write(ctx context.Context, st store.Store, runID string) (*trained, error) {
	text, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return nil, err
	}
	if failed := st.Create(ctx, trainedKey(runID), append(text, '\n')); failed != nil {
		found, err := readTrained(ctx, st, runID)
		if found == nil {
			return nil, errors.Join(failed, err)
		}
		return found, nil
	}
	return t, nil
}

// promote puts the winners into office, those that are not there yet.
func (t *trained) promote(ctx context.Context, n *night) error {
	for _, question := range sortedKeys(t.Promotions) {
		if err := registry.Promote(ctx, n.registry, question, t.Promotions[question]); err != nil {
			return err
		}
		n.env.Log.Debug("model promoted", "question", question, "version", t.Promotions[question])
	}
	return n.shop.noteTraining(ctx, n.registry, n.churnDays)
}
