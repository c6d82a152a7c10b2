package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"perennial/command"
	"perennial/models/registry"
	"perennial/pipeline/store"
)

// WithdrawModel keeps an imported model from competing again. If it is in office
// it stays there until another model beats it or is promoted.
func WithdrawModel(ctx context.Context, cfg Config, question, name string, out io.Writer) (err error) {
	st, err := openExisting(cfg.Store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore(st)) }()
	if err := store.CheckKey(question); err != nil {
		return command.Usage("models withdraw: --question %q: %w", question, err)
	}
	entries, err := readImports(ctx, st, question)
	if err != nil {
		return fmt.Errorf("models withdraw: %w", err)
	}
	i := slices.IndexFunc(entries, func(e importEntry) bool { return e.Name == name })
	if i < 0 {
		return command.Usage("models withdraw: no model %q was imported for %s (see: perennial models list)", name, question)
	}
	if err := writeImports(ctx, st, question, slices.Delete(entries, i, i+1)); err != nil {
		return fmt.Errorf("models withdraw: %w", err)
	}
	_, err = fmt.Fprintf(out, "%s no longer competes for %s\n", name, question)
	return err
}

// PromoteModel puts a model of the registry in office, such as an older one. The
// next training night judges it as any champion.
func PromoteModel(ctx context.Context, cfg Config, question, version string, out io.Writer) (err error) {
	st, err := openExisting(cfg.Store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore(st)) }()
	saved, err := registry.Load(ctx, st, question, version)
	if errors.Is(err, store.ErrNotExist) {
		return &command.Error{Code: command.ExitInput, Err: fmt.Errorf("models promote: no version %s of %s (see: perennial models list)", version, question)}
	}
	if err != nil {
		return fmt.Errorf("models promote: %w", err)
	}
	if _, ok := saved.Files[modelFile]; !ok {
		return command.Usage("models promote: %s has not been judged yet, or failed: %s (wait for the next training night)", version, saved.Card.Why)
	}
	set, err := newestSet(ctx, st, cfg)
	if err != nil {
		return fmt.Errorf("models promote: %w", err)
	}
	if set.Hash() != saved.Card.SchemaHash {
		return command.Data("models promote: %s was trained on other features than those of now (train again)", version)
	}
	if err := registry.Promote(ctx, st, question, version); err != nil {
		return fmt.Errorf("models promote: %w", err)
	}
	_, err = fmt.Fprintf(out, "%s %s is in office from the next night on\n", saved.Card.Learner, version)
	return err
}
