package extract

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	parquetformat "github.com/parquet-go/parquet-go/format"
)

// hostile runs a night's extraction of a file in a child and demands an error
// that is the file's fault and names it.
func hostile(t *testing.T, name, content, want string, change func(*Config)) {
	t.Helper()
	c := apart(ordersFrom(t, ""))
	c.Sources.Orders.Files = []string{writeFile(t, name, content)}
	if change != nil {
		change(&c)
	}
	dir := t.TempDir()
	_, err := Run(t.Context(), c, day(t, "2026-01-01"), dir, nil)
	wantError(t, err, ErrBadData, name)
	wantError(t, err, ErrBadData, want)
	if left, _ := filepath.Glob(filepath.Join(dir, spillPrefix+"*")); len(left) > 0 {
		t.Errorf("%s: scratch files are left: %q", name, left)
	}
}

// repeated is a stream of n compressed blocks of a mebibyte of text each.
func repeated(compress func(testing.TB, string) string, n int) func(testing.TB, string) string {
	return func(t testing.TB, line string) string {
		return strings.Repeat(compress(t, strings.Repeat(line, 1<<20/len(line))), n)
	}
}

// TestCompressedBombs: a megabyte that unpacks to more than a gigabyte.
func TestCompressedBombs(t *testing.T) {
	const blocks = 1100
	hostile(t, "orders.csv.gz", repeated(gzipped, blocks)(t, "x"), "more than 1024 MiB of text (repeat the export; if it is sound, raise text or expansion under limits)", nil)
	hostile(t, "orders.csv.zst", repeated(zstandard, blocks)(t, "x"), "more than 1024 MiB of text", nil)
	hostile(t, "orders.json.gz", repeated(gzipped, blocks)(t, "{}\n"), "more than 1024 MiB of text", nil)
	hostile(t, "orders.csv", strings.Repeat("\n", 2<<20), "more than 1 MiB of text", func(c *Config) { c.Limits.Text = "1MiB" })
}

