package jobs

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// realTable returns the rows of a CSV file of the shared data, header first.
func realTable(t testing.TB, name string) [][]string {
	t.Helper()
	path := filepath.Join("..", "..", "shared", "data", name)
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("real data is not here: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(unzipped).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// splitRows writes a quarter of the rows, drawn by a hash of what key returns,
// to a test table and the others to a training table.
func splitRows(t testing.TB, records [][]string, key func(row []string) string) (train, test string) {
	t.Helper()
	header := records[0]
	parts := map[bool][][]string{false: {header}, true: {header}}
	for _, row := range records[1:] {
		hash := fnv.New64a()
		hash.Write([]byte(key(row)))
		tested := hash.Sum64()>>7%4 == 3
		parts[tested] = append(parts[tested], row)
	}
	return writeRecords(t, "train.csv", parts[false]), writeRecords(t, "test.csv", parts[true])
}

func writeRecords(t testing.TB, name string, records [][]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(records); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// learnJSONOf runs Learn and returns what it prints as JSON.
func learnJSONOf(t testing.TB, opts LearnOptions) learnJSON {
	t.Helper()
	opts.JSON = true
	var out bytes.Buffer
	if err := Learn(t.Context(), opts, testEnv(), &out); err != nil {
		t.Fatal(err)
	}
	var result learnJSON
	if err := json.Unmarshal(out.Bytes(), &result); err != nil {
		t.Fatalf("%v in %s", err, out.Bytes())
	}
	return result
}

func firstColumn(row []string) string { return row[0] }

func TestX(t *testing.T) {
	for _, c := range []struct{ file, label string }{{"churn_telco_ibm.csv.gz", "Churn"}, {"churn_bank_modelling.csv.gz", "exited"}, {"churn_ecommerce_kaggle.csv.gz", "Churn"}} {
		records := realTable(t, c.file)
		for _, grouped := range []bool{false, true} {
			key := firstColumn
			if grouped {
				key = func(row []string) string { return strings.Join(row[1:], "|") }
			}
			train, test := splitRows(t, records, key)
			opts := LearnOptions{Train: train, Test: test, Label: c.label, Learners: []string{"logistic", "golearn_forest", "golearn_liblinear"}, Params: []string{"golearn_forest.min_split=2"}}
			if err := Learn(t.Context(), opts, testEnv(), os.Stdout); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = slices.Sort[[]int]
}
