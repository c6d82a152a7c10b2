package gbdt

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// lightgbmModels are what testdata/lightgbm.py wrote.
var lightgbmModels = []string{
	"binary", "binary_v3", "binary_sigmoid", "regression", "poisson", "tweedie", "quantile", "forest", "monotone",
}

func TestModelsOfLightGBMPredictAsThere(t *testing.T) {
	columns, x := readCells(t)
	for _, name := range lightgbmModels {
		m := readModel(t, name)
		want := readTable(t, name+".csv")[0]
		got := make([]float64, len(want))
		if err := m.Predict(got, columns, x); err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-12*max(1, math.Abs(want[i])) {
				t.Errorf("%s: row %d: predicted %v, LightGBM says %v", name, i, got[i], want[i])
			}
		}
	}
}

func TestObjectivesOfLightGBM(t *testing.T) {
	want := map[string]Objective{
		"binary":         {Loss: Binary, Sigmoid: 1},
		"binary_sigmoid": {Loss: Binary, Sigmoid: 0.7},
		"regression":     {Loss: L2},
		"poisson":        {Loss: Poisson},
		"tweedie":        {Loss: Tweedie, Power: 1.3},
		"quantile":       {Loss: Quantile, Level: 0.8},
		"forest":         {Loss: Binary, Sigmoid: 1},
	}
	for name, objective := range want {
		m := readModel(t, name)
		if m.Objective != objective {
			t.Errorf("%s: objective %v, want %v", name, m.Objective, objective)
		}
		if m.Average != (name == "forest") {
			t.Errorf("%s: average is %v", name, m.Average)
		}
	}
}

func TestWrittenModelReadsBack(t *testing.T) {
	for _, name := range lightgbmModels {
		m := readModel(t, name)
		text := writeModel(t, m)
		again, err := Read(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m, again, cmpopts.IgnoreUnexported(Model{})); diff != "" {
			t.Errorf("%s: written and read (-was +is):\n%s", name, diff)
		}
		if !bytes.Equal(text, writeModel(t, again)) {
			t.Errorf("%s: written twice, the text differs", name)
		}
	}
}

