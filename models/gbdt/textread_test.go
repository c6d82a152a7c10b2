package gbdt

import (
	"bytes"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestReadRefuses(t *testing.T) {
	replace := func(old, now string) func(string) string {
		return func(text string) string {
			if !strings.Contains(text, old) {
				t.Fatalf("the text has no %q", old)
			}
			return strings.Replace(text, old, now, 1)
		}
	}
	for _, c := range []struct {
		spoil func(string) string
		says  string
	}{
		{replace("tree\n", "wood\n"), "line 1: the first line is not"},
		{replace("version=v4", "version=v5"), "line 2: version"},
		{replace("num_class=1", "num_class=3"), "line 3: num_class is 3 (train one binary"},
		{replace("num_tree_per_iteration=1", "num_tree_per_iteration=3"), "line 4"},
		{replace("max_feature_idx=6", "max_feature_idx=2000000000"), "7 column names"},
		{replace("binary sigmoid:1", "lambdarank"), `line 7: objective is "lambdarank" (train with binary`},
		{replace("objective=binary sigmoid:1\n", ""), "no objective"},
		{replace("binary sigmoid:1", "regression sqrt"), "sqrt"},
		{replace("binary sigmoid:1", "binary sigmoid:-1"), "sigmoid"},
		{replace("binary sigmoid:1", "binary sigmoid:x"), "not a number"},
		{replace(" orders ", " noise "), "two columns"},
		{replace("tree_sizes", "tree_size"), "unknown line"},
		{replace("num_class=1\n", "num_class=1\nnum_class=1\n"), "line 4: num_class comes twice"},
		{replace("[0:400] ", ""), "6 feature_infos"},
		{replace("constraints=1 ", "constraints=1 1 "), "monotone_constraints has 8"},
		{replace("tree_sizes=457", "tree_sizes=99999999999999999"), "tree_sizes"},
		{replace("tree_sizes=457", "tree_sizes=457 4"), "tree_sizes"},
		{replace("num_leaves=5", "num_leaves=2000000000"), "line 14: tree 0: num_leaves"},
		{replace("num_leaves=5", "num_leaves=100000"), "leaf_value has 5 numbers"},
		{replace("num_leaves=5", "num_leaves=-5"), "num_leaves"},
		{replace("num_leaves=5\n", ""), "num_leaves is 0"},
		{replace("num_cat=1", "num_cat=-1"), "num_cat"},
		{replace("num_cat=1", "num_cat=9223372036854775807"), "cat_boundaries"},
		{replace("num_cat=1", "num_cat=0"), "category sets"},
		{replace("cat_boundaries=0 2", "cat_boundaries=0 -2"), "cat_threshold"},
		{replace("cat_boundaries=0 2", "cat_boundaries=0 3"), "line 29: tree 0: cat_threshold has 2"},
		{replace("split_feature=0 3", "split_feature=0 7"), "node 1: split_feature is 7"},
		{replace("split_feature=0 3", "split_feature=0 -1"), "node 1: split_feature is -1"},
		{replace("threshold=60.5", "threshold=nan"), "node 0: threshold is NaN"},
		{replace("threshold=60.5 0.1 0", "threshold=60.5 0.1 0.5"), "node 2: threshold of a categorical"},
		{replace("decision_type=10", "decision_type=14"), "decision_type is 14"},
		{replace("decision_type=10", "decision_type=300"), "decision_type"},
		{replace("left_child=1", "left_child=0"), "node 0 has two parents or is its own ancestor"},
		{replace("right_child=2", "right_child=77"), "not there"},
		{replace("right_child=2 -2", "right_child=2 -1"), "leaf 0 has two parents"},
		{replace("leaf_value=-0.3", "leaf_value=-inf -0.3"), "leaf_value"},
		{replace("leaf_value=0.01", "leaf_value=inf"), "leaf_value of leaf 0 is +Inf"},
		{replace("leaf_value=", "leaf_valve="), "unknown line"},
		{replace("leaf_value=0.01\n", ""), "leaf_value is missing"},
		{replace("leaf_count=30", "leaf_count=-30"), "leaf_count of leaf 0"},
		{replace("is_linear=0", "is_linear=1"), "linear_tree=false"},
		{replace("shrinkage=0.1", "shrinkage=x"), "shrinkage"},
		{replace("Tree=1", "Tree=2"), "belongs"},
		{replace("end of trees", "end of tree"), "unknown line"},
		{replace("end of trees\n", ""), "cut off"},
	} {
		text := c.spoil(string(writeModel(t, smallModel())))
		_, err := Read(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("Read: %v, want an error about %q", err, c.says)
		}
	}
}

func TestReadRefusesEveryTruncation(t *testing.T) {
	text := bytes.TrimSpace(writeModel(t, smallModel()))
	for n := range text {
		if _, err := Read(bytes.NewReader(text[:n])); err == nil {
			t.Errorf("Read accepted the first %d of %d bytes", n, len(text))
		}
	}
}

// TestReadMinimalText reads what LightGBM itself can do without.
func TestReadMinimalText(t *testing.T) {
	var kept []string
	for line := range strings.Lines(string(writeModel(t, smallModel()))) {
		key, _, _ := strings.Cut(line, "=")
		switch key {
		case "tree_sizes", "split_gain", "leaf_weight", "leaf_count", "internal_value", "internal_weight", "internal_count",
			"is_linear", "label_index", "shrinkage", "feature_infos", "monotone_constraints":
		default:
			kept = append(kept, strings.TrimSuffix(line, "\n")+"\r\n")
		}
	}
	m, err := Read(strings.NewReader(strings.Join(kept, "")))
	if err != nil {
		t.Fatal(err)
	}
	columns, x := readCells(t)
	got, want := make([]float64, len(x[0])), make([]float64, len(x[0]))
	if err := m.Predict(got, columns, x); err != nil {
		t.Fatal(err)
	}
	if err := smallModel().Predict(want, columns, x); err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("row %d: predicted %v, with all lines %v", i, got[i], want[i])
		}
	}
	if m.Trees[0].Shrinkage != 1 {
		t.Errorf("shrinkage is %v", m.Trees[0].Shrinkage)
	}
}

