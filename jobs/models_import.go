package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"perennial/command"
	"perennial/features"
	"perennial/models/gbdt"
	"perennial/models/nextpurchase"
	"perennial/models/purchase"
	"perennial/models/registry"
	"perennial/pipeline/history"
	"perennial/pipeline/store"
)

// ImportOptions describes a model that was trained elsewhere.
type ImportOptions struct {
	File        string      // LightGBM model text
	Question    string      // that it answers: purchase_90d
	Name        string      // by which boards call it, after imported_
	TrainedAsOf history.Day // the newest feature table that it was trained on
}

// foreignLimit bounds the file of an imported model: with its trees as text
// within JSON it still fits into what reads models.
const foreignLimit = 48 << 20

// importName is what a model may be called.
var importName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)

// ImportModel checks a LightGBM model that was trained on the shop's feature
// tables and saves it as a challenger: it competes on every training night until
// WithdrawModel. A model of the same name is replaced.
func ImportModel(ctx context.Context, cfg Config, opts ImportOptions, out io.Writer) error {
	if err := importModel(ctx, cfg, opts, out); err != nil {
		return fmt.Errorf("models import: %w", err)
	}
	return nil
}

func importModel(ctx context.Context, cfg Config, opts ImportOptions, out io.Writer) (err error) {
	if err := opts.check(); err != nil {
		return err
	}
	text, trees, err := readForeignFile(opts.File)
	if err != nil {
		return err
	}
	st, err := openExisting(cfg.Store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore(st)) }()
	days, err := horizonOf(ctx, st, cfg, opts.Question)
	if err != nil {
		return err
	}
	set, err := newestSet(ctx, st, cfg)
	if err != nil {
		return err
	}
	if err := checkColumns(trees, set, opts.File); err != nil {
		return err
	}
	version, err := registry.Save(ctx, st, opts.card(cfg, set, trees, days), map[string][]byte{importedFile: text})
	if err != nil {
		return err
	}
	if err := enlist(ctx, st, opts.Question, importEntry{opts.Name, version}); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s%s is a challenger for %s, version %s\nit was trained on orders until %s: it competes on training nights from %s on\n",
		purchase.ImportedPrefix, opts.Name, opts.Question, version, opts.TrainedAsOf+history.Day(days)-1, opts.TrainedAsOf+history.Day(2*days))
	return err
}

func (o ImportOptions) check() error {
	switch {
	case o.Question == "":
		return command.Usage("--question is missing (say which question the model answers: --question purchase_90d)")
	case !importName.MatchString(o.Name) || strings.HasSuffix(o.Name, "_in_season"):
		return command.Usage("--name %q: not a name (use up to 40 of a-z, 0-9, _ and -, without _in_season at the end: --name autumn)", o.Name)
	case o.TrainedAsOf == 0:
		return command.Usage("--trained-as-of is missing (name the newest feature table that the model was trained on, so that it is judged on orders that it has not seen: --trained-as-of 2026-03-01)")
	}
	return nil
}

// card describes a model that nobody has judged yet.
func (o ImportOptions) card(cfg Config, set *features.Set, trees *gbdt.Model, days int) registry.Card {
	return registry.Card{
		Question: o.Question, Learner: purchase.ImportedPrefix + o.Name, TrainedAsOf: o.TrainedAsOf, HorizonDays: days,
		Columns: trees.Columns, SchemaHash: set.Hash(), Seed: cfg.Seed, Status: registry.StatusChallenger,
		Why: "imported from " + filepath.Base(o.File) + ", to be judged on the next training night",
	}
}

// readForeignFile reads a file of somebody else.
func readForeignFile(path string) (text []byte, trees *gbdt.Model, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, &command.Error{Code: command.ExitInput, Err: fmt.Errorf("%w (name the file that save_model of LightGBM wrote)", err)}
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if text, err = io.ReadAll(io.LimitReader(f, foreignLimit+1)); err != nil {
		return nil, nil, err
	}
	if len(text) > foreignLimit {
		return nil, nil, command.Data("%s: above %d MiB (train fewer or smaller trees)", path, foreignLimit>>20)
	}
	if trees, err = readForeign(text); err != nil {
		return nil, nil, command.Data("%s: %w", path, err)
	}
	return text, trees, nil
}

// readForeign reads a model that can score customers with reasons.
func readForeign(text []byte) (*gbdt.Model, error) {
	trees, categories, err := gbdt.ReadClassifier(text)
	if err != nil {
		return nil, err
	}
	if len(categories) > 0 {
		return nil, fmt.Errorf("it was trained on %d columns of the type category of pandas (feature tables hold numbers; leave them as they are)", len(categories))
	}
	return trees, purchase.Imported{Trees: trees}.Check()
}

// openExisting opens a store that a night has made.
func openExisting(location string) (store.Keeper, error) {
	st, err := openToRead(location)
	if err != nil {
		return nil, err
	}
	if err := closeStore(st); err != nil {
		return nil, err
	}
	return openStore(location)
}

// horizonOf returns the days of a question about purchases.
func horizonOf(ctx context.Context, st store.Store, cfg Config, question string) (int, error) {
	known := slices.Clone(nextpurchase.Horizons)
	if days := int(cfg.Churn.HorizonDays); days > 0 {
		known = horizons(days)
	} else if note, err := readTrainingNote(ctx, st); err != nil {
		return 0, err
	} else if note != nil {
		known = horizons(note.ChurnDays)
	}
	var questions []string
	for _, days := range known {
		if purchase.Question(days) == question {
			return days, nil
		}
		questions = append(questions, purchase.Question(days))
	}
	return 0, command.Usage("--question %q: unknown (choose from %s)", question, command.Quoted(questions))
}

// newestSet returns the features of the newest night.
func newestSet(ctx context.Context, st store.Keeper, cfg Config) (set *features.Set, err error) {
	newest := ""
	for object, err := range st.List(ctx, "history/") {
		if err != nil {
			return nil, err
		}
		if path.Base(object.Key) == "extract.json" {
			newest = max(newest, path.Dir(object.Key))
		}
	}
	if newest == "" {
		return nil, &command.Error{Code: command.ExitInput, Err: fmt.Errorf("store %s holds no extract (run a night first: perennial nightly)", cfg.Store)}
	}
	opened, done, err := newWorkspace(cfg, st).openExtract(ctx, newest, noBucket)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, done()) }()
	set, err = features.NewSet(opened.Vocabulary(), cfg.Features)
	if err != nil {
		return nil, configError(err)
	}
	return set, nil
}

// checkColumns returns an error that names the columns that the shop does not have.
func checkColumns(trees *gbdt.Model, set *features.Set, path string) error {
	there := set.Names()
	var absent []string
	for _, name := range trees.Columns {
		if !slices.Contains(there, name) {
			absent = append(absent, name)
		}
	}
	if len(absent) > 0 {
		return command.Data("%s: the shop has no feature %s (train on a data frame with the columns of features/AS_OF/part-*.parquet, without customer_id)", path, command.Quoted(absent))
	}
	return nil
}

// enlist lets a model compete, in place of one of the same name.
func enlist(ctx context.Context, st store.Store, question string, entry importEntry) error {
	entries, err := readImports(ctx, st, question)
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(e importEntry) bool { return e.Name == entry.Name })
	return writeImports(ctx, st, question, append(entries, entry))
}
