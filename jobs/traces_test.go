package jobs

import (
	"bytes"
	"errors"
	"html"
	"io"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"perennial/pipeline/erasure"
	"perennial/pipeline/store"
)

// tracesOf returns the objects outside of the list that hold an id: as a cell of
// Parquet, or mentioned in any other bytes.
func tracesOf(t testing.TB, st store.Keeper, ids ...string) []string {
	t.Helper()
	var found []string
	for object, err := range st.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		body, err := st.Read(t.Context(), object.Key)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			if strings.HasPrefix(object.Key, "erasures/") {
				continue
			}
			if path.Ext(object.Key) == ".parquet" && cellIs(t, body, id) || erasure.Mentions([]byte(html.UnescapeString(string(body))), id) {
				found = append(found, object.Key)
			}
		}
	}
	return slices.Compact(found)
}

// cellIs reads every value of every column of a Parquet file.
func cellIs(t testing.TB, body []byte, id string) (found bool) {
	t.Helper()
	file, err := parquet.OpenFile(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range file.RowGroups() {
		rows := group.Rows()
		buffer := make([]parquet.Row, 64)
		for err == nil {
			var n int
			n, err = rows.ReadRows(buffer)
			for _, row := range buffer[:n] {
				for _, v := range row {
					found = found || v.Kind() == parquet.ByteArray && string(v.ByteArray()) == id
				}
			}
		}
		if !errors.Is(err, io.EOF) || rows.Close() != nil {
			t.Fatal(err)
		}
		err = nil
	}
	return found
}

// digestOf returns how the list writes a customer.
func digestOf(t testing.TB, st store.Store) string {
	t.Helper()
	body, err := st.Read(t.Context(), "erasures/00000000000000000001.json")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(body), "\"customers\": [\n    \"")
	digest, _, found := strings.Cut(rest, "\"")
	if !found || len(digest) != 32 {
		t.Fatalf("no digest in %s", body)
	}
	return digest
}
