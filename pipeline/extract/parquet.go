package extract

import (
	"io"

	parquetformat "github.com/parquet-go/parquet-go/format"

	"perennial/pipeline/table"
)

// What the footer of a Parquet file may claim before DuckDB is given the file.
const (
	maxFooter    = 16 << 20
	maxRowGroups = 1 << 17
	maxColumns   = 1 << 14
	// rowsPerByte is beyond any table with an identifier in it, and freeRows is
	// what any file may have.
	rowsPerByte = 1000
	freeRows    = 1 << 20
)

// checkParquet compares what the footer of a Parquet file claims with the size of
// the file: a few bytes can stand for more rows than any disk holds.
func checkParquet(r io.ReaderAt, size int64, limits *Limits) error {
	m, err := table.Metadata(r, size, maxFooter)
	if err != nil {
		return dataError("%w (repeat the export)", err)
	}
	const advice = "(the file is damaged, or made to do harm: repeat the export)"
	switch {
	case len(m.RowGroups) > maxRowGroups:
		return dataError("parquet: %d row groups, more than %d %s", len(m.RowGroups), maxRowGroups, advice)
	case len(m.Schema) > maxColumns:
		return dataError("parquet: %d columns, more than %d %s", len(m.Schema), maxColumns, advice)
	}
	rows, unpacked, sound := sums(m, size)
	switch {
	case !sound || rows != m.NumRows:
		return dataError("parquet: the counts in its footer do not add up %s", advice)
	case rows > freeRows && rows/rowsPerByte > size:
		return dataError("parquet: %d rows in %d bytes %s", rows, size, advice)
	case unpacked > limits.text(size, true):
		return dataError("parquet: %d bytes unpack to %d (repeat the export; if it is sound, raise text or expansion under limits)", size, unpacked)
	}
	return nil
}

// sums adds up rows and unpacked bytes of the row groups of a file of size bytes.
// sound is false where a single number cannot be right.
func sums(m *parquetformat.FileMetaData, size int64) (rows, unpacked int64, sound bool) {
	const most = 1 << 48 // of one number: sums of 2^15 of them cannot overflow
	sound = true
	for _, group := range m.RowGroups {
		sound = sound && group.NumRows >= 0 && group.NumRows < most
		rows = min(rows+group.NumRows, most)
		for _, column := range group.Columns {
			c := &column.MetaData
			sound = sound && c.TotalCompressedSize >= 0 && c.TotalCompressedSize <= size &&
				c.TotalUncompressedSize >= 0 && c.TotalUncompressedSize < most && c.NumValues >= 0
			unpacked = min(unpacked+c.TotalUncompressedSize, most)
		}
	}
	return rows, unpacked, sound
}
