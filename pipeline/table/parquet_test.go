package table

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

var sameTable = []cmp.Option{cmp.AllowUnexported(Table{}), cmpopts.EquateNaNs(), cmpopts.EquateEmpty()}

func example(t testing.TB, rows int) *Table {
	t.Helper()
	z := Column{Name: "z_amount", Numbers: make([]float32, rows)}
	a := Column{Name: "a name", Texts: make([]string, rows)}
	for i := range rows {
		z.Numbers[i] = float32(i) / 4
		a.Texts[i] = fmt.Sprint("customer ", i%1000)
		if i%7 == 0 {
			z.Numbers[i], a.Texts[i] = float32(math.NaN()), ""
		}
	}
	table, err := New(z, a)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func write(t testing.TB, table *Table) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := table.WriteParquet(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(file []byte, columns ...string) (*Table, error) {
	return ReadParquet(bytes.NewReader(file), int64(len(file)), columns...)
}

func TestParquetRoundTrip(t *testing.T) {
	for _, rows := range []int{0, 1, rowsPerGroup, rowsPerGroup + 1} {
		want := example(t, rows)
		got, err := read(write(t, want))
		if err != nil {
			t.Fatalf("%d rows: %v", rows, err)
		}
		if !slices.EqualFunc(want.Columns, got.Columns, sameColumn) {
			t.Fatalf("%d rows differ", rows)
		}
	}
}

// sameColumn is what cmp would take long over.
func sameColumn(a, b Column) bool {
	return a.Name == b.Name && slices.Equal(a.Texts, b.Texts) && slices.EqualFunc(a.Numbers, b.Numbers, func(x, y float32) bool {
		return x == y || x != x && y != y
	})
}

func TestParquetRoundTripOfAnyTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.IntRange(0, 50).Draw(t, "rows")
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[ -~]{1,8}`), 1, 6, rapid.ID).Draw(t, "names")
		var columns []Column
		for _, name := range names {
			c := Column{Name: name}
			if rapid.Bool().Draw(t, "text") {
				c.Texts = rapid.SliceOfN(rapid.String(), rows, rows).Draw(t, "texts")
			} else {
				c.Numbers = rapid.SliceOfN(rapid.Float32(), rows, rows).Draw(t, "numbers")
			}
			columns = append(columns, c)
		}
		want, err := New(columns...)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := want.WriteParquet(&b); err != nil {
			t.Fatal(err)
		}
		got, err := read(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, sameTable...); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestReadParquetSelectsColumns(t *testing.T) {
	file := write(t, example(t, 10))
	got, err := read(file, "a name")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a name"}, got.Names()); diff != "" {
		t.Error(diff)
	}
	if _, err := read(file, "amount"); err == nil {
		t.Error("a column that is not there was read")
	}
}

func TestWriteParquetNeedsColumns(t *testing.T) {
	if err := (&Table{}).WriteParquet(&bytes.Buffer{}); err == nil {
		t.Error("a table without columns was written")
	}
}

// TestReadParquetOfDamagedFiles cuts a file short at every length and changes
// every byte of its footer: there may be an error or a table, never a panic.
func TestReadParquetOfDamagedFiles(t *testing.T) {
	file := write(t, example(t, 40))
	for n := range file {
		if _, err := read(file[:n]); err == nil {
			t.Fatalf("%d of %d bytes were read as a table", n, len(file))
		}
	}
	for i := range file {
		for _, b := range []byte{0x7f, 0xff, file[i] ^ 1} {
			damaged := bytes.Clone(file)
			damaged[i] = b
			read(damaged)
		}
	}
}

func FuzzReadParquet(f *testing.F) {
	f.Add(write(f, example(f, 50)))
	f.Add([]byte("PAR1PAR1"))
	f.Fuzz(func(t *testing.T, file []byte) {
		table, err := read(file)
		if err == nil && table == nil {
			t.Error("neither a table nor an error")
		}
	})
}

func BenchmarkReadParquet(b *testing.B) {
	file := write(b, example(b, 1_000_000))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := read(file); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteParquet(b *testing.B) {
	table := example(b, 1_000_000)
	b.ReportAllocs()
	for b.Loop() {
		write(b, table)
	}
}
