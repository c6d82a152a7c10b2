package extract

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"perennial/pipeline/table"
)

// ReadTable reads any csv, tsv, json or Parquet file, optionally .gz or .zst, as
// a plain table with the rows in their order. A column is Numbers if every value
// that is there is a number, none with a leading zero, and Texts otherwise; an
// empty cell is NaN or "". A csv line that is no sound record is an ErrBadData.
//
// A child process reads the file, as for Run.
func ReadTable(ctx context.Context, path string) (*table.Table, error) {
	t, err := readTable(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("read table: %w", err)
	}
	return t, nil
}

func readTable(ctx context.Context, path string) (t *table.Table, err error) {
	dir, err := os.MkdirTemp("", "perennial-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := callOnce(ctx, request{Call: callTable, Path: path, Dir: dir}, nil); err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(dir, tableFile))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return table.ReadParquet(f, info.Size())
}

// tableFile is the plain table that a child has made of a file.
const tableFile = "table.parquet"

// writeTable writes a file as a plain table to the Parquet file out.
func writeTable(ctx context.Context, path, out string, w witness) (err error) {
	b, err := openBench(ctx, benchConfig(path), true, w, filepath.Dir(out))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	selects := make([]string, len(b.input.columns))
	for i, name := range b.input.columns {
		if selects[i], err = b.plainColumn(ctx, name); err != nil {
			return err
		}
	}
	copied := fmt.Sprintf("COPY (SELECT %s FROM raw) TO %s (FORMAT parquet, COMPRESSION uncompressed)", strings.Join(selects, ", "), quote(out))
	if err := b.db.exec(ctx, copied); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return nil
}

// plainColumn is the SELECT of a column of raw as FLOAT or VARCHAR.
func (b *bench) plainColumn(ctx context.Context, name string) (string, error) {
	column := quoteName(name)
	typ := b.types[strings.ToLower(name)]
	numeric := isNumeric(typ) || typ == "BOOLEAN"
	if b.input.files[0].file.format == csvFormat {
		// As numbers only if all of them are: what a model learns from must not
		// depend on the first rows.
		err := b.db.row(ctx, fmt.Sprintf(`SELECT count(c) > 0 AND count(c) = count(*) FILTER (try_cast(c AS DOUBLE) IS NOT NULL AND NOT regexp_matches(c, '^ *[+-]?0[0-9]'))
FROM (SELECT nullif(trim(%s), '') AS c FROM raw)`, column), &numeric)
		if err != nil {
			return "", err
		}
		if numeric {
			return fmt.Sprintf("CAST(try_cast(nullif(trim(%[1]s), '') AS DOUBLE) AS FLOAT) AS %[1]s", column), nil
		}
	}
	if numeric {
		return fmt.Sprintf("CAST(%[1]s AS FLOAT) AS %[1]s", column), nil
	}
	return fmt.Sprintf("coalesce(CAST(%[1]s AS VARCHAR), '') AS %[1]s", column), nil
}

// bench is one file opened outside any shop, as the view raw.
type bench struct {
	done    func() // tells the witness that the file has been read
	db      *database
	scratch string
	input   *input
	types   map[string]string // DuckDB types of raw's columns
}

// benchConfig is the configuration of a lone file.
func benchConfig(path string) Config {
	return Config{Sources: Sources{Orders: Source{Files: []string{path}}}}
}

// openBench opens a file. Lines that are no sound records are left out, or, with
// strict, the first of them is the error. DuckDB may write to folders.
func openBench(ctx context.Context, of Config, strict bool, w witness, folders ...string) (*bench, error) {
	c, err := of.withDefaults()
	if err != nil {
		return nil, err
	}
	c.witness = w
	source := &c.Sources.Orders
	files, err := c.resolve(source)
	if err != nil {
		return nil, err
	}
	found := make([]*census, len(files))
	for i, file := range files {
		found[i] = newCensus(file, &c)
		if err := found[i].take(ctx, source); err != nil {
			return nil, fmt.Errorf("%s: %w", file.name(), err)
		}
		if strict && len(found[i].faults) > 0 {
			return nil, dataError("%w (fix the line)", found[i].faults[0])
		}
	}
	b := &bench{done: w.reading((&surveyed{files: found}).paths()...)}
	if b.scratch, err = os.MkdirTemp("", "perennial-"); err != nil {
		return nil, err
	}
	w.scratch(b.scratch)
	if err := b.open(ctx, &c, found, folders); err != nil {
		return nil, errors.Join(err, b.close())
	}
	return b, nil
}

// open starts DuckDB and creates the view raw.
func (b *bench) open(ctx context.Context, c *Config, files []*census, folders []string) (err error) {
	paths := (&surveyed{files: files}).paths()
	if b.db, err = openDatabase(ctx, c, b.scratch, paths, folders...); err != nil {
		return err
	}
	if b.input, err = openInput(ctx, b.db, files, 0, &c.Sources.Orders, filepath.Join(b.scratch, "clean")); err != nil {
		return err
	}
	if err := b.db.exec(ctx, "CREATE TEMP VIEW raw AS "+b.input.raw(0, len(files), false)); err != nil {
		return err
	}
	_, b.types, err = b.db.describe(ctx, "SELECT * FROM raw")
	return err
}

func (b *bench) close() error {
	defer b.done()
	var err error
	if b.db != nil {
		err = b.db.close()
	}
	return errors.Join(err, os.RemoveAll(b.scratch))
}
