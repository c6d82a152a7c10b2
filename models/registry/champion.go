package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"perennial/pipeline/store"
)

// ErrOvertaken says that another promotion came between: the model was judged
// against a champion that is no longer in office.
var ErrOvertaken = errors.New("another model was promoted meanwhile (train again, so that the two are compared)")

// ErrLost says that a question had champions and that none of them loads.
var ErrLost = errors.New("no champion loads")

// Promotion is one entry of a question's history of champions.
type Promotion struct {
	Number   int    `json:"number"` // from 1, without gaps
	Question string `json:"question"`
	Version  string `json:"version"`
	Replaces string `json:"replaces"` // version in office until then; "" for the first
}

// Promote makes a saved model the champion of question by appending to the
// history; to go back, promote the older version again. A model that does not
// load is refused. Promoting the champion changes nothing. ErrOvertaken is
// returned if another model was promoted at the same time.
func Promote(ctx context.Context, st store.Store, question, version string) error {
	if _, err := Load(ctx, st, question, version); err != nil {
		return err
	}
	if err := promote(ctx, st, question, version); err != nil {
		return fmt.Errorf("registry: promote %s %s: %w", question, version, err)
	}
	return nil
}

func promote(ctx context.Context, st store.Store, question, version string) error {
	number, err := countPromotions(ctx, st, question)
	if err != nil {
		return err
	}
	next := Promotion{Number: number + 1, Question: question, Version: version}
	if number > 0 {
		last, err := readPromotion(ctx, st, question, number)
		if err != nil && !errors.Is(err, ErrDamaged) { // what a damaged entry named is lost; the next one mends it
			return err
		}
		if err == nil && last.Version == version {
			return nil
		}
		next.Replaces = last.Version
	}
	return appendPromotion(ctx, st, next)
}

// appendPromotion takes the next free number. After any error it reads the entry: the
// write may have happened and only its answer been lost.
func appendPromotion(ctx context.Context, st store.Store, next Promotion) error {
	text, err := json.Marshal(next)
	if err != nil {
		return err
	}
	err = st.Create(ctx, promotionKey(next.Question, next.Number), append(text, '\n'))
	if err == nil {
		return nil
	}
	written, readErr := readPromotion(ctx, st, next.Question, next.Number)
	switch {
	case readErr == nil && written == next:
		return nil
	case readErr == nil, errors.Is(readErr, ErrDamaged):
		return ErrOvertaken
	}
	return err
}

// Champion loads the model in office, or returns nil if question never had one.
// A champion that is damaged is passed over for the one before it, and
// Saved.PassedOver says so; if none is left whole that is ErrLost.
func Champion(ctx context.Context, st store.Store, question string) (*Saved, error) {
	number, err := countPromotions(ctx, st, question)
	if err != nil {
		return nil, fmt.Errorf("registry: champion of %s: %w", question, err)
	}
	var damage error
	for n := number; n > 0; n-- {
		saved, err := loadPromoted(ctx, st, question, n)
		if err == nil {
			saved.PassedOver = damage
			return saved, nil
		}
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, store.ErrNotExist) {
			return nil, fmt.Errorf("registry: champion of %s: promotion %d: %w", question, n, err)
		}
		damage = errors.Join(damage, fmt.Errorf("promotion %d: %w", n, err))
	}
	if damage != nil {
		return nil, fmt.Errorf("registry: %s: %w (bring models/%s back from a backup, or remove it, and the next night trains anew): %w", question, ErrLost, question, damage)
	}
	return nil, nil
}

func loadPromoted(ctx context.Context, st store.Store, question string, number int) (*Saved, error) {
	p, err := readPromotion(ctx, st, question, number)
	if err != nil {
		return nil, err
	}
	return Load(ctx, st, question, p.Version)
}

// InOffice returns the version that was promoted last, without loading it, or ""
// if question never had a champion.
func InOffice(ctx context.Context, st store.Store, question string) (string, error) {
	number, err := countPromotions(ctx, st, question)
	if err != nil || number == 0 {
		return "", err
	}
	last, err := readPromotion(ctx, st, question, number)
	if err != nil {
		return "", fmt.Errorf("registry: in office for %s: %w", question, err)
	}
	return last.Version, nil
}

// Promotions returns the champions of question from the first to the one in office.
func Promotions(ctx context.Context, st store.Store, question string) ([]Promotion, error) {
	number, err := countPromotions(ctx, st, question)
	if err != nil {
		return nil, fmt.Errorf("registry: promotions of %s: %w", question, err)
	}
	past := make([]Promotion, number)
	for i := range past {
		if past[i], err = readPromotion(ctx, st, question, i+1); err != nil {
			return nil, fmt.Errorf("registry: promotions of %s: %w", question, err)
		}
	}
	return past, nil
}

func readPromotion(ctx context.Context, st store.Store, question string, number int) (Promotion, error) {
	key := promotionKey(question, number)
	text, err := st.Read(ctx, key)
	if err != nil {
		return Promotion{}, err
	}
	var p Promotion
	if err := json.Unmarshal(text, &p); err != nil {
		return Promotion{}, fmt.Errorf("%s: %w: %w", key, ErrDamaged, err)
	}
	if p.Number != number || p.Question != question || store.CheckKey(folderOf(question, p.Version)+cardFile) != nil {
		return Promotion{}, fmt.Errorf("%s: %w: it describes promotion %d of %s", key, ErrDamaged, p.Number, p.Question)
	}
	return p, nil
}

// countPromotions returns the highest promotion number. Numbers have no gaps, so doubling
// and halving finds it in 2·log₂ reads and without listing.
func countPromotions(ctx context.Context, st store.Store, question string) (int, error) {
	taken := func(number int) (bool, error) {
		_, err := st.Read(ctx, promotionKey(question, number))
		if errors.Is(err, store.ErrNotExist) {
			return false, nil
		}
		return err == nil, err
	}
	low, high := 0, 1 // low is taken or 0
	for {
		found, err := taken(high)
		if err != nil {
			return 0, err
		}
		if !found {
			break
		}
		low, high = high, 2*high
	}
	for high-low > 1 {
		middle := (low + high) / 2
		found, err := taken(middle)
		if err != nil {
			return 0, err
		}
		if found {
			low = middle
		} else {
			high = middle
		}
	}
	return low, nil
}

func promotionKey(question string, number int) string {
	return fmt.Sprintf("models/%s/champion/%020d.json", question, number)
}
