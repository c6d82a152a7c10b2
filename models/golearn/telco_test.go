package golearn

import (
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// TestTelco trains on seven tenths of IBM's table, in file order, and ranks the
// rest. Published AUC are .84 to .85; far more would be a leak.
func TestTelco(t *testing.T) {
	columns, x, y := telco(t)
	cut := len(y) * 7 / 10
	train, test := make([][]float32, len(x)), make([][]float32, len(x))
	for j := range x {
		train[j], test[j] = x[j][:cut], x[j][cut:]
	}
	forest := fitForest(t, ForestConfig{Trees: 10}, columns, train, y[:cut])
	liblinear := fitLiblinear(t, LiblinearConfig{}, columns, train, y[:cut])
	for _, c := range []struct {
		name  string
		model interface {
			Predict([]float64, []string, [][]float32) error
		}
		least float64
	}{{"forest", forest, .83}, {"liblinear", liblinear, .84}} {
		p := make([]float64, len(y)-cut)
		if err := c.model.Predict(p, columns, test); err != nil {
			t.Fatal(err)
		}
		got := auc(p, y[cut:])
		t.Logf("%s: AUC %.4f", c.name, got)
		if got < c.least || got > .87 {
			t.Errorf("%s: AUC %.4f, want %.2f to .87", c.name, got, c.least)
		}
	}
}

func BenchmarkTelcoForestFit(b *testing.B) {
	columns, x, y := telco(b)
	for b.Loop() {
		fitForest(b, ForestConfig{}, columns, x, y)
	}
}

func BenchmarkTelcoLiblinearFit(b *testing.B) {
	columns, x, y := telco(b)
	for b.Loop() {
		fitLiblinear(b, LiblinearConfig{}, columns, x, y)
	}
}

// telco reads the IBM churn table: numbers as they are, an empty number as NaN,
// texts as one 0/1 column per value.
func telco(t testing.TB) (columns []string, x [][]float32, y []float64) {
	t.Helper()
	file, err := os.Open(sharedData(t, "churn_telco_ibm.csv.gz"))
	if errors.Is(err, os.ErrNotExist) {
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
	header, rows := records[0], records[1:]
	for j, name := range header {
		cells := make([]string, len(rows))
		for i, row := range rows {
			cells[i] = row[j]
		}
		switch name {
		case "customerID":
		case "Churn":
			for _, cell := range cells {
				y = append(y, map[string]float64{"Yes": 1, "No": 0}[cell])
			}
		case "SeniorCitizen", "tenure", "MonthlyCharges", "TotalCharges":
			columns = append(columns, name)
			x = append(x, numbers(cells))
		default:
			names, indicators := oneHot(name, cells)
			columns = append(columns, names...)
			x = append(x, indicators...)
		}
	}
	return columns, x, y
}

func numbers(cells []string) []float32 {
	column := make([]float32, len(cells))
	for i, cell := range cells {
		v, err := strconv.ParseFloat(cell, 32)
		if err != nil {
			v = math.NaN()
		}
		column[i] = float32(v)
	}
	return column
}

func oneHot(name string, cells []string) (names []string, x [][]float32) {
	values := slices.Compact(slices.Sorted(slices.Values(cells)))
	for _, value := range values {
		column := make([]float32, len(cells))
		for i, cell := range cells {
			if cell == value {
				column[i] = 1
			}
		}
		names = append(names, fmt.Sprintf("%s=%s", name, value))
		x = append(x, column)
	}
	return names, x
}

// sharedData returns where name lies beside the module.
func sharedData(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "..", "shared", "data", name)
		}
	}
	t.Fatal("no go.mod above the package")
	return ""
}

// auc is the chance that a positive gets a higher score than a negative, ties
// counting half.
func auc(p, y []float64) float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	rankSum, positives := 0.0, 0.0
	for from := 0; from < len(order); {
		to := from
		for to < len(order) && p[order[to]] == p[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			rankSum += y[i] * float64(from+1+to) / 2
			positives += y[i]
		}
		from = to
	}
	negatives := float64(len(p)) - positives
	return (rankSum - positives*(positives+1)/2) / (positives * negatives)
}
