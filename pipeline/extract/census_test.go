package extract

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
)

func gzipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zstandard(t testing.TB, text string) string {
	t.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(z.EncodeAll([]byte(text), nil))
}

func utf16Text(text string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func censusOf(t testing.TB, path string, s *Source) (*census, error) {
	t.Helper()
	file, err := fileOf(path)
	if err != nil {
		return nil, err
	}
	config, err := benchConfig(path).withDefaults()
	if err != nil {
		return nil, err
	}
	c := newCensus(file, &config)
	return c, c.take(t.Context(), s)
}

func TestCensus(t *testing.T) {
	const text = "a;b\n1;\"x;y\"\n2;\n"
	for name, stored := range map[string]string{
		"plain.csv": text, "gz.csv.gz": gzipped(t, text), "members.csv.gz": gzipped(t, "a;b\n1;\"x;y\"\n") + gzipped(t, "2;\n"), "zst.csv.zst": zstandard(t, text),
	} {
		c, err := censusOf(t, writeFile(t, name, stored), &Source{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.rows != 2 || c.text != int64(len(text)) || c.size != int64(len(stored)) || c.delim != ';' || !slices.Equal(c.header, []string{"a", "b"}) || c.rework {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func TestCensusOfDamagedFiles(t *testing.T) {
	text := "a,b\n" + strings.Repeat("1,2\n", 1000)
	gz, zst := gzipped(t, text), zstandard(t, text)
	tests := []struct{ name, stored, want string }{
		{"empty.csv", "", "empty file"},
		{"blank.csv", "\n\n", "empty file"},
		{"empty.csv.gz", gzipped(t, ""), "empty file"},
		{"nothing.csv.gz", "", "damaged or cut off"},
		{"cut.csv.gz", gz[:len(gz)-4], "damaged or cut off"},
		{"half.csv.gz", gz[:len(gz)/2], "damaged or cut off"},
		{"flipped.csv.gz", gz[:20] + "\x00\x00" + gz[22:], "damaged or cut off"},
		{"not.csv.gz", text, "damaged or cut off"},
		{"cut.csv.zst", zst[:len(zst)-4], "damaged or cut off"},
		{"cut.json.gz", gzipped(t, "[{}]")[:15], "damaged or cut off"},
		{"wide.csv", utf16Text(text), "set encoding: utf-16"},
		{"header.csv", "a,\"b\n1,2\n", "header: " + openQuote},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := censusOf(t, writeFile(t, tt.name, tt.stored), &Source{})
			wantError(t, err, ErrBadData, tt.want)
		})
	}
}

func TestCensusListsUnsoundRecords(t *testing.T) {
	c, err := censusOf(t, writeFile(t, "bad.csv", "a,b\n1,2\n3\n\"4\nx\",5\n6,\"7\"8\n"), &Source{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, fault := range c.faults {
		got = append(got, fault.Error())
	}
	want := []string{
		`bad.csv:3: row "3": not as many fields as the header`,
		`bad.csv:6: row "6,\"7\"8": text after a closing quote`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if c.rows != 2 || !c.rework {
		t.Errorf("rows %d, rework %t", c.rows, c.rework)
	}
}

// TestWriteClean compares the copy of files that DuckDB would misread.
func TestWriteClean(t *testing.T) {
	tests := []struct{ name, encoding, text, want string }{
		{"unsound", "", "a,b\n1\n2,\"x\"\n", "a,b\n2,\"x\"\n"},
		{"odd quotes", "", "a,b\n5\" pipe,\"x\" \n", "a,b\n\"5\"\" pipe\",x\n"},
		{"mixed line ends", "", "a,b\n1,2\r\n3,4\n", "a,b\n1,2\n3,4\n"},
		{"one column", "", "a\n1\n\n\"\"\n2\n", "a\n1\n\"\"\n2\n"},
		{"latin-1", "latin-1", "a,b\ncaf\xe9,\x80\n", "a,b\ncafé,\u0080\n"},
		{"windows-1252", "windows-1252", "a,b\ncaf\xe9,\x80\n", "a,b\ncafé,€\n"},
		{"utf-16", "utf-16", utf16Text("a,b\ncafé,😀\n"), "a,b\ncafé,😀\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &Source{Encoding: tt.encoding}
			c, err := censusOf(t, writeFile(t, "x.csv.gz", gzipped(t, tt.text)), s)
			if err != nil {
				t.Fatal(err)
			}
			if !c.rework {
				t.Error("needs no copy")
			}
			path, err := c.writeClean(filepath.Join(t.TempDir(), "clean"), s)
			if err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if filepath.Base(path) != "x.csv" {
				t.Errorf("the copy is called %s", path)
			}
		})
	}
}

func TestByteOrderMark(t *testing.T) {
	c, err := censusOf(t, writeFile(t, "bom.csv", "\xef\xbb\xbfid,x\n1,2\n"), &Source{})
	if err != nil {
		t.Fatal(err)
	}
	if c.header[0] != "id" || c.rework {
		t.Errorf("header %q, rework %t", c.header, c.rework)
	}
}

func TestColumnNames(t *testing.T) {
	got := columnNames([]string{"a", " A ", "", "b", "b_2", "B", ""})
	want := []string{"a", "A_2", "column3", "b", "b_2", "B_3", "column7"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSniffDelimiter(t *testing.T) {
	for header, want := range map[string]byte{
		"a,b": ',', "a;b;c,d": ';', "a\tb": '\t', "a|b": '|', "one": ',', `"a;b","c;d",e`: ',',
	} {
		if got := sniffDelimiter([]byte(header)); got != want {
			t.Errorf("%s: %q", header, got)
		}
	}
}

func TestUTF8ReaderReportsErrors(t *testing.T) {
	broken := errors.New("broken")
	for _, encoding := range []string{"utf-8", "latin-1", "utf-16"} {
		r, err := utf8Reader(io.MultiReader(strings.NewReader("abcdefgh"), &failing{broken}), encoding)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(r); !errors.Is(err, broken) {
			t.Errorf("%s: %v", encoding, err)
		}
	}
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

func TestFileThatChangesAfterItsSurvey(t *testing.T) {
	c := ordersFrom(t, someOrders(10))
	in, err := Survey(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.Sources.Orders.Files[0], []byte(someOrders(11)), 0o666); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	_, err = in.Run(t.Context(), day(t, "2026-01-01"), dir, nil)
	wantError(t, err, ErrBadData, "changed while it was read")
	if _, err := Open(dir); !errors.Is(err, ErrMissing) {
		t.Errorf("Open: %v, want an extract that is not complete", err)
	}
}
