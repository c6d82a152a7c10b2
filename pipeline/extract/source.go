package extract

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
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
	sorter *database // another one, which takes one core for a statement
	duckdb string    // its version
	memory *Memory   // of the extract to build on; nil reads everything
	// categories is the hash of the table product_categories; "" if it is not there.
	categories string
}

// readAll reads every source and then what needs all of them: the vocabulary
// and the products.
func (x *extraction) readAll(ctx context.Context, sources []*surveyed) (reports []SourceReport, err error) {
	var paths []string
	for _, s := range sources {
		paths = append(paths, s.paths()...)
	}
	folders := []string{x.dir}
	if x.memory != nil {
		folders = append(folders, x.memory.dir)
	}
	if x.db, err = openDatabase(ctx, x.config, x.spill, paths, folders...); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, x.db.close()) }()
	ofOneCore := *x.config
	ofOneCore.Threads = 1
	if x.sorter, err = openDatabase(ctx, &ofOneCore, x.spill, nil, folders...); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, x.sorter.close()) }()
	if err := x.db.row(ctx, "SELECT library_version FROM pragma_version()", &x.duckdb); err != nil {
		return nil, err
	}
	reports = make([]SourceReport, len(sources))
	passes := make([]*pass, len(sources))
	for _, i := range productsFirst(sources) {
		if passes[i], err = x.read(ctx, sources[i]); err != nil {
			return nil, err
		}
		reports[i] = *passes[i].report
		if sources[i].table.name == "products" {
			if err := x.loadCategories(ctx); err != nil {
				return nil, err
			}
		}
	}
	if err := x.writeVocabulary(ctx, passes); err != nil {
		return nil, err
	}
	return reports, x.saveMemory(passes)
}

// saveMemory writes what the next extract may build on.
func (x *extraction) saveMemory(passes []*pass) error {
	state := memoryState{Format: memoryFormat, DuckDB: x.duckdb}
	for _, p := range passes {
		state.Sources = append(state.Sources, p.state)
	}
	return state.save(x.dir)
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

// read brings one source into its bucket files: what is new of it where that is
// enough, or else all.
func (x *extraction) read(ctx context.Context, s *surveyed) (*pass, error) {
	began := time.Now()
	if err := s.copies(); err != nil {
		return nil, err
	}
	defer x.config.witness.reading(s.paths()...)()
	old, err := x.foundation(s)
	var p *pass
	if err == nil {
		p, err = x.readOnto(ctx, s, old)
	}
	why, whole := whyWhole(err)
	if whole {
		p, err = x.readOnto(ctx, s, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.table.name, s.inFile(err))
	}
	r := p.report
	if err := writeRejects(filepath.Join(x.dir, rejectsFolder), r); err != nil {
		return nil, err
	}
	if err := r.tooMany(x.config.MaxRejects); err != nil {
		return nil, err
	}
	if err := p.lostFile(); err != nil && x.config.MaxRejects < 1 {
		return nil, err
	}
	if r.Kept == 0 && s.table.name == "orders" {
		return nil, dataError("orders: no row is left of %d before %v (check sql, and the dates)", r.Read+r.After, x.asOf)
	}
	way := fmt.Sprintf("%d new of %d files", len(s.files)-p.from(), len(s.files))
	if whole {
		way = "all files"
	}
	x.log.Info("read", "table", r.Table, "way", way, "why", why, "read", r.Read, "kept", r.Kept, "rejected", r.Rejected,
		"replaced", r.Replaced, "filtered", r.Filtered, "erased", r.Erased, "after", r.After, "seconds", time.Since(began).Seconds())
	return p, os.RemoveAll(p.staging)
}

// readOnto reads the files of a source that old does not have; all of them if it
// is nil. A rereadError says that nil is what is needed.
func (x *extraction) readOnto(ctx context.Context, s *surveyed, old *sourceState) (*pass, error) {
	p := &pass{extraction: x, surveyed: s, old: old, staging: filepath.Join(x.spill, s.table.name), found: map[Reason]int64{}}
	if err := p.clear(); err != nil {
		return nil, err
	}
	p.begin()
	err := p.run(ctx)
	// A file that somebody writes explains any other error.
	if changed := s.unchanged(); changed != nil {
		err = changed
	}
	if err != nil {
		return nil, err
	}
	p.report.sortReasons()
	return p, nil
}

// copies returns an ErrBadData if two files with rows hold the same bytes, in a table
// whose rows may repeat: each of them would count twice.
func (s *surveyed) copies() error {
	if s.table.unique != repeatable || len(s.source.Key) > 0 {
		return nil
	}
	first := map[string]string{}
	for _, f := range s.files {
		if other, again := first[f.sha256]; again && f.rows > 0 {
			return dataError("%s: %s and %s hold the same bytes, so that each row would count twice (take one of them away)", s.table.name, other, f.file.name())
		}
		first[f.sha256] = f.file.name()
	}
	return nil
}

// aFewRows is how many rows of a file may be bad by chance, all of them: orders of
// guests without a name, on a quiet day.
const aFewRows = 10

// lostFile returns an ErrBadData if of a file that this pass has read every row was
// rejected. Beside a long history that is no large share, and yet a whole day. Rows
// that are there already are not lost.
func (p *pass) lostFile() error {
	listed := map[string][]*RowError{}
	for _, row := range p.report.Listed {
		if reason := row.Err.Error(); reason != repeatedRow && reason != repeatedFirst {
			listed[row.File] = append(listed[row.File], row)
		}
	}
	for _, f := range p.files[p.from():] {
		rows := f.rows
		for _, unsound := range f.reject {
			rows += unsound
		}
		if bad := listed[f.file.name()]; rows >= aFewRows && int64(len(bad)) >= rows {
			return dataError("%s: %s: each of its %d rows is rejected: %w (mend the file, or take it away)", p.table.name, f.file.name(), rows, bad[0])
		}
	}
	return nil
}

// inFile names the file that a source's bad data is in, where there is only one.
func (s *surveyed) inFile(err error) error {
	if name := s.files[0].file.name(); len(s.files) == 1 && errors.Is(err, ErrBadData) && !strings.Contains(err.Error(), name) {
		return fmt.Errorf("%s: %w", name, err)
	}
	return err
}

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
