package extract

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// surveyed is a source whose files have been looked through.
type surveyed struct {
	table  *canonicalTable
	source *Source
	preset preset // zero without one
	files  []*census
}

// unchanged is an error if a file is not the one that was counted.
func (s *surveyed) unchanged() error {
	for _, f := range s.files {
		if err := f.unchanged(); err != nil {
			return err
		}
	}
	return nil
}

// Inputs are the files of a configuration, every one of them read once: what
// they hold is counted, and nothing is extracted yet.
type Inputs struct {
	config  Config // with its defaults
	sources []*surveyed
	memory  *Memory // nil reads everything

	// Unless the configuration says otherwise, the sources are in a child process,
	// and here is what it answered.
	child       *child
	fingerprint string
}

// Survey reads all files of all configured sources once. Errors are as Run's.
// The inputs hold a child process until they are extracted or closed.
func Survey(ctx context.Context, cfg Config) (*Inputs, error) {
	return (*Memory)(nil).Survey(ctx, cfg)
}

// Fingerprint returns a hash of all that decides what Run would keep, except
// the as-of day: contents and names of the files, mappings, time zone, money, who
// is erased.
// Two equal fingerprints mean equal extracts.
func (in *Inputs) Fingerprint() string {
	if in.child != nil {
		return in.fingerprint
	}
	return in.config.fingerprint(in.sources)
}

// survey takes the census of all files of all configured sources, in the order
// of tables. Files that m remembers are not read again.
func (c *Config) survey(ctx context.Context, m *Memory) ([]*surveyed, error) {
	all, err := c.list()
	if err != nil {
		return nil, err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, s := range all {
		if err := m.take(s, c.settings(s)); err != nil {
			return nil, fmt.Errorf("%s: %w", s.table.name, err)
		}
		takeCensus(ctx, group, s)
	}
	return all, group.Wait()
}

// list finds the files of the configured sources, in the order of tables.
func (c *Config) list() ([]*surveyed, error) {
	var all []*surveyed
	for _, t := range tables {
		s := c.source(t.name)
		if s.absent() {
			continue
		}
		if s.Postgres != "" {
			return nil, fmt.Errorf("%s: its database has not been pulled", t.name)
		}
		files, err := c.resolve(s)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
		found := &surveyed{table: t.as(s), source: s, files: make([]*census, len(files))}
		for i, file := range files {
			found.files[i] = newCensus(file, c)
		}
		if s.Preset != "" {
			if found.preset, err = readPreset(s.Preset, t.name); err != nil {
				return nil, err
			}
		}
		all = append(all, found)
	}
	return all, nil
}

func (c *Config) fingerprint(sources []*surveyed) string {
	hash := sha256.New()
	// Encoding of plain values cannot fail, and sorts the rates.
	write := json.NewEncoder(hash)
	write.Encode([]any{fileFormat, c.Timezone, c.Currency, c.Rates, c.bucketCount(sources)})
	if c.Erased.Len() > 0 {
		write.Encode(c.Erased.Hash())
	}
	for _, s := range sources {
		write.Encode([]any{s.table.name, s.mappingSQL(), s.source.Delimiter, s.source.encoding(), s.source.DateFormat, s.source.Key})
		for _, f := range s.files {
			write.Encode([]string{f.file.name(), f.sha256})
		}
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// mappingSQL is the configured SQL, that of the preset, or "".
func (s *surveyed) mappingSQL() string {
	if s.source.Preset != "" {
		return s.preset.sql
	}
	return s.source.SQL
}

// bucketBytes is how much csv text a bucket holds: small enough that many
// buckets fit in memory, large enough that a file is worth opening.
const bucketBytes = 32 << 20

// parquetExpansion is how many bytes of csv text a byte of Parquet may stand for.
const parquetExpansion = 5

// bucketCount is the configured number of buckets, or the power of two that
// keeps a bucket near bucketBytes.
func (c *Config) bucketCount(sources []*surveyed) int {
	if c.Buckets > 0 {
		return c.Buckets
	}
	var text int64
	for _, s := range sources {
		if !s.table.bucketed {
			continue
		}
		for _, f := range s.files {
			if f.file.format == parquetFormat {
				text += f.text * parquetExpansion
			} else {
				text += f.text
			}
		}
	}
	buckets := 1
	for int64(buckets)*bucketBytes < text && buckets < maxBuckets {
		buckets *= 2
	}
	return buckets
}