// TestEndlessLine reads a line of a gigabyte within the memory of a few.
func TestEndlessLine(t *testing.T) {
	c := apart(ordersFrom(t, ""))
	text := gzipped(t, someOrders(3)) + repeated(gzipped, 1000)(t, "x") + gzipped(t, "\n")
	c.Sources.Orders.Files = []string{writeFile(t, "orders.csv.gz", text)}
	c.MemoryLimit = "128MiB"
	r, err := Run(t.Context(), c, day(t, "2026-01-01"), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if s := r.Sources[0]; s.Kept != 3 || len(s.Listed) != 1 || s.Listed[0].Err.Error() != tooLong {
		t.Errorf("kept %d, listed %v", s.Kept, s.Listed)
	}
}

func TestHeaderOfMillions(t *testing.T) {
	hostile(t, "orders.csv", strings.Repeat("a,", 200_000)+"a\n", "header: 200001 columns", nil)
}

// TestDeepJSON nests deeper than the stack of DuckDB's reader: without a child,
// the night would be gone.
func TestDeepJSON(t *testing.T) {
	deep := `{"customer_id":"a","order_id":"1","ordered_at":"2025-01-01","amount":1,"x":` + strings.Repeat(`{"a":`, 50_000) + "1" + strings.Repeat("}", 50_001)
	hostile(t, "orders.json", deep, "reading it crashed: ", nil)
}

// TestGuiltyFileIsFoundAmongMany: DuckDB reads all files of a source at once.
func TestGuiltyFileIsFoundAmongMany(t *testing.T) {
	dir := t.TempDir()
	const row = `{"customer_id":"a","order_id":"1","ordered_at":"2025-01-01","amount":1,"x":`
	for i, rest := range []string{"1}", strings.Repeat(`{"a":`, 50_000) + "1" + strings.Repeat("}", 50_001), "2}"} {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("orders-%d.json", i)), []byte(row+rest), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	c := apart(ordersFrom(t, ""))
	c.Sources.Orders.Files = []string{filepath.Join(dir, "*.json")}
	_, err := Run(t.Context(), c, day(t, "2026-01-01"), t.TempDir(), nil)
	wantError(t, err, ErrBadData, "extract: orders-1.json: reading it crashed: ")
}

// parquetOrders is a Parquet file of n orders.
func parquetOrders(t testing.TB, n int, options ...parquet.WriterOption) string {
	t.Helper()
	type order struct {
		Customer string  `parquet:"customer_id"`
		Order    string  `parquet:"order_id"`
		At       string  `parquet:"ordered_at"`
		Amount   float64 `parquet:"amount"`
	}
	rows := make([]order, n)
	for i := range rows {
		rows[i] = order{fmt.Sprintf("c%d", i%7), fmt.Sprint(i), fmt.Sprintf("2025-0%d-01 10:00:00", 1+i%9), float64(i) / 4}
	}
	var b bytes.Buffer
	w := parquet.NewGenericWriter[order](&b, options...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// withFooter changes what the footer of a Parquet file claims.
func withFooter(t testing.TB, file string, change func(*parquetformat.FileMetaData)) string {
	t.Helper()
	end := len(file) - 8
	start := end - int(binary.LittleEndian.Uint32([]byte(file[end:])))
	var m parquetformat.FileMetaData
	if err := thrift.Unmarshal(new(thrift.CompactProtocol), []byte(file[start:end]), &m); err != nil {
		t.Fatal(err)
	}
	change(&m)
	footer, err := thrift.Marshal(new(thrift.CompactProtocol), m)
	if err != nil {
		t.Fatal(err)
	}
	return file[:start] + string(footer) + string(binary.LittleEndian.AppendUint32(nil, uint32(len(footer)))) + "PAR1"
}

func TestParquetWithAbsurdCounts(t *testing.T) {
	sound := parquetOrders(t, 1000)
	for name, tt := range map[string]struct {
		want   string
		change func(*parquetformat.FileMetaData)
	}{
		"rows": {"1099511627776 rows in", func(m *parquetformat.FileMetaData) { m.NumRows, m.RowGroups[0].NumRows = 1<<40, 1<<40 }},
		"sum":  {"do not add up", func(m *parquetformat.FileMetaData) { m.NumRows++ }},
		"negative": {"do not add up", func(m *parquetformat.FileMetaData) {
			m.RowGroups[0].Columns[1].MetaData.TotalUncompressedSize = -1
		}},
		"column beyond the file": {"do not add up", func(m *parquetformat.FileMetaData) {
			m.RowGroups[0].Columns[1].MetaData.TotalCompressedSize = 1 << 30
		}},
		"expansion": {"unpack to", func(m *parquetformat.FileMetaData) {
			m.RowGroups[0].Columns[1].MetaData.TotalUncompressedSize = 1 << 40
		}},
		"row groups": {"row groups, more than", func(m *parquetformat.FileMetaData) {
			m.RowGroups = make([]parquetformat.RowGroup, maxRowGroups+1)
		}},
		"columns": {"columns, more than", func(m *parquetformat.FileMetaData) {
			m.Schema = append(m.Schema, make([]parquetformat.SchemaElement, maxColumns)...)
		}},
	} {
		t.Run(name, func(t *testing.T) { hostile(t, "orders.parquet", withFooter(t, sound, tt.change), tt.want, nil) })
	}
	long := sound[:len(sound)-8] + string(binary.LittleEndian.AppendUint32(nil, 1<<31)) + "PAR1"
	hostile(t, "orders.parquet", long, "not the end of a Parquet file", nil)
	hostile(t, "orders.parquet", "PAR1"+strings.Repeat("\x00", 17<<20)+string(binary.LittleEndian.AppendUint32(nil, 17<<20))+"PAR1", "more than 16777216", nil)
}
