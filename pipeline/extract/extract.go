// Package extract turns a shop's files into the histories of its customers.
//
// Call Run to read the configured sources into a folder of bucket files, with
// every row counted as kept, rejected or filtered; call Open on that folder to
// get the histories back, a bucket at a time. Survey and the fingerprint of its
// Inputs tell beforehand whether there is anything new to read. What Recall
// returns for an earlier extract does both on top of it, reading only files that
// are new. Inspect tells what an unknown export may be, and ReadTable reads any
// file as a plain table.
package extract

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"perennial/pipeline/history"
)

const (
	reportFile     = "extract.json"
	vocabularyFile = "vocabulary.parquet"
	productsFile   = "products.parquet"
	rejectsFolder  = "rejects"
	spillPrefix    = ".spill-"
	// fileFormat is Report.Format of what this package writes.
	fileFormat = 2
)

// Run reads the sources of cfg into the folder dir: for every bucketed table
// dir/<table>/bucket-<k>.parquet, sorted by customer and time; the products and
// the vocabulary; dir/rejects/<table>.csv with the rows that were rejected and
// why; dir/memory with what the next extract builds on; and, last, dir/extract.json.
//
// Only rows are kept whose event time and loaded_at are before the first
// instant of asOf in the shop's time zone, so that nothing downstream can see
// what came later. The same files, configuration and asOf give the same bytes.
//
// Errors are ErrConfig, ErrMissing or ErrBadData, or else of reading, writing or
// the machine. A file that ends the process which reads it, or makes it use more
// than the limits, is ErrBadData. After an error dir is not complete, and Open refuses it; a folder
// that was complete before loses that mark first. log may be nil.
func Run(ctx context.Context, cfg Config, asOf history.Day, dir string, log *slog.Logger) (*Report, error) {
	in, err := Survey(ctx, cfg)
	if err != nil {
		return nil, err
	}
	report, err := in.Run(ctx, asOf, dir, log)
	return report, errors.Join(err, in.Close())
}

// Run extracts what was surveyed, as the function Run does. A file that has
// changed since is ErrBadData.
func (in *Inputs) Run(ctx context.Context, asOf history.Day, dir string, log *slog.Logger) (*Report, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if in.child != nil {
		return in.runApart(ctx, asOf, dir, log)
	}
	report, err := run(ctx, in.config, in.sources, in.memory, asOf, dir, log)
	if err != nil {
		return nil, fmt.Errorf("extract: %w", err)
	}
	return report, nil
}

func run(ctx context.Context, c Config, sources []*surveyed, memory *Memory, asOf history.Day, dir string, log *slog.Logger) (report *Report, err error) {
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	if memory != nil && memory.dir == dir {
		memory = nil // it goes with what it is of
	}
	if err := clearFolder(dir); err != nil {
		return nil, err
	}
	spill, err := c.makeSpill(dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(spill)) }()
	c.witness.scratch(spill)
	c.Buckets = c.bucketCount(sources)
	x := &extraction{config: &c, asOf: asOf, dir: dir, spill: spill, log: log, memory: memory}
	report = &Report{
		Format: fileFormat, Shop: c.Shop, AsOf: asOf, Timezone: c.Timezone, Currency: c.Currency,
		Fingerprint: c.fingerprint(sources), Buckets: c.Buckets,
	}
	if report.Sources, err = x.readAll(ctx, sources); err != nil {
		return nil, err
	}
	return report, writeReport(dir, report)
}

// makeSpill makes an empty folder for scratch files.
func (c *Config) makeSpill(dir string) (string, error) {
	if c.SpillDir != "" {
		var err error
		if dir, err = filepath.Abs(c.path(c.SpillDir)); err != nil {
			return "", err
		}
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return "", err
		}
	}
	return os.MkdirTemp(dir, spillPrefix)
}

// clearFolder removes an earlier extract from dir, its mark of completeness first.
func clearFolder(dir string) error {
	names := []string{reportFile, vocabularyFile, productsFile, rejectsFolder, memoryFolder}
	for _, t := range tables {
		if t.bucketed {
			names = append(names, t.name)
		}
	}
	// Scratch space of a run that was killed.
	left, err := filepath.Glob(filepath.Join(dir, spillPrefix+"*"))
	if err != nil {
		return err
	}
	for _, path := range left {
		names = append(names, filepath.Base(path))
	}
	for _, name := range names {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return os.MkdirAll(filepath.Join(dir, memoryFolder), 0o777)
}

// writeReport writes extract.json whole or not at all.
func writeReport(dir string, report *Report) error {
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(dir, reportFile)
	if err := os.WriteFile(path+".tmp", append(text, '\n'), 0o666); err != nil {
		return err
	}
	return os.Rename(path+".tmp", path)
}

// readReport reads the extract.json of a complete extract.
func readReport(dir string) (*Report, error) {
	path := filepath.Join(dir, reportFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missingError("%s: no complete extract (run extract first)", dir)
	}
	if err != nil {
		return nil, err
	}
	var report Report
	if err := json.Unmarshal(text, &report); err != nil {
		return nil, dataError("%s: %w (run extract again)", path, err)
	}
	if report.Format != fileFormat {
		return nil, dataError("%s: format %d, not %d (run extract again)", path, report.Format, fileFormat)
	}
	if report.Buckets < 1 || report.Buckets > maxBuckets {
		return nil, dataError("%s: %d buckets (run extract again)", path, report.Buckets)
	}
	return &report, nil
}
