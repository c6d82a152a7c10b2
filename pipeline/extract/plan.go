package extract

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
)

// rereadError says why a source cannot be built on an earlier extract after all.
type rereadError struct{ why string }

func (e *rereadError) Error() string { return e.why }

func reread(format string, args ...any) error { return &rereadError{fmt.Sprintf(format, args...)} }

// errNoMemory is why the first extract reads everything.
var errNoMemory = reread("no earlier extract")

// settings hashes what decides, beside a file's bytes, what becomes of its rows.
func (c *Config) settings(s *surveyed) string {
	hash := sha256.New()
	// Encoding of plain values cannot fail, and sorts the rates.
	json.NewEncoder(hash).Encode([]any{
		memoryFormat, fileFormat, s.table.name, s.mappingSQL(), s.preset.columns, s.source.Delimiter, s.source.encoding(),
		s.source.DateFormat, s.source.Key, s.source.Repeats, c.Timezone, c.Currency, c.Rates, c.sample(), c.Erased.Hash(),
	})
	return hex.EncodeToString(hash.Sum(nil))
}

// foundation returns what is remembered of a source if the extract can build on
// it: then files[len(old.Files):] are new, and the others are what they were.
// The error is a rereadError otherwise.
func (x *extraction) foundation(s *surveyed) (*sourceState, error) {
	if x.memory == nil {
		return nil, errNoMemory
	}
	old := x.memory.source(s.table.name)
	switch {
	case x.memory.state.DuckDB != x.duckdb:
		return nil, reread("the earlier extract is of DuckDB %s", x.memory.state.DuckDB)
	case x.asOf < x.memory.AsOf():
		return nil, reread("the earlier extract is of a later day, %v", x.memory.AsOf())
	case x.config.Buckets != x.memory.report.Buckets:
		return nil, reread("%d buckets instead of %d", x.config.Buckets, x.memory.report.Buckets)
	case old == nil:
		return nil, reread("not in the earlier extract")
	case old.Settings != x.config.settings(s):
		return nil, reread("the configuration or the list of erased customers has changed")
	case s.table.name == "orders" && old.Categories != x.categories:
		return nil, reread("the categories of products have changed")
	}
	if err := s.extends(old); err != nil {
		return nil, err
	}
	if len(s.files) > len(old.Files) {
		if err := x.appendable(s, old); err != nil {
			return nil, err
		}
	}
	return old, x.intact(s, old)
}

// extends checks that the source's files are the earlier ones, and perhaps more
// whose names sort after them.
func (s *surveyed) extends(old *sourceState) error {
	for i, r := range old.Files {
		name := filepath.Base(r.Path)
		switch {
		case i == len(s.files):
			return reread("%s is gone", name)
		case s.files[i].file.name() < name:
			return reread("%s is new and comes before %s (name exports so that newer ones sort last)", s.files[i].file.name(), name)
		case s.files[i].file.name() > name:
			return reread("%s is gone", name)
		case s.files[i].sha256 != r.SHA256:
			return reread("%s has changed", name)
		}
	}
	return nil
}

// appendable checks that rows of new files become what they would if all files
// were read: rows do not depend on each other, and columns are read as they were,
// because the first rows, by which that is decided, are the same.
func (x *extraction) appendable(s *surveyed, old *sourceState) error {
	switch {
	case old.Binding.NotRowwise != "":
		return reread("the mapping needs all rows at once: %s", old.Binding.NotRowwise)
	case s.files[0].file.format == jsonFormat:
		return reread("all files decide what a key of JSON is")
	case old.Binding.AskedAll:
		return reread("all rows decide how a date is written (set date_format)")
	case old.Mapped < int64(x.config.sample()):
		return reread("too few earlier rows to go by")
	}
	return nil
}

// intact checks that the sorted files are those that were written: they were not
// made durable, and a power cut may have torn them.
func (x *extraction) intact(s *surveyed, old *sourceState) error {
	n := x.config.bucketFiles(s.table)
	if len(old.Sorted) != n || len(old.Buckets) != n || old.compare(x.memory.dir, s.table) != nil {
		return reread("the earlier extract is damaged")
	}
	return nil
}

// whyWhole is the reason in a rereadError, for the log.
func whyWhole(err error) (why string, ok bool) {
	var r *rereadError
	if errors.As(err, &r) {
		return r.why, true
	}
	return "", false
}
