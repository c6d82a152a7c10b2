package table

import (
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// Metadata reads what the footer of a Parquet file of size bytes claims, of a
// footer of at most most bytes. What it returns is decoded, not believed: no
// count in it has been compared with the file.
func Metadata(r io.ReaderAt, size, most int64) (m *format.FileMetaData, err error) {
	defer catch(&err)
	footer, err := readFooter(r, size, most)
	if err != nil {
		return nil, fmt.Errorf("parquet: %w", err)
	}
	m = &format.FileMetaData{}
	if err := thrift.Unmarshal(new(thrift.CompactProtocol), footer, m); err != nil {
		return nil, fmt.Errorf("parquet: %w: %w", errFooter, err)
	}
	return m, nil
}