// TestOurText holds the text of a model to the byte; refresh it by hand when the
// format changes on purpose.
func TestOurText(t *testing.T) {
	want, err := os.ReadFile("testdata/ours.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(writeModel(t, smallModel()))); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
}

// TestLightGBMReadsOurText has LightGBM predict and explain with models that we
// wrote. GBDT_PYTHON names an interpreter that has lightgbm.
func TestLightGBMReadsOurText(t *testing.T) {
	python := os.Getenv("GBDT_PYTHON")
	if python == "" {
		t.Skip("GBDT_PYTHON does not name a Python interpreter with lightgbm 4.6")
	}
	columns, x := readCells(t)
	small := smallModel()
	small.Columns = columns
	small.Ranges, small.Monotone = nil, nil
	names, models := []string{"ours"}, []*Model{small}
	for _, name := range lightgbmModels {
		names, models = append(names, name), append(models, readModel(t, name))
	}
	arguments := []string{"testdata/lightgbm.py", "predict", "testdata/cells.csv"}
	for k, m := range models {
		path := filepath.Join(t.TempDir(), names[k]+".txt")
		if err := os.WriteFile(path, writeModel(t, m), 0o600); err != nil {
			t.Fatal(err)
		}
		arguments = append(arguments, path)
	}
	out, err := exec.Command(python, arguments...).Output()
	if err != nil {
		t.Fatal(err)
	}
	said := parseTable(t, bytes.NewReader(out))
	rows := len(x[0])
	for k, m := range models {
		want := make([][]float64, len(said))
		for j := range want {
			want[j] = said[j][k*rows : (k+1)*rows]
		}
		sameAsLightGBM(t, names[k], m, columns, x, want)
	}
}

// sameAsLightGBM compares predictions, contributions and base with what
// LightGBM says.
func sameAsLightGBM(t *testing.T, name string, m *Model, columns []string, x [][]float32, want [][]float64) {
	t.Helper()
	p := make([]float64, len(x[0]))
	if err := m.Predict(p, columns, x); err != nil {
		t.Fatal(err)
	}
	got := append([][]float64{p}, explain(t, m, columns, x)...)
	base := make([]float64, len(p))
	for i := range base {
		base[i] = m.Base()
	}
	got = append(got, base)
	for j := range want {
		scale := 1.0
		if m.Average && j > 0 { // LightGBM leaves the contributions of a forest a sum over trees
			scale = float64(len(m.Trees))
		}
		for i, w := range want[j] {
			if math.Abs(got[j][i]*scale-w) > 1e-12*max(1, math.Abs(w)) {
				t.Errorf("%s: row %d, number %d: %v, LightGBM says %v", name, i, j, got[j][i]*scale, w)
			}
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	for says, spoil := range map[string]func(m *Model){
		"space":            func(m *Model) { m.Columns[1] = "order count" },
		"ranges":           func(m *Model) { m.Ranges = m.Ranges[1:] },
		"constraints":      func(m *Model) { m.Monotone = m.Monotone[1:] },
		"objective":        func(m *Model) { m.Objective.Loss = "lambdarank" },
		"leaf_value":       func(m *Model) { m.Trees[0].LeafValue[1] = math.NaN() },
		"Tweedie power":    func(m *Model) { m.Objective = Objective{Loss: Tweedie, Power: 3} },
		"no columns":       func(m *Model) { m.Columns = nil },
		"not one less":     func(m *Model) { m.Trees[0].Gain = nil },
		"two parents":      func(m *Model) { m.Trees[0].Left[1] = 0 },
		"category sets":    func(m *Model) { m.Trees[0].Threshold[2] = 1 },
		"column \"\" is":   func(m *Model) { m.Columns[0] = "" },
		"cat_boundaries":   func(m *Model) { m.Trees[0].CategoryBounds[1] = 9 },
		"which is not the": func(m *Model) { m.Trees[0].Right[2] = -9 },
	} {
		m := smallModel()
		spoil(m)
		err := m.Write(&bytes.Buffer{})
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("Write of a spoilt model: %v, want an error about %q", err, says)
		}
	}
}

func TestWriteReportsTheWriter(t *testing.T) {
	if err := smallModel().Write(fullDisk{}); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("Write to a full disk: %v", err)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, fmt.Errorf("disk full") }

// smallModel is a model of two trees with a split of every kind.
func smallModel() *Model {
	return &Model{
		Columns:   []string{"recency_days", "orders", "spend", "returns", "country", "device", "noise"},
		Ranges:    []string{"[0:400]", "[0:9]", "[0.5:300]", "[-3:3]", "0:1:2:33", "0:1:2", "none"},
		Monotone:  []int8{1, 0, 0, 0, 0, 0, 0},
		Objective: Objective{Loss: Binary, Sigmoid: 1},
		Trees: []Tree{
			{
				Feature:   []int32{0, 3, 4, 1},
				Threshold: []float64{60.5, 0.1, 0, 1.0000000180025095e-35},
				Decision: []Decision{
					NewDecision(false, true, MissingNaN), NewDecision(false, true, MissingZero),
					NewDecision(true, false, MissingNaN), NewDecision(false, false, MissingNone),
				},
				Left: []int32{1, -1, -3, -4}, Right: []int32{2, -2, 3, -5}, Gain: []float32{120.25, 33, 0.1, 7},
				InnerValue: []float64{0, -0.5, 0.4, 0.6}, InnerWeight: []float64{25, 10, 15, 5}, InnerCount: []int64{100, 40, 60, 20},
				LeafValue: []float64{-1.0 / 3, 0.25, 0.125, 2.0 / 7, 1.5}, LeafWeight: []float64{7.5, 2.5, 10, 3, 2}, LeafCount: []int64{30, 10, 40, 12, 8},
				CategoryBounds: []int32{0, 2}, CategoryBits: []uint32{5, 2}, Shrinkage: 0.1,
			},
			{LeafValue: []float64{0.01}, LeafWeight: []float64{25}, LeafCount: []int64{100}, Shrinkage: 1},
		},
	}
}

func writeModel(t testing.TB, m *Model) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readModel(t testing.TB, name string) *Model {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := Read(f)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return m
}

// readCells returns the rows that LightGBM scored.
func readCells(t testing.TB) (columns []string, x [][]float32) {
	t.Helper()
	text, err := os.ReadFile("testdata/cells.csv")
	if err != nil {
		t.Fatal(err)
	}
	header, rest, _ := strings.Cut(string(text), "\n")
	for _, column := range parseTable(t, strings.NewReader(rest)) {
		cells := make([]float32, len(column))
		for i, v := range column {
			cells[i] = float32(v)
		}
		x = append(x, cells)
	}
	return strings.Split(header, ","), x
}

func readTable(t testing.TB, name string) [][]float64 {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return parseTable(t, bytes.NewReader(text))
}

// parseTable returns the columns of a table of numbers.
func parseTable(t testing.TB, r io.Reader) [][]float64 {
	t.Helper()
	records, err := csv.NewReader(r).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	table := make([][]float64, len(records[0]))
	for _, record := range records {
		for j, word := range record {
			v, err := strconv.ParseFloat(word, 64)
			if err != nil {
				t.Fatal(err)
			}
			table[j] = append(table[j], v)
		}
	}
	return table
}
