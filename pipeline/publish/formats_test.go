package publish

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// rowsOf yields rows and then err, if any.
func rowsOf(rows []Score, err error) iter.Seq2[*Score, error] {
	return func(yield func(*Score, error) bool) {
		for i := range rows {
			if !yield(&rows[i], nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// awkward has texts that formats quote, and nulls.
func awkward() []Score {
	rows := sampleScores(2, 1)
	rows[0].CustomerID = "=1+1,\"O'Brien\"\nnext"
	rows[0].NextProducts = []string{`a"b`, "<&>", "ü,ö"}
	rows[0].HistoricRevenue = 1234567.891
	rows[1].ChurnProbability, rows[1].ChurnRisk, rows[1].Change = nil, "", nil
	rows[1].NextProducts, rows[1].NextProductReasons, rows[1].NextProductProbabilities, rows[1].Reasons = nil, nil, nil, nil
	rows[0].NextCategoryProbabilities[0] = 0.5
	rows[1].ReplenishDueDate = new(int32(sampleDay + 30))
	return rows
}

func TestWriteCSV(t *testing.T) {
	var out bytes.Buffer
	if err := WriteCSV(&out, rowsOf(awkward(), nil)); err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(records) != 3 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	cell := func(row int, name string) string { return records[row][slices.Index(records[0], name)] }
	for _, tc := range []struct {
		row        int
		name, want string
	}{
		{1, "customer_id", "=1+1,\"O'Brien\"\nnext"},
		{1, "as_of", "2026-11-21"},
		{1, "scored_at", "2026-11-21T02:15:00.123456Z"},
		{1, "next_products", `["a\"b","<&>","ü,ö"]`},
		{1, "historic_revenue", "1234567.891"},
		{2, "churn_probability", ""},
		{2, "churn_risk", ""},
		{2, "change", ""},
		{2, "next_products", "[]"},
		{2, "reasons", "[]"},
		{2, "replenish_due_date", "2026-12-21"},
		{1, "next_category_probabilities", "[0.5]"},
		{1, "next_category_reasons", `["Bought in the last order, 4 days ago"]`},
		{2, "next_product_reasons", "[]"},
	} {
		if got := cell(tc.row, tc.name); got != tc.want {
			t.Errorf("row %d %s = %q, want %q", tc.row, tc.name, got, tc.want)
		}
	}
	var change Change
	if err := json.Unmarshal([]byte(cell(1, "change")), &change); err != nil || change.Cause != "data" {
		t.Errorf("change %s: %v", cell(1, "change"), err)
	}
}

func TestWriteJSON(t *testing.T) {
	var out bytes.Buffer
	if err := WriteJSON(&out, rowsOf(awkward(), nil)); err != nil {
		t.Fatal(err)
	}
	names := make(map[string]bool)
	for i := range contract {
		names[contract[i].name] = true
	}
	lines := bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n"))
	if len(lines) != 2 {
		t.Fatalf("%d lines, want 2", len(lines))
	}
	for i, line := range lines {
		var object map[string]any
		if err := json.Unmarshal(line, &object); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if len(object) != len(names) || !maps.EqualFunc(object, names, func(any, bool) bool { return true }) {
			t.Errorf("line %d has %d columns, want %d", i, len(object), len(names))
		}
		if want := awkward()[i].CustomerID; object["customer_id"] != want || object["as_of"] != "2026-11-21" {
			t.Errorf("line %d: %v on %v", i, object["customer_id"], object["as_of"])
		}
		if missing := object["churn_probability"] == nil && object["churn_risk"] == nil; missing != (i == 1) {
			t.Errorf("line %d: null is %t", i, missing)
		}
	}
}

func TestWriteParquet(t *testing.T) {
	var out bytes.Buffer
	want := sampleScores(scanRows+3, 1)
	if err := WriteParquet(&out, rowsOf(want, nil)); err != nil {
		t.Fatal(err)
	}
	p := Part{Rows: int64(len(want))}
	file, err := p.open(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var got []Score
	err = p.scan(file, make([]Score, 100), func(rows []Score) error {
		got = append(got, rows...)
		return nil
	})
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestFormatsPassErrorsOn(t *testing.T) {
	unreadable := errors.New("unreadable part")
	rows := sampleScores(3, 1)
	for name, write := range map[string]func(io.Writer, iter.Seq2[*Score, error]) error{
		"csv": WriteCSV, "json": WriteJSON, "parquet": WriteParquet,
	} {
		var out bytes.Buffer
		if err := write(&out, rowsOf(rows, unreadable)); !errors.Is(err, unreadable) {
			t.Errorf("%s of rows that end in an error: %v", name, err)
		}
		if name == "parquet" {
			if _, err := (&Part{Rows: 3}).open(out.Bytes()); err == nil {
				t.Error("half a set reads as a whole Parquet file")
			}
		}
		if err := write(brokenPipe{}, rowsOf(rows, nil)); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s to a closed pipe: %v", name, err)
		}
	}
	rows[1].HistoricRevenue = math.NaN()
	if err := WriteJSON(io.Discard, rowsOf(rows, nil)); err == nil {
		t.Error("JSON has no NaN")
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
