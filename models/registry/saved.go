package registry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"perennial/pipeline/store"
)

// ErrDamaged says that what the store holds is not what was saved.
var ErrDamaged = errors.New("model is damaged")

// Saved is a model as it was saved, every file verified against the card.
type Saved struct {
	Card  Card
	Files map[string][]byte

	// PassedOver says why newer champions could not be loaded, nil if there are
	// none. Only Champion sets it.
	PassedOver error
}

// Save writes files and then the card, the card being what makes the model
// exist, and returns the version. A version is made from the content of card and
// files, so saving the same model again changes nothing, also after a save that
// was cut short.
func Save(ctx context.Context, st store.Store, card Card, files map[string][]byte) (version string, err error) {
	card, err = card.seal(files)
	if err != nil {
		return "", fmt.Errorf("registry: save %s model: %w", card.Question, err)
	}
	text, err := card.encode()
	if err != nil {
		return "", fmt.Errorf("registry: save %s model: %w", card.Question, err)
	}
	folder := folderOf(card.Question, card.Version)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := create(ctx, st, folder+name, files[name]); err != nil {
			return "", fmt.Errorf("registry: save %s %s: %w", card.Question, card.Version, err)
		}
	}
	if err := create(ctx, st, folder+cardFile, text); err != nil {
		return "", fmt.Errorf("registry: save %s %s: %w", card.Question, card.Version, err)
	}
	return card.Version, nil
}

// Load reads a model and verifies every file. The error wraps store.ErrNotExist
// if there is no such model, ErrDamaged if its bytes are not those saved.
func Load(ctx context.Context, st store.Store, question, version string) (*Saved, error) {
	saved, err := load(ctx, st, question, version)
	if err != nil {
		return nil, fmt.Errorf("registry: load %s %s: %w", question, version, err)
	}
	return saved, nil
}

func load(ctx context.Context, st store.Store, question, version string) (*Saved, error) {
	folder := folderOf(question, version)
	text, err := st.Read(ctx, folder+cardFile)
	if err != nil {
		return nil, err
	}
	card, err := decodeCard(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", cardFile, ErrDamaged, err)
	}
	if content := versionOf(card, text); card.Question != question || card.Version != version || content != version {
		return nil, fmt.Errorf("%s: %w: it names %s %s and its content is %s", cardFile, ErrDamaged, card.Question, card.Version, content)
	}
	saved := &Saved{Card: card, Files: make(map[string][]byte, len(card.Files))}
	for _, name := range slices.Sorted(maps.Keys(card.Files)) {
		body, err := st.Read(ctx, folder+name)
		if errors.Is(err, store.ErrNotExist) {
			return nil, fmt.Errorf("%s: %w: the card names it but it is gone", name, ErrDamaged)
		}
		if err != nil {
			return nil, err
		}
		if got := digest(body); got != card.Files[name] {
			return nil, fmt.Errorf("%s: %w: SHA-256 is %s, the card says %s", name, ErrDamaged, got, card.Files[name])
		}
		saved.Files[name] = body
	}
	return saved, nil
}

// create writes body under key, or finds that key holds it already: from an
// earlier save, or from this one when the store's answer was lost.
func create(ctx context.Context, st store.Store, key string, body []byte) error {
	err := st.Create(ctx, key, body)
	if err == nil {
		return nil
	}
	held, readErr := st.Read(ctx, key)
	switch {
	case readErr == nil && bytes.Equal(held, body):
		return nil
	case readErr == nil:
		return fmt.Errorf("%s: %w: it holds other bytes (delete that folder and train again)", key, ErrDamaged)
	}
	return err
}

func folderOf(question, version string) string {
	return "models/" + question + "/" + version + "/"
}
