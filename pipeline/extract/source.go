package extract

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"perennial/pipeline/history"
)

// extraction is one Run: a database, scratch space and where the results go.
type extraction struct {
	config *Config // with the number of buckets
	asOf   history.Day
	dir    string
	spill  string
	log    *slog.Logger
	db     *database
	// categories says that the table product_categories is there.
	categories bool
}

// readAll reads every source and then what needs all of them: the vocabulary
// and the products.
func (x *extraction) readAll(ctx context.Context, sources []*surveyed) (reports []SourceReport, err error) {
	var paths []string
	for _, s := range sources {
		paths = append(paths, s.paths()...)
	}
	if x.db, err = openDatabase(ctx, x.config, x.spill, paths, x.dir); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, x.db.close()) }()
	reports = make([]SourceReport, len(sources))
	for _, i := range productsFirst(sources) {
		s := sources[i]
		began := time.Now()
		r, err := x.read(ctx, s)
		if err != nil {
			return nil, err
		}
		reports[i] = *r
		if s.table.name == "products" {
			if err := x.loadCategories(ctx); err != nil {
				return nil, err
			}
		}
		x.log.Info("read", "table", r.Table, "read", r.Read, "kept", r.Kept, "rejected", r.Rejected,
			"filtered", r.Filtered, "erased", r.Erased, "after", r.After, "seconds", time.Since(began).Seconds())
	}
	return reports, x.writeVocabulary(ctx, sources)
}

// productsFirst returns the indices of sources with products in front: order
// lines without a category take their product's.
func productsFirst(sources []*surveyed) []int {
	var order []int
	for i, s := range sources {
		if s.table.name == "products" {
			order = slices.Insert(order, 0, i)
		} else {
			order = append(order, i)
		}
	}
	return order
}

// read brings one source into its bucket files.
func (x *extraction) read(ctx context.Context, s *surveyed) (*SourceReport, error) {
	r := &SourceReport{Table: s.table.name}
	for _, f := range s.files {
		r.Files = append(r.Files, FileReport{f.file.name(), f.size, f.sha256})
		for _, fault := range sortedKeys(f.reject) {
			r.reject("row", fault, f.reject[fault])
		}
		r.Listed = append(r.Listed, x.config.withheld(f.faults)...)
	}
	p := &pass{extraction: x, surveyed: s, report: r, staging: filepath.Join(x.spill, s.table.name)}
	defer x.config.witness.reading(s.paths()...)()
	err := p.run(ctx)
	// A file that somebody writes explains any other error.
	if changed := s.unchanged(); changed != nil {
		err = changed
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.table.name, s.inFile(err))
	}
	r.sortReasons()
	if err := writeRejects(filepath.Join(x.dir, rejectsFolder), r); err != nil {
		return nil, err
	}
	if err := r.tooMany(x.config.MaxRejects); err != nil {
		return nil, err
	}
	if r.Kept == 0 && s.table.name == "orders" {
		return nil, dataError("orders: no row is left of %d before %v (check sql, and the dates)", r.Read+r.After, x.asOf)
	}
	return r, os.RemoveAll(p.staging)
}

// inFile names the file that a source's bad data is in, where there is only one.
func (s *surveyed) inFile(err error) error {
	if name := s.files[0].file.name(); len(s.files) == 1 && errors.Is(err, ErrBadData) && !strings.Contains(err.Error(), name) {
		return fmt.Errorf("%s: %w", name, err)
	}
	return err
}

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
