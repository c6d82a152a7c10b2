package extract

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// readRecords reads all records of three fields as "line fault: values".
func readRecords(t testing.TB, r io.Reader, fields int) []string {
	t.Helper()
	s := newRecordReader(r)
	s.delim, s.fields = ',', fields
	var all []string
	for {
		rec, err := s.next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case rec.fault != "":
			all = append(all, fmt.Sprintf("%d %s", rec.line, rec.fault))
		case rec.odd:
			all = append(all, fmt.Sprintf("%d odd %q", rec.line, split(rec.text, ',')))
		default:
			all = append(all, fmt.Sprintf("%d %q", rec.line, split(rec.text, ',')))
		}
	}
}

func TestRecords(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"plain", "1,2,3\n4,5,6\n", []string{`1 ["1" "2" "3"]`, `2 ["4" "5" "6"]`}},
		{"no line end at the end", "1,2,3", []string{`1 ["1" "2" "3"]`}},
		{"carriage returns", "1,2,3\r\n4,,6\r\n", []string{`1 ["1" "2" "3"]`, `2 ["4" "" "6"]`}},
		{"blank lines", "\n1,2,3\n\n\n4,5,6\n\n", []string{`2 ["1" "2" "3"]`, `5 ["4" "5" "6"]`}},
		{"quotes", "\"a,b\",\"c\"\"d\",\"\"\n", []string{`1 ["a,b" "c\"d" ""]`}},
		{"a value over lines", "1,\"a\nb\n\",3\n4,5,6\n", []string{`1 ["1" "a\nb\n" "3"]`, `4 ["4" "5" "6"]`}},
		{"too few fields", "1,2\n4,5,6\n", []string{"1 " + wrongFieldCount, `2 ["4" "5" "6"]`}},
		{"too many fields", "1,2,3,4\n4,5,6\n", []string{"1 " + wrongFieldCount, `2 ["4" "5" "6"]`}},
		{"inches", "1,5\" pipe,3\n", []string{`1 odd ["1" "5\" pipe" "3"]`}},
		{"space after a quote", "1,\"a\" ,3\n", []string{`1 odd ["1" "a" "3"]`}},
		{"text after a quote", "1,\"a\"b,3\n4,5,6\n", []string{"1 " + afterQuote, `2 ["4" "5" "6"]`}},
		{"a quote that is never closed", "1,\"a,3\n4,5,6\n7,8,9\n", []string{"1 " + openQuote, `2 ["4" "5" "6"]`, `3 ["7" "8" "9"]`}},
		{"a quote that swallows a line", "1,\"a,3\n4,\"b\",6\n7,8,9\n", []string{"1 " + afterQuote, `2 ["4" "b" "6"]`, `3 ["7" "8" "9"]`}},
		{"a lone carriage return", "1,a\rb,3\n", []string{`1 odd ["1" "a\rb" "3"]`}},
		{"not text", "1,\xff,3\n4,5,6\n", []string{"1 " + notText, `2 ["4" "5" "6"]`}},
		{"spaces are no record", "  \n4,5,6\n", []string{"1 " + wrongFieldCount, `2 ["4" "5" "6"]`}},
		{"too long", "1,2," + strings.Repeat("x", maxRecord) + "\n4,5,6\n", []string{"1 " + tooLong, `2 ["4" "5" "6"]`}},
		{"too long in quotes", "1,\"" + strings.Repeat("x\n", maxRecord), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := readRecords(t, strings.NewReader(tt.text), 3)
			if tt.want == nil {
				if len(got) != maxRecord || got[0] != "1 "+openQuote {
					t.Errorf("%d records, the first %q", len(got), got[0])
				}
				return
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if len(tt.text) < 1000 {
				if diff := cmp.Diff(tt.want, readRecords(t, iotest.OneByteReader(strings.NewReader(tt.text)), 3)); diff != "" {
					t.Errorf("read by the byte: -want +got:\n%s", diff)
				}
			}
		})
	}
}

// TestRecordsOfAnyValues writes values with the standard library and reads them.
func TestRecordsOfAnyValues(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		fields := rapid.IntRange(2, 4).Draw(rt, "fields")
		value := rapid.StringOf(rapid.SampledFrom([]rune("ab,\"\n é;\t ")))
		rows := rapid.SliceOf(rapid.SliceOfN(value, fields, fields)).Draw(rt, "rows")
		var text bytes.Buffer
		w := csv.NewWriter(&text)
		w.UseCRLF = rapid.Bool().Draw(rt, "crlf")
		if err := w.WriteAll(rows); err != nil {
			rt.Fatal(err)
		}
		got := readRecords(t, &text, fields)
		if len(got) != len(rows) {
			rt.Fatalf("%d records of %d", len(got), len(rows))
		}
		for i := range rows {
			want := fmt.Sprintf("%q", rows[i])
			if w.UseCRLF {
				want = fmt.Sprintf("%q", strings.Split(strings.ReplaceAll(strings.Join(rows[i], "\x00"), "\n", "\r\n"), "\x00"))
			}
			if _, values, _ := strings.Cut(got[i], " "); values != want {
				rt.Fatalf("record %d: %s, want %s", i, values, want)
			}
		}
	})
}

func FuzzRecords(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "a,b\n\"1\n\",2\n", "\"", "a,\"b\"c\n,\r\n", "\r", "\"\"\"\n,"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s := newRecordReader(bytes.NewReader(text))
		s.delim, s.fields = ',', 2
		line := int64(0)
		for {
			rec, err := s.next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if rec.line <= line {
				t.Fatalf("line %d after %d", rec.line, line)
			}
			line = rec.line
			if rec.fault == "" {
				if values := split(rec.text, ','); len(values) != 2 {
					t.Fatalf("%q has %d values", rec.text, len(values))
				}
			}
		}
		if lines := int64(bytes.Count(text, []byte{'\n'})) + 1; line > lines {
			t.Fatalf("line %d of %d", line, lines)
		}
	})
}

func BenchmarkRecords(b *testing.B) {
	row := "C0000001,O00000001,2024-01-01 12:34:56,P1234,category,2,12.34,0.00,web\n"
	for name, text := range map[string]string{"plain": row, "quoted": `"` + strings.ReplaceAll(strings.TrimSpace(row), ",", `","`) + "\"\n"} {
		b.Run(name, func(b *testing.B) {
			data := strings.Repeat(text, 10_000)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				s := newRecordReader(strings.NewReader(data))
				s.delim, s.fields = ',', 9
				for {
					if _, err := s.next(); err == io.EOF {
						break
					}
				}
			}
		})
	}
}
