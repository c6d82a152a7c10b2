package lab

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLearnTelco judges on a quarter of IBM's table. Published AUC are .84 to
// .85; far more would be a leak.
func TestLearnTelco(t *testing.T) {
	train, test := splitRows(t, realTable(t, "churn_telco_ibm.csv.gz"), wholeRow)
	result := learnJSONOf(t, LearnOptions{Train: train, Test: test, Label: "Churn", Learners: []string{"logistic", "golearn_liblinear"}})
	if result.Positive != "Yes" {
		t.Errorf("positive is %q, want Yes", result.Positive)
	}
	within(t, "logistic AUC", *result.Learners[0].AUC, .84, .85)
	within(t, "liblinear AUC", *result.Learners[1].AUC, .84, .85)
	within(t, "ECE", *result.Learners[0].ECE, 0, .03)
	wantNote(t, result.Notes, `"customerID" is left out`)
}

// TestLearnBank has a surname, free text of 2,932 values, and two ids made of
// numbers.
func TestLearnBank(t *testing.T) {
	train, test := splitRows(t, realTable(t, "churn_bank_modelling.csv.gz"), wholeRow)
	result := learnJSONOf(t, LearnOptions{Train: train, Test: test, Label: "exited"})
	within(t, "logistic AUC", *result.Learners[0].AUC, .75, .80)
	wantNote(t, result.Notes, `"rowNumber" is left out`)
	wantNote(t, result.Notes, `"customerId" is left out`)
	if len(result.Notes) > 2 {
		t.Errorf("notes %q: want the two ids alone", result.Notes)
	}
}

// TestLearnECommerceRepeats splits a table in which 556 rows repeat another one
// apart from the id: row by row, a forest recognises the repeats; with repeats
// kept together it cannot.
func TestLearnECommerceRepeats(t *testing.T) {
	records := realTable(t, "churn_ecommerce_kaggle.csv.gz")
	judge := func(key func(row []string) string) (learnJSON, float64) {
		train, test := splitRows(t, records, key)
		result := learnJSONOf(t, LearnOptions{
			Train: train, Test: test, Label: "Churn", Learners: []string{"golearn_forest"}, Params: []string{"trees=10", "min_split=2"},
		})
		return result, *result.Learners[0].AUC
	}
	leaky, flattered := judge(wholeRow)
	honest, fair := judge(func(row []string) string { return strings.Join(row[1:], ",") })
	t.Logf("forest AUC %.4f row by row, %.4f with repeats kept together", flattered, fair)
	if flattered < fair+.005 {
		t.Errorf("forest AUC %.4f row by row, %.4f with repeats kept together: want the first to flatter by .005", flattered, fair)
	}
	if len(leaky.Warnings) != 1 || !strings.Contains(leaky.Warnings[0], "equal a training row") {
		t.Errorf("row by row: warnings %q, want one of equal rows", leaky.Warnings)
	}
	if len(honest.Warnings) > 0 {
		t.Errorf("repeats kept together: warnings %q, want none", honest.Warnings)
	}
}

func within(t *testing.T, what string, got, low, high float64) {
	t.Helper()
	t.Logf("%s %.4f", what, got)
	if !(got >= low && got <= high) {
		t.Errorf("%s is %.4f, want %g to %g", what, got, low, high)
	}
}

func wantNote(t *testing.T, notes []string, part string) {
	t.Helper()
	if !strings.Contains(strings.Join(notes, "\n"), part) {
		t.Errorf("no note has %q: %q", part, notes)
	}
}

// realTable returns the records of a CSV file of the shared data, header first.
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

// splitRows writes a quarter of the rows to a test table and the others to a
// training table. Rows of one key stay together.
func splitRows(t testing.TB, records [][]string, key func(row []string) string) (train, test string) {
	t.Helper()
	parts := [2][][]string{{records[0]}, {records[0]}}
	for _, row := range records[1:] {
		hash := fnv.New64a()
		hash.Write([]byte(key(row)))
		part := 0
		if hash.Sum64()>>7%4 == 3 {
			part = 1
		}
		parts[part] = append(parts[part], row)
	}
	return writeRecords(t, "train.csv", parts[0]), writeRecords(t, "test.csv", parts[1])
}

func wholeRow(row []string) string { return strings.Join(row, ",") }
