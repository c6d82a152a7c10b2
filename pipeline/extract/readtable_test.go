package extract

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"perennial/pipeline/table"
)

func TestReadTable(t *testing.T) {
	nan := float32(math.NaN())
	want := []table.Column{
		{Name: "id", Texts: []string{"a", "b", "c"}},
		{Name: "zip", Texts: []string{"01067", "", "99423"}},
		{Name: "spend", Numbers: []float32{1.5, nan, -3e6}},
		{Name: "blank", Numbers: []float32{nan, 2, nan}},
		{Name: "churned", Texts: []string{"Yes", "No", "Yes"}},
	}
	text := "id,zip,spend,blank,churned\na,01067,1.5, ,Yes\nb,,,2,No\nc,99423,-3e6,,Yes\n"
	var parquet bytes.Buffer
	whole, err := table.New(want...)
	if err != nil {
		t.Fatal(err)
	}
	if err := whole.WriteParquet(&parquet); err != nil {
		t.Fatal(err)
	}
	for name, stored := range map[string]string{
		"t.csv": text, "t.csv.gz": gzipped(t, text), "t.tsv.zst": zstandard(t, strings.ReplaceAll(text, ",", "\t")), "t.parquet": parquet.String(),
	} {
		got, err := ReadTable(t.Context(), writeFile(t, name, stored))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(want, got.Columns, cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

func TestReadTableKeepsTheOrderOfRows(t *testing.T) {
	var b strings.Builder
	b.WriteString("i\n")
	for i := range 300_000 {
		b.WriteString(string(rune('0'+i%10)) + "\n")
	}
	got, err := ReadTable(t.Context(), writeFile(t, "t.csv", b.String()))
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range got.Columns[0].Numbers {
		if x != float32(i%10) {
			t.Fatalf("row %d is %v", i, x)
		}
	}
	if got.Rows() != 300_000 {
		t.Errorf("%d rows", got.Rows())
	}
}

func TestReadTableErrors(t *testing.T) {
	_, err := ReadTable(t.Context(), "none.csv")
	wantError(t, err, ErrMissing, "read table: ")
	_, err = ReadTable(t.Context(), writeFile(t, "t.csv", "a,b\n1\n"))
	wantError(t, err, ErrBadData, `t.csv:2: row "1": not as many fields as the header (fix the line)`)
	_, err = ReadTable(t.Context(), writeFile(t, "t.json", "{"))
	wantError(t, err, ErrBadData, "read table: ")
}