func TestInfiniteThresholdSurvives(t *testing.T) {
	m := smallModel()
	m.Trees[0].Threshold[0] = math.Inf(1)
	text := writeModel(t, m)
	if !bytes.Contains(text, []byte("threshold=inf ")) {
		t.Error("infinity is not written as LightGBM writes it")
	}
	again, err := Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if v := again.Trees[0].Threshold[0]; !math.IsInf(v, 1) {
		t.Errorf("threshold is %v", v)
	}
}

// TestReadDeepTree reads a tree in which every split hangs below the last.
func TestReadDeepTree(t *testing.T) {
	const leaves = 50_000
	m := &Model{Columns: columnNames(3), Objective: Objective{Loss: L2}}
	tree := Tree{LeafValue: make([]float64, leaves), LeafWeight: make([]float64, leaves), LeafCount: make([]int64, leaves), Shrinkage: 1}
	for i := range int32(leaves - 1) {
		tree.Feature = append(tree.Feature, i%3)
		tree.Left = append(tree.Left, i+1)
		tree.Right = append(tree.Right, ^i)
	}
	n := leaves - 1
	tree.Left[n-1] = ^int32(n)
	tree.Threshold, tree.Decision, tree.Gain = make([]float64, n), make([]Decision, n), make([]float32, n)
	tree.InnerValue, tree.InnerWeight, tree.InnerCount = make([]float64, n), make([]float64, n), make([]int64, n)
	m.Trees = []Tree{tree}
	if _, err := Read(bytes.NewReader(writeModel(t, m))); err != nil {
		t.Fatal(err)
	}
}

// TestReadSurvivesMutations changes numbers of a text whose tree sizes are not
// told: an error or a model, in time and without a panic.
func TestReadSurvivesMutations(t *testing.T) {
	text := writeModel(t, smallModel())
	at := bytes.Index(text, []byte(keySizes))
	text = slices.Concat(text[:at], text[at+bytes.IndexByte(text[at:], '\n')+1:])
	_, x := readCells(t)
	numbers := regexp.MustCompile(`-?[0-9.]+`).FindAllIndex(text, -1)
	rapid.Check(t, func(t *rapid.T) {
		place := rapid.SampledFrom(numbers).Draw(t, "place")
		number := rapid.SampledFrom([]string{
			"", "0", "1", "2", "3", "4", "5", "-1", "-2", "-5", "-6", "0.5", "1e400", "nan", "-inf", "2147483647", "-2147483648",
			"4294967295", "9223372036854775807", "0 0 0",
		}).Draw(t, "number")
		m, err := Read(bytes.NewReader(slices.Concat(text[:place[0]], []byte(number), text[place[1]:])))
		if err != nil || len(m.Columns) != len(x) {
			return
		}
		if err := m.Predict(make([]float64, len(x[0])), m.Columns, x); err != nil {
			t.Fatal(err)
		}
		if !math.IsNaN(m.Base()) {
			explain(t, m, m.Columns, x)
		}
	})
}

// FuzzRead wants an error or a model that predicts, explains and is written and
// read as the same text.
func FuzzRead(f *testing.F) {
	f.Add(writeModel(f, smallModel()))
	for _, name := range lightgbmModels {
		text, err := os.ReadFile("testdata/" + name + ".txt")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("tree\nversion=v3\nobjective=poisson\nmax_feature_idx=0\nfeature_names=a\n\nTree=0\nnum_leaves=1\nleaf_value=1\n\nend of trees\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := Read(bytes.NewReader(text))
		if err != nil {
			return
		}
		written := writeModel(t, m)
		again, err := Read(bytes.NewReader(written))
		if err != nil {
			t.Fatalf("Read of what Write wrote: %v\n%s", err, written)
		}
		if !bytes.Equal(writeModel(t, again), written) {
			t.Fatal("written, read and written again, the text differs")
		}
		if len(m.Columns) > 20 || len(m.Trees) > 20 {
			return
		}
		x := benchmarkCells(len(m.Columns), 3)
		if err := m.Predict(make([]float64, 3), m.Columns, x); err != nil {
			t.Fatal(err)
		}
		if !math.IsNaN(m.Base()) {
			explain(t, m, m.Columns, x)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	text := writeModel(b, benchmarkModel(50, 200, 31))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(bytes.NewReader(text)); err != nil {
			b.Fatal(err)
		}
	}
}
