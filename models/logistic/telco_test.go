package logistic

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// sharedTable reads a CSV file of the shared data: columns of numbers as they
// are, other columns as one 0/1 column per value, named column=value.
func sharedTable(t testing.TB, name, label, positive string, drop ...string) (columns []string, x [][]float32, y []float64) {
	t.Helper()
	header, rows := readShared(t, name)
	for j, column := range header {
		cells := make([]string, len(rows))
		for i, row := range rows {
			cells[i] = row[j]
		}
		switch numbers, ok := parse(cells); {
		case column == label:
			y = labels(cells, positive)
		case slices.Contains(drop, column):
		case ok:
			columns, x = append(columns, column), append(x, numbers)
		default:
			for _, value := range distinct(cells) {
				columns, x = append(columns, column+"="+value), append(x, equals(cells, value))
			}
		}
	}
	return columns, x, y
}

func readShared(t testing.TB, name string) (header []string, rows [][]string) {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", name)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is not there", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err = csv.NewReader(unzipped).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[0], rows[1:]
}

// parse returns cells as numbers, blank ones NaN; ok is false if one is text.
func parse(cells []string) (numbers []float32, ok bool) {
	for _, cell := range cells {
		v, err := strconv.ParseFloat(cell, 32)
		switch {
		case cell == "" || cell == " ":
			v = math.NaN()
		case err != nil:
			return nil, false
		}
		numbers = append(numbers, float32(v))
	}
	return numbers, true
}

func labels(cells []string, positive string) []float64 {
	y := make([]float64, len(cells))
	for i, v := range equals(cells, positive) {
		y[i] = float64(v)
	}
	return y
}

func distinct(cells []string) []string {
	values := slices.Clone(cells)
	slices.Sort(values)
	return slices.Compact(values)
}

func equals(cells []string, value string) []float32 {
	flags := make([]float32, len(cells))
	for i, cell := range cells {
		if cell == value {
			flags[i] = 1
		}
	}
	return flags
}

// split returns the rows whose index is 3 modulo 4 as test, the rest as train.
func split(x [][]float32, y []float64) (train, test [][]float32, trainY, testY []float64) {
	train, test = make([][]float32, len(x)), make([][]float32, len(x))
	for i := range y {
		part, labels := train, &trainY
		if i%4 == 3 {
			part, labels = test, &testY
		}
		for j := range x {
			part[j] = append(part[j], x[j][i])
		}
		*labels = append(*labels, y[i])
	}
	return train, test, trainY, testY
}

// TestTelcoAgreesWithScikitLearn compares with scikit-learn 1.9.1,
// LogisticRegression(C=1, solver="newton-cholesky", tol=1e-12) on columns
// standardised alike; three quarters of the rows train, every fourth tests.
func TestTelcoAgreesWithScikitLearn(t *testing.T) {
	columns, x, y := sharedTable(t, "churn_telco_ibm.csv.gz", "Churn", "Yes", "customerID")
	train, test, trainY, testY := split(x, y)
	tests := []struct {
		shape        Shape
		auc, logLoss float64
		coefficients map[string]float64 // "" is the intercept, a leading ! the flag of missing cells
	}{
		{Linear, 0.85801245, 0.40725421, map[string]float64{
			"": -1.72433097, "tenure": -1.32835111, "MonthlyCharges": -0.30696620,
			"Contract=Two year": -0.37282581, "!TotalCharges": -0.22542157, "SeniorCitizen": 0.07297061,
		}},
		{Logarithmic, 0.86132629, 0.40163572, map[string]float64{
			"": -1.66928668, "tenure": 0.05670454, "MonthlyCharges": 0.14808042,
			"Contract=Two year": -0.46718648, "!TotalCharges": -0.14762667, "SeniorCitizen": 0.07371937,
		}},
	}
	for _, tt := range tests {
		t.Run(string(tt.shape), func(t *testing.T) {
			m, err := Config{Lambda: 1, Shape: tt.shape}.Fit(context.Background(), columns, train, trainY, nil)
			if err != nil {
				t.Fatal(err)
			}
			found := 0
			for _, c := range m.Coefficients() {
				name := c.Column
				if c.Missing {
					name = "!" + name
				}
				if want, listed := tt.coefficients[name]; listed {
					found++
					near(t, name, c.Value, want, 1e-6)
				}
			}
			if found != len(tt.coefficients) {
				t.Errorf("%d of %d coefficients found", found, len(tt.coefficients))
			}
			p := make([]float64, len(testY))
			if err := m.Predict(p, columns, test); err != nil {
				t.Fatal(err)
			}
			near(t, "AUC", auc(testY, p), tt.auc, 1e-6)
			near(t, "log loss", meanLoss(testY, p), tt.logLoss, 1e-7)
		})
	}
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %.10g, want %.10g ± %g", what, got, want, tolerance)
	}
}

// auc compares every positive with every negative.
func auc(y, p []float64) float64 {
	won, pairs := 0.0, 0.0
	for i := range y {
		for k := range y {
			if y[i] == 1 && y[k] == 0 {
				pairs++
				switch {
				case p[i] > p[k]:
					won++
				case p[i] == p[k]:
					won += 0.5
				}
			}
		}
	}
	return won / pairs
}

func meanLoss(y, p []float64) float64 {
	sum := 0.0
	for i := range y {
		sum -= y[i]*math.Log(p[i]) + (1-y[i])*math.Log(1-p[i])
	}
	return sum / float64(len(y))
}
