package extract

import (
	"cmp"
	"fmt"
	"math"
	"path/filepath"
	"regexp"
	"strings"

	"perennial/pipeline/erasure"
)

// Config says what to read and what a row means. The zero value of every field
// but Sources is its default.
type Config struct {
	Shop        string             `yaml:"shop"`         // name of the shop, of a-z, 0-9 and -; default shop
	Timezone    string             `yaml:"timezone"`     // IANA name of the zone in which the shop's days begin, as Europe/London; default UTC
	Currency    string             `yaml:"currency"`     // ISO code of the shop's money, in which all amounts are published; may be left out if no row names a currency
	Rates       map[string]float64 `yaml:"rates"`        // shop currency for 1 unit of a foreign one, as {USD: 0.92}; rows in a currency without a rate are rejected
	Sources     Sources            `yaml:"sources"`      // at least orders
	MaxRejects  float64            `yaml:"max_rejects"`  // share of a source's rows that may be bad before the night stops, above 0 and at most 1; default 0.01
	MemoryLimit string             `yaml:"memory_limit"` // of the whole process, as 4GiB; default 2GiB
	Threads     int                `yaml:"threads"`      // cores to use; default all
	SpillDir    string             `yaml:"spill_dir"`    // folder for scratch files, emptied afterwards; default inside the extract
	Buckets     int                `yaml:"buckets"`      // pieces that customers are divided into, 1 to 4096: memory holds one for each core; default by the size of the input
	Limits      Limits             `yaml:"limits" json:",omitzero"`
	Postgres    Postgres           `yaml:"postgres" json:",omitzero"`

	// BaseDir is where relative paths begin: the folder of the YAML file.
	BaseDir string `yaml:"-"`
	// InProcess reads the files in this process and without its limits of time and
	// memory, for files that one has written oneself. Otherwise a child process
	// does, which main must serve: see ServeChild.
	InProcess bool `yaml:"-" json:"-"`
	// PullAll pulls everything from databases again, also what was committed behind the
	// look-back, and forgets what is there no more.
	PullAll bool `yaml:"-" json:"-"`
	// Erased are the customers whose rows are counted and left out, everywhere; nil
	// is nobody.
	Erased *erasure.List `yaml:"-" json:"-"`

	witness    witness
	sampleRows int // for tests: how many rows decide what columns are; 0 is profileRows
}

// sample is how many rows of a source decide what its columns are.
func (c *Config) sample() int { return cmp.Or(c.sampleRows, profileRows) }

// Sources are the five canonical tables. Only Orders must be there.
type Sources struct {
	Orders      Source `yaml:"orders"`
	Engagements Source `yaml:"engagements"`
	Customers   Source `yaml:"customers"`
	Products    Source `yaml:"products"`
	Actions     Source `yaml:"actions"`
}

// Source is where the rows of one canonical table come from.
//
// SQL sees the view input: the columns of all files, by name, and file, the base
// name of a row's file. Columns that identifiers and labels are made from are
// text, those that amounts are computed from numbers. The macros clock(text) and
// number(text) read times as the shop's wall clock, and numbers; decimal_comma(text)
// and decimal_point(text) read 1.234,50 € and $1,234.50.
type Source struct {
	Files      []string `yaml:"files"`                       // paths, globs and gs:// objects: csv, tsv, json, ndjson, jsonl or parquet, also as .gz or .zst
	SQL        string   `yaml:"sql"`                         // DuckDB SELECT over the view input that yields canonical columns; decimal_comma("Betrag") reads 1.234,50 €, decimal_point("Total") reads $1,234.50, clock("When") a time; default: the export names its columns so
	Preset     string   `yaml:"preset"`                      // a named sql for the export of a system, as shopify: see the canonical tables
	Postgres   string   `yaml:"postgres" json:"-"`           // connection string, instead of files; sql is then the database's own SELECT
	Watermark  string   `yaml:"watermark" json:",omitempty"` // with postgres: column that grows when a row changes, a time or a whole number; default: pull everything
	Lookback   Lookback `yaml:"lookback" json:",omitzero"`   // with watermark: pull this far below it again, as 7d; default 60d for orders, else 7d
	Delimiter  string   `yaml:"delimiter"`                   // of csv; default: what the header shows among , ; tab |
	Encoding   string   `yaml:"encoding"`                    // of csv: utf-8 (default), latin-1, windows-1252 or utf-16
	Repeats    bool     `yaml:"repeats" json:",omitempty"`   // of orders and actions: equal rows are rows of their own, as a till writes what is scanned thrice; exports must not overlap then; default false: they are one row
	DateFormat string   `yaml:"date_format"`                 // strptime format of the times; default: ISO 8601, or what the values show

	// Canonical columns that name what a later export corrects, as [order_id]. Every
	// file is then a load, later names being newer; of the rows that share a key, those
	// of the newest load that has it are kept, all of them, and the others are
	// replaced. A row without a key neither replaces nor is replaced.
	Key []string `yaml:"key"`
}

const (
	defaultMaxRejects  = 0.01
	defaultMemoryLimit = "2GiB"
	maxBuckets         = 4096
)

