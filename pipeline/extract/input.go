package extract

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// fileColumn is what DuckDB calls the path of a row's file, and lineColumn the
// number of the row in it. Neither clashes with a name that an export has.
const (
	fileColumn = "perennial_file"
	lineColumn = "perennial_line"
)

// input is the files of a source as a view.
type input struct {
	files    []*census
	paths    []string // what DuckDB reads for files[i]: the file or its clean copy
	columns  []string // of all files, in order of first appearance
	added    []string // columns that a preset may use and the files lack
	jsonType map[string]string
	loads    bool // rows carry the index of their file
}

// openInput prepares the files of a source for DuckDB. Of files[from:], those that
// it would misread are copied to the folder scratch first.
func openInput(ctx context.Context, d *database, files []*census, from int, s *Source, scratch string) (*input, error) {
	in := &input{files: files}
	for i, c := range files {
		path := c.file.path
		if c.rework && i >= from {
			copied, err := c.writeClean(fmt.Sprintf("%s/%05d", scratch, i), s)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.file.name(), err)
			}
			path = copied
		}
		in.paths = append(in.paths, path)
	}
	switch files[0].file.format {
	case csvFormat:
		for _, c := range files {
			in.addColumns(c.header)
		}
	case jsonFormat:
		return in, in.readJSONTypes(ctx, d)
	default:
		names, _, err := d.describe(ctx, fmt.Sprintf("SELECT * FROM read_parquet(%s, union_by_name = true)", quoteList(in.paths)))
		if err != nil {
			return nil, asData(err)
		}
		in.addColumns(names)
	}
	return in, nil
}

// addColumns appends names that are not there yet.
func (in *input) addColumns(names []string) {
	for _, name := range names {
		if !in.has(name) {
			in.columns = append(in.columns, name)
		}
	}
}

func (in *input) has(name string) bool {
	return slices.ContainsFunc(in.columns, func(c string) bool { return strings.EqualFold(c, name) })
}

// readJSONTypes looks at all objects for their keys. Dates stay text, because
// DuckDB's reading of them drops offsets.
func (in *input) readJSONTypes(ctx context.Context, d *database) error {
	names, types, err := d.describe(ctx, fmt.Sprintf("SELECT * FROM read_json(%s, union_by_name = true, sample_size = -1)", quoteList(in.paths)))
	if err != nil {
		return asData(err)
	}
	in.jsonType = map[string]string{}
	for _, name := range names {
		typ := types[strings.ToLower(name)]
		switch typ {
		case "DATE", "TIME", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "UUID", "JSON":
			typ = "VARCHAR"
		}
		in.jsonType[name] = typ
	}
	in.addColumns(names)
	return nil
}

// raw is a SELECT of the rows of files[from:to] as they stand there, with the
// column file and, if lines, the number of each row.
func (in *input) raw(from, to int, lines bool) string {
	var scans []string
	for from < to {
		end := from + 1
		for end < to && in.alike(from, end) {
			end++
		}
		scans = append(scans, in.scan(from, end, lines))
		from = end
	}
	return strings.Join(scans, "\nUNION ALL BY NAME ")
}

// shape is a SELECT of no row with the columns and types that all files have
// together.
func (in *input) shape(ctx context.Context, d *database) (string, error) {
	names, types, err := d.describe(ctx, in.raw(0, len(in.files), false))
	if err != nil {
		return "", asData(err)
	}
	columns := make([]string, len(names))
	for i, name := range names {
		columns[i] = "CAST(NULL AS " + types[strings.ToLower(name)] + ") AS " + quoteName(name)
	}
	return "SELECT " + strings.Join(columns, ", ") + " WHERE false", nil
}

// alike reports whether two files can be read by one scan.
func (in *input) alike(i, j int) bool {
	a, b := in.files[i], in.files[j]
	return a.file.format != csvFormat || a.delim == b.delim && slices.Equal(a.header, b.header)
}

func (in *input) scan(from, to int, lines bool) string {
	columns := "* EXCLUDE (" + fileColumn + ")"
	if !in.has("file") {
		columns += ", parse_filename(" + fileColumn + ") AS file"
	}
	if lines {
		columns += ", row_number() OVER () AS " + lineColumn
	}
	paths := quoteList(in.paths[from:to])
	var reader string
	switch c := in.files[from]; c.file.format {
	case csvFormat:
		reader = fmt.Sprintf("read_csv(%s, auto_detect = false, header = true, delim = %s, quote = '\"', escape = '\"', columns = %s, filename = '%s')",
			paths, quote(string(c.delim)), structOf(c.header, func(string) string { return "VARCHAR" }), fileColumn)
	case jsonFormat:
		reader = fmt.Sprintf("read_json(%s, columns = %s, filename = '%s')",
			paths, structOf(in.columns, func(name string) string { return in.jsonType[name] }), fileColumn)
	default:
		reader = fmt.Sprintf("read_parquet(%s, union_by_name = true, filename = '%s')", paths, fileColumn)
	}
	if in.loads {
		return "SELECT " + columns + " FROM (SELECT s.*, l.load AS " + loadColumn + " FROM " + reader + " s JOIN (VALUES " +
			in.loadNumbers(from, to) + ") l(path, load) ON s." + fileColumn + " = l.path)"
	}
	return "SELECT " + columns + " FROM " + reader
}

// loadNumbers are the paths of files[from:to] and their indices as SQL tuples.
func (in *input) loadNumbers(from, to int) string {
	var tuples []string
	for i := from; i < to; i++ {
		tuples = append(tuples, fmt.Sprintf("(%s, %d)", quote(in.paths[i]), i))
	}
	return strings.Join(tuples, ", ")
}

// names are the columns that the view input has beside file, lower case.
func (in *input) names() []string {
	var names []string
	for _, name := range slices.Concat(in.columns, in.added) {
		names = append(names, strings.ToLower(name))
	}
	return names
}

// structOf writes names and their types as a SQL struct.
func structOf(names []string, typ func(string) string) string {
	fields := make([]string, len(names))
	for i, name := range names {
		fields[i] = quote(name) + ": " + quote(typ(name))
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

// typed is a SELECT of raw's columns as the mapping sees them.
func (in *input) typed(raw string, read func(column string) reading, lines bool) string {
	var columns []string
	for _, name := range in.columns {
		expr := quoteName(name)
		switch read(strings.ToLower(name)) {
		case asNumber:
			expr = "number(" + expr + ") AS " + expr
		case asInstant:
			expr = "clock_or_bad(" + expr + ") AS " + expr
		case asBoolean:
			expr = "try_cast(" + expr + " AS BOOLEAN) AS " + expr
		}
		columns = append(columns, expr)
	}
	for _, name := range in.added {
		typ := "VARCHAR"
		if read(strings.ToLower(name)) == asNumber {
			typ = "DOUBLE"
		}
		columns = append(columns, "CAST(NULL AS "+typ+") AS "+quoteName(name))
	}
	if !in.has("file") {
		columns = append(columns, "file")
	}
	if lines {
		columns = append(columns, lineColumn)
	}
	if in.loads {
		columns = append(columns, loadColumn)
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM (" + raw + ")"
}

// asData says that an error of DuckDB about a file is the file's fault.
func asData(err error) error {
	return &kindError{ErrBadData, err}
}
