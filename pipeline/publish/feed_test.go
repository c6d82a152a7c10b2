package publish

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"iter"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// feedOf yields a customer who has changed and one who is gone.
func feedOf() iter.Seq2[*FeedRow, error] {
	return func(yield func(*FeedRow, error) bool) {
		score := Score{CustomerID: "anna", HistoricOrders: 3}
		_ = yield(&FeedRow{7, DeltaRow{Op: "upsert", CustomerID: "anna", Changed: []string{"historic_orders"}, PreviousRowHash: "ab", Score: &score}}, nil) &&
			yield(&FeedRow{8, DeltaRow{Op: "delete", CustomerID: "ben", PreviousRowHash: "cd"}}, nil)
	}
}

func TestFeedAsCSV(t *testing.T) {
	var out bytes.Buffer
	if err := WriteFeedCSV(&out, feedOf()); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(lines) != 3 {
		t.Fatal(lines, err)
	}
	cell := func(line int, name string) string {
		for i, column := range lines[0] {
			if column == name {
				return lines[line][i]
			}
		}
		t.Fatalf("no column %s", name)
		return ""
	}
	for _, want := range []struct {
		line        int
		name, value string
	}{
		{1, "commit", "7"}, {1, "op", "upsert"}, {1, "customer_id", "anna"}, {1, "changed", `["historic_orders"]`}, {1, "historic_orders", "3"},
		{2, "commit", "8"}, {2, "op", "delete"}, {2, "customer_id", "ben"}, {2, "changed", "[]"}, {2, "historic_orders", ""}, {2, "previous_row_hash", "cd"},
	} {
		if got := cell(want.line, want.name); got != want.value {
			t.Errorf("line %d: %s = %q, want %q", want.line, want.name, got, want.value)
		}
	}
}

func TestFeedAsJSON(t *testing.T) {
	var out bytes.Buffer
	if err := WriteFeedJSON(&out, feedOf()); err != nil {
		t.Fatal(err)
	}
	type line struct {
		Commit          uint64
		Op              string
		CustomerID      string `json:"customer_id"`
		Changed         []string
		PreviousRowHash string `json:"previous_row_hash"`
		Score           *struct {
			CustomerID     string `json:"customer_id"`
			HistoricOrders int    `json:"historic_orders"`
		}
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 {
		t.Fatal(lines)
	}
	var changed, gone line
	if err := json.Unmarshal([]byte(lines[0]), &changed); err != nil || changed.Score == nil || changed.Score.HistoricOrders != 3 || changed.Commit != 7 {
		t.Errorf("%s: %v", lines[0], err)
	}
	if err := json.Unmarshal([]byte(lines[1]), &gone); err != nil || gone.Score != nil || gone.Op != "delete" || gone.PreviousRowHash != "cd" || gone.Changed == nil {
		t.Errorf("%s: %v", lines[1], err)
	}
}

func TestFeedAsParquet(t *testing.T) {
	var out bytes.Buffer
	if err := WriteFeedParquet(&out, feedOf()); err != nil {
		t.Fatal(err)
	}
	rows, err := parquet.Read[FeedRow](bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil || len(rows) != 2 {
		t.Fatal(rows, err)
	}
	if rows[0].Commit != 7 || rows[0].CustomerID != "anna" || rows[0].Score == nil || rows[0].Score.HistoricOrders != 3 {
		t.Errorf("%+v", rows[0])
	}
	// The library makes an empty row of an absent one, so what is absent is the id.
	if rows[1].Commit != 8 || rows[1].Op != "delete" || rows[1].Score != nil && rows[1].Score.CustomerID != "" {
		t.Errorf("%+v", rows[1])
	}
}