// absent reports whether the source was left out of the configuration.
func (s *Source) absent() bool {
	return len(s.Files) == 0 && s.SQL == "" && s.Preset == "" && s.Postgres == ""
}

// source returns the configured source of a canonical table.
func (c *Config) source(table string) *Source {
	switch table {
	case "orders":
		return &c.Sources.Orders
	case "engagements":
		return &c.Sources.Engagements
	case "customers":
		return &c.Sources.Customers
	case "products":
		return &c.Sources.Products
	default:
		return &c.Sources.Actions
	}
}

var shopName = regexp.MustCompile(`^[a-z0-9-]+$`)

// withDefaults returns c with its defaults filled in, or an ErrConfig.
func (c Config) withDefaults() (Config, error) {
	c.Timezone = cmp.Or(c.Timezone, "UTC")
	c.MaxRejects = cmp.Or(c.MaxRejects, defaultMaxRejects)
	c.MemoryLimit = cmp.Or(c.MemoryLimit, defaultMemoryLimit)
	switch {
	case c.Shop != "" && !shopName.MatchString(c.Shop):
		return c, configError("shop %q: only a-z, 0-9 and - are allowed", c.Shop)
	case !(c.MaxRejects > 0 && c.MaxRejects <= 1):
		return c, configError("max_rejects %v: not a share between 0 and 1 (0.01 is one in a hundred)", c.MaxRejects)
	case !isSize(c.MemoryLimit):
		return c, configError("memory_limit %q: not a size (write it as 2GiB)", c.MemoryLimit)
	case c.Threads < 0:
		return c, configError("threads %d: negative (0 is all cores)", c.Threads)
	case c.Buckets < 0 || c.Buckets > maxBuckets:
		return c, configError("buckets %d: not between 1 and %d (0 chooses by the size of the input)", c.Buckets, maxBuckets)
	case c.Sources.Orders.absent():
		return c, configError("sources: orders is missing (name its files)")
	}
	for _, currency := range c.foreignCurrencies() {
		if rate := c.Rates[currency]; !(rate > 0) || math.IsInf(rate, 1) {
			return c, configError("rates: %s: %v is not a rate (shop currency for 1 %s)", currency, rate, currency)
		}
	}
	var err error
	if c.Limits, err = c.Limits.withDefaults(); err != nil {
		return c, err
	}
	for _, t := range tables {
		if err := c.source(t.name).validate(); err != nil {
			return c, fmt.Errorf("sources: %s: %w", t.name, err)
		}
		if c.source(t.name).Repeats && t.unique == distinctFirstColumn {
			return c, configError("sources: %s: repeats: a %s has one row (leave it out)", t.name, strings.TrimSuffix(t.name, "s"))
		}
		if err := t.checkKey(c.source(t.name).Key); err != nil {
			return c, fmt.Errorf("sources: %s: %w", t.name, err)
		}
	}
	return c, nil
}

// foreignCurrencies returns the currencies with a rate, sorted.
func (c *Config) foreignCurrencies() []string { return sortedKeys(c.Rates) }

// validate checks what can be known without opening a file.
func (s *Source) validate() error {
	switch {
	case s.absent():
		return nil
	case s.Postgres != "":
		return s.validatePostgres()
	case s.Watermark != "" || s.Lookback.Set:
		return configError("watermark and lookback are for postgres (files are told by their names)")
	case len(s.Files) == 0:
		return configError("files is missing (name the exports to read)")
	case s.SQL != "" && s.Preset != "":
		return configError("sql and preset exclude each other (a preset is a named sql)")
	case len(s.Delimiter) > 1 && s.Delimiter != `\t`:
		return configError("delimiter %q: not one character", s.Delimiter)
	}
	switch s.encoding() {
	case "utf-8", "latin-1", "windows-1252", "utf-16":
		return nil
	}
	return configError("encoding %q is not known (utf-8, latin-1, windows-1252 or utf-16)", s.Encoding)
}

// validatePostgres checks a source of a database.
func (s *Source) validatePostgres() error {
	switch {
	case len(s.Files) > 0:
		return configError("postgres and files exclude each other (give a source one of them)")
	case s.Preset != "":
		return configError("postgres and preset exclude each other (presets are for files; write sql)")
	case s.SQL == "":
		return configError("sql is missing (write the SELECT that yields canonical columns)")
	case s.Watermark != "" && len(s.Key) == 0:
		return configError("watermark without key (name the columns that tell which rows a later pull replaces, as key: [order_id])")
	case s.Watermark == "" && s.Lookback.Set:
		return configError("lookback without watermark (name the column that grows when a row changes)")
	}
	return nil
}

// encoding returns the name of the character set in one spelling.
func (s *Source) encoding() string {
	switch name := strings.ToLower(s.Encoding); name {
	case "", "utf8":
		return "utf-8"
	case "latin1", "iso-8859-1":
		return "latin-1"
	case "cp1252":
		return "windows-1252"
	case "utf16":
		return "utf-16"
	default:
		return name
	}
}

// path resolves a configured path against BaseDir.
func (c *Config) path(p string) string {
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(c.BaseDir, p)
}
