package extract

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// format is how a file's bytes stand for rows.
type format string

const (
	csvFormat     format = "csv"
	jsonFormat    format = "json"
	parquetFormat format = "parquet"
)

// inputFile is one file of a source.
type inputFile struct {
	path        string
	format      format
	compression string // "", ".gz" or ".zst"
	tabs        bool   // .tsv
}

// name is what messages, reports and the column file call it.
func (f *inputFile) name() string { return filepath.Base(f.path) }

// fileOf tells the format of a file by its name.
func fileOf(path string) (inputFile, error) {
	f := inputFile{path: path}
	name := strings.ToLower(path)
	if ext := filepath.Ext(name); ext == ".gz" || ext == ".zst" {
		f.compression = ext
		name = strings.TrimSuffix(name, ext)
	}
	switch ext := filepath.Ext(name); ext {
	case ".csv", ".txt":
		f.format = csvFormat
	case ".tsv", ".tab":
		f.format, f.tabs = csvFormat, true
	case ".json", ".ndjson", ".jsonl":
		f.format = jsonFormat
	case ".parquet":
		f.format = parquetFormat
	default:
		return f, configError("%s: not a kind of file that can be read (csv, tsv, json, ndjson, jsonl or parquet, optionally .gz or .zst)", path)
	}
	if f.format == parquetFormat && f.compression != "" {
		return f, configError("%s: compressed Parquet (Parquet compresses itself: unpack it)", path)
	}
	return f, nil
}

// resolve expands the globs of a source. The files come in the order of their
// names, so that a later export of the same name pattern comes after an earlier
// one, and each once.
func (c *Config) resolve(s *Source) ([]inputFile, error) {
	var files []inputFile
	for _, pattern := range s.Files {
		paths, err := expand(c.path(pattern))
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			// DuckDB takes every path for a pattern.
			if strings.ContainsAny(path, "*?[") {
				return nil, configError("%s: a path with *, ? or [ cannot be read (rename it)", path)
			}
			f, err := fileOf(path)
			if err != nil {
				return nil, err
			}
			files = append(files, f)
		}
	}
	slices.SortFunc(files, func(a, b inputFile) int {
		if by := strings.Compare(a.name(), b.name()); by != 0 {
			return by
		}
		return strings.Compare(a.path, b.path)
	})
	files = slices.CompactFunc(files, func(a, b inputFile) bool { return a.path == b.path })
	for _, f := range files {
		if f.format != files[0].format {
			return nil, configError("%s and %s are not of one format (give a source files of one format)", files[0].name(), f.name())
		}
	}
	return files, nil
}

// expand returns the absolute paths that a pattern matches: at least one.
func expand(pattern string) ([]string, error) {
	pattern, err := filepath.Abs(pattern)
	if err != nil {
		return nil, err
	}
	if !strings.ContainsAny(pattern, "*?[") {
		info, err := os.Stat(pattern)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, missingError("%s: no such file (check files in the configuration, and that the export ran)", pattern)
		case err != nil:
			return nil, err
		case info.IsDir():
			return nil, configError("%s: is a folder (name its files, as %s)", pattern, filepath.Join(pattern, "*.csv"))
		}
		return []string{pattern}, nil
	}
	if dir := filepath.Dir(pattern); !strings.ContainsAny(dir, "*?[") {
		if _, err := os.ReadDir(dir); errors.Is(err, fs.ErrNotExist) {
			return nil, missingError("%s: no such folder (check files in the configuration)", dir)
		} else if err != nil {
			return nil, err
		}
	}
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return nil, configError("%s: %w (check files in the configuration)", pattern, err)
	}
	if len(paths) == 0 {
		return nil, missingError("%s: no file matches (check files in the configuration, and that the export ran)", pattern)
	}
	return paths, nil
}

// decompress wraps r in the decompression of f. A truncated or damaged stream
// answers Read with an error, which DuckDB's own reader would not.
func (f *inputFile) decompress(r io.Reader) (io.ReadCloser, error) {
	switch f.compression {
	case ".gz":
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
		return z, nil
	case ".zst":
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(1<<28))
		if err != nil {
			return nil, fmt.Errorf("zstd: %w", err)
		}
		return z.IOReadCloser(), nil
	}
	return io.NopCloser(r), nil
}
