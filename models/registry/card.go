// Package registry keeps fitted models in the store, each with a card that says
// what it is and how good, and knows the champion of every question.
//
// Save writes a model, Promote makes it champion, Champion loads the one in
// office. Nothing is ever overwritten: models have versions made from their
// content, and promotions are appended to a numbered history.
package registry

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"perennial/pipeline/history"
	"perennial/pipeline/store"
)

// The verdicts of the night that trained a model.
const (
	StatusChampion   = "champion"   // beat the champion and the floor
	StatusChallenger = "challenger" // good, but not better than the champion
	StatusRejected   = "rejected"   // failed a check, or below the floor
)

// Card says what a model is, what it was trained and judged on, and how good it
// was. It is written once: Status is the verdict at training time, and who is
// champion today is for Champion to say.
type Card struct {
	Question         string             `json:"question"` // [a-z0-9_-]+, such as churn
	Version          string             `json:"version"`  // set by Save: as-of and content, 2011-09-10-3fa9c2d1
	Learner          string             `json:"learner"`
	TrainedAsOf      history.Day        `json:"trained_as_of"`
	Cutoffs          []history.Day      `json:"cutoffs"`                 // of the training rows
	Refit            []history.Day      `json:"refit_cutoffs,omitempty"` // of the fit that scores, if it is not the one that was judged
	JudgedOn         history.Day        `json:"judged_on"`               // cutoff that Metrics are about, not among Cutoffs
	HorizonDays      int                `json:"horizon_days"`
	Rows             int                `json:"rows"`
	Positives        int                `json:"positives"`
	Columns          []string           `json:"columns"` // in the order the model takes them
	SchemaHash       string             `json:"schema_hash"`
	Seed             uint64             `json:"seed"`
	Metrics          map[string]float64 `json:"metrics"`
	Floor            map[string]float64 `json:"floor"`             // the same metrics of the simple rule
	PreviousChampion map[string]float64 `json:"previous_champion"` // the same metrics of the champion then; nil without one
	Status           string             `json:"status"`
	Why              string             `json:"why"` // the verdict in a sentence

	Format int               `json:"format"` // of card and folder, set by Save
	Files  map[string]string `json:"files"`  // SHA-256 of each file in hex, set by Save
}

// format is the layout that this package writes.
const format = 1

const cardFile = "card.json"

// seal completes card for files: format, hashes, version.
func (card Card) seal(files map[string][]byte) (Card, error) {
	card.Format, card.Version = format, ""
	card.Files = make(map[string]string, len(files))
	for name, body := range files {
		card.Files[name] = digest(body)
	}
	if err := card.check(); err != nil {
		return Card{}, err
	}
	text, err := card.encode()
	if err != nil {
		return Card{}, err
	}
	card.Version = versionOf(card, text)
	return card, nil
}

// versionOf makes the version of a card from its text, which holds the hashes of
// the files, the version itself taken out. It hashes the bytes as they are, so
// that a card stays valid when this program learns new fields.
func versionOf(card Card, text []byte) string {
	own := fmt.Appendf(nil, `"version": %q`, card.Version)
	bare := bytes.Replace(text, own, []byte(`"version": ""`), 1)
	return card.TrainedAsOf.String() + "-" + digest(bare)[:8]
}

func (card Card) check() error {
	if err := checkName("question", card.Question); err != nil {
		return err
	}
	switch card.Status {
	case StatusChampion, StatusChallenger, StatusRejected:
	default:
		return fmt.Errorf("status %q is none of champion, challenger, rejected", card.Status)
	}
	if len(card.Files) == 0 {
		return errors.New("no files")
	}
	for name := range card.Files {
		if name == cardFile {
			return errors.New("a file is named card.json, which is the card's own name")
		}
		if err := checkName("file", name); err != nil {
			return err
		}
	}
	return nil
}

// encode writes the card as people read it. JSON sorts the keys of maps.
func (card Card) encode() ([]byte, error) {
	text, err := json.MarshalIndent(card, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("card: %w (a metric that is NaN or infinite has no place on a card)", err)
	}
	return append(text, '\n'), nil
}

func decodeCard(text []byte) (Card, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	var card Card
	if err := decoder.Decode(&card); err != nil {
		return Card{}, err
	}
	if card.Format != format {
		return Card{}, fmt.Errorf("format %d, this program reads %d", card.Format, format)
	}
	return card, card.check()
}

// checkName refuses what cannot be one part of a store key.
func checkName(what, name string) error {
	if err := store.CheckKey(name); err != nil {
		return fmt.Errorf("%s name: %w", what, err)
	}
	if strings.Contains(name, "/") {
		return fmt.Errorf("%s name %q contains a slash", what, name)
	}
	return nil
}

func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}
