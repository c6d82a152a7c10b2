package lab

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/command"
)

// basketLines are four customers: items are numbers of any size.
const basketLines = `{"u":"ann","h":[[100,7],[100],[100,9]],"f":[100,9]}
{"u":"bob","h":[[7]],"f":[100,7]}

{"u":3,"h":[[100,7],[7]],"f":[7]}
{"u":"dan","h":[],"f":[100]}
`

func basketFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestBasketPrints shows a whole output, whose figures can be checked by hand:
// items 7 and 100 are in four
// baskets of the histories, so that 7, the smaller, is the most popular.
func TestBasketPrints(t *testing.T) {
	opts := BasketOptions{Data: basketFile(t, "baskets.jsonl", basketLines), Models: []string{"gp_topfreq", "g_topfreq"}, K: []int{1}}
	var out bytes.Buffer
	if err := Basket(t.Context(), opts, tickingEnv(), &out); err != nil {
		t.Fatal(err)
	}
	const want = `
4 customers, 3 items, folds: 1

4 tests, orders before: all
model       k  recall  NDCG@k  NDCG full  hit ratio  of repeats  of new items  repeat share
gp_topfreq  1  0.5000  0.7500  0.5566     0.7500     0.8333      0.0000        0.7500
g_topfreq   1  0.3750  0.5000  0.4033     0.5000     0.6667      0.0000        0.7500

2 tests, orders before: 0-1
model       k  recall  NDCG@k  NDCG full  hit ratio  of repeats  of new items  repeat share
gp_topfreq  1  0.2500  0.5000  0.3066     0.5000     1.0000      0.0000        0.5000
g_topfreq   1  0.2500  0.5000  0.3066     0.5000     1.0000      0.0000        0.5000

2 tests, orders before: 2-4
model       k  recall  NDCG@k  NDCG full  hit ratio  of repeats  of new items  repeat share
gp_topfreq  1  0.7500  1.0000  0.8066     1.0000     0.7500      -             1.0000
g_topfreq   1  0.5000  0.5000  0.5000     0.5000     0.5000      -             1.0000

Recall and hit ratio of repeats and of new items are means over those who bought some.
NDCG@k divides by the best list of k items, NDCG full by that of the whole basket.
`
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split("\n"+out.String(), "\n")); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

func runBasketJSON(t *testing.T, opts BasketOptions) (result struct {
	Folds  int
	Chosen []string
	Models []struct {
		Model   string
		Figures []struct {
			Orders   string
			K, Tests int
			At       map[string]*float64
		}
	}
}) {
	t.Helper()
	opts.JSON = true
	var out bytes.Buffer
	if err := Basket(t.Context(), opts, tickingEnv(), &out); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out.Bytes(), &result); err != nil {
		t.Fatalf("%v in %s", err, out.Bytes())
	}
	return result
}

// TestEveryBasketModelRuns also reads a gzipped file, folds and two lengths.
func TestEveryBasketModelRuns(t *testing.T) {
	var zipped bytes.Buffer
	zip := gzip.NewWriter(&zipped)
	if _, err := zip.Write([]byte(basketLines)); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	opts := BasketOptions{
		Data:  basketFile(t, "baskets.jsonl.gz", zipped.String()),
		Folds: basketFile(t, "folds.jsonl", `{"train":["ann"],"val":["bob"],"test":["3","dan"]}`+"\n"+`{"train":["bob",3],"val":[],"test":["ann"]}`),
		K:     []int{3, 1, 3},
	}
	for _, e := range basketBench() {
		opts.Models = append(opts.Models, e.name)
	}
	result := runBasketJSON(t, opts)
	if result.Folds != 2 || len(result.Models) != len(opts.Models) {
		t.Fatalf("%d folds, %d models", result.Folds, len(result.Models))
	}
	for i, m := range result.Models {
		if m.Model != opts.Models[i] || len(m.Figures) < 2 || m.Figures[0].K != 1 || m.Figures[1].K != 3 || m.Figures[0].Tests != 3 {
			t.Errorf("%+v", m)
		}
		if recall := m.Figures[1].At["recall"]; recall == nil || *recall < 0 || *recall > 1 {
			t.Errorf("%s: recall %v", m.Model, recall)
		}
	}
}

// TestWhatIsPredictedIsNotLearntFrom changes everybody else's next basket and finds
// one customer's figures as they were.
func TestWhatIsPredictedIsNotLearntFrom(t *testing.T) {
	folds := basketFile(t, "folds.jsonl", `{"train":["bob",3,"dan"],"val":[],"test":["ann"]}`)
	other := strings.NewReplacer(`"f":[100,7]`, `"f":[9]`, `"f":[7]`, `"f":[9,100]`, `"f":[100]`, `"f":[9]`).Replace(basketLines)
	var names []string
	for _, e := range basketBench() {
		if e.name != "next_chosen" { // chosen by the next baskets of those who are not tested
			names = append(names, e.name)
		}
	}
	first := runBasketJSON(t, BasketOptions{Data: basketFile(t, "a.jsonl", basketLines), Folds: folds, Models: names, K: []int{2}})
	second := runBasketJSON(t, BasketOptions{Data: basketFile(t, "b.jsonl", other), Folds: folds, Models: names, K: []int{2}})
	if diff := cmp.Diff(first, second); diff != "" {
		t.Error(diff)
	}
}

// TestSettingsAreNotChosenByTheTested changes the next baskets of those who are tested
// and finds the same choice.
func TestSettingsAreNotChosenByTheTested(t *testing.T) {
	var ids []string
	for i := range 300 {
		ids = append(ids, `"c`+strings.Repeat("x", i)+`"`)
	}
	folds := basketFile(t, "folds.jsonl", `{"train":[`+strings.Join(ids[:200], ",")+`],"val":[`+strings.Join(ids[200:220], ",")+`],"test":[`+strings.Join(ids[220:], ",")+"]}\n")
	lines := strings.SplitAfter(manyBaskets(300), "\n")
	chosen := func(lines []string) []string {
		opts := BasketOptions{Data: basketFile(t, "baskets.jsonl", strings.Join(lines, "")), Folds: folds, Models: []string{"next_chosen"}, K: []int{2}}
		return runBasketJSON(t, opts).Chosen
	}
	before := chosen(lines)
	if len(before) != 1 || !strings.Contains(before[0], ": recall ") {
		t.Fatalf("chosen are %q", before)
	}
	changed := slices.Clone(lines)
	for i := 220; i < 300; i++ {
		_, rest, _ := strings.Cut(changed[i], `,"h":`)
		changed[i] = `{"f":[1],"h":` + rest
	}
	if diff := cmp.Diff(before, chosen(changed)); diff != "" {
		t.Errorf("other choices:\n%s", diff)
	}
}

func TestBasketDoesNotDependOnWorkers(t *testing.T) {
	path := basketFile(t, "baskets.jsonl", manyBaskets(300))
	opts := BasketOptions{Data: path, Models: []string{"next", "tifuknn"}}
	before := runtime.GOMAXPROCS(1)
	one := runBasketJSON(t, opts)
	runtime.GOMAXPROCS(4)
	four := runBasketJSON(t, opts)
	runtime.GOMAXPROCS(before)
	if diff := cmp.Diff(one, four); diff != "" {
		t.Error(diff)
	}
}

// manyBaskets returns customers who buy by a rule.
func manyBaskets(customers int) string {
	var b strings.Builder
	for i := range customers {
		line := basketLine{ID: json.RawMessage(`"c` + strings.Repeat("x", i) + `"`), Next: []int32{int32(i % 7), 8}}
		for j := range 1 + i%4 {
			line.History = append(line.History, []int32{int32(i % 7), int32((i + j) % 5)})
		}
		text, err := json.Marshal(map[string]any{"u": line.ID, "h": line.History, "f": line.Next})
		if err != nil {
			panic(err)
		}
		b.Write(append(text, '\n'))
	}
	return b.String()
}

func TestBasketRefuses(t *testing.T) {
	good := basketFile(t, "good.jsonl", basketLines)
	for _, c := range []struct {
		name string
		opts BasketOptions
		code int
		says string
	}{
		{"no file", BasketOptions{}, command.ExitUsage, "no file"},
		{"an unknown model", BasketOptions{Data: good, Models: []string{"deep"}}, command.ExitUsage, "choose from next, repeat"},
		{"a model twice", BasketOptions{Data: good, Models: []string{"next", "next"}}, command.ExitUsage, "named twice"},
		{"an empty list", BasketOptions{Data: good, K: []int{0}}, command.ExitUsage, "--k 0"},
		{"an absent file", BasketOptions{Data: "absent.jsonl"}, command.ExitInput, "absent.jsonl does not exist"},
		{"an empty file", BasketOptions{Data: basketFile(t, "empty.jsonl", "\n")}, command.ExitData, "no customers"},
		{"a broken line", BasketOptions{Data: basketFile(t, "broken.jsonl", basketLines+"{\"u\":")}, command.ExitData, "broken.jsonl:6: "},
		{"half a zipped file", BasketOptions{Data: basketFile(t, "half.gz", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff")}, command.ExitData, "half.gz:1: "},
		{"a negative item", BasketOptions{Data: basketFile(t, "negative.jsonl", `{"u":1,"h":[[-4]],"f":[1]}`)}, command.ExitData, "negative.jsonl:1: item -4"},
		{"nobody's basket", BasketOptions{Data: basketFile(t, "nobody.jsonl", `{"h":[[4]],"f":[1]}`)}, command.ExitData, `no customer "u"`},
		{"nothing to predict", BasketOptions{Data: basketFile(t, "nothing.jsonl", `{"u":1,"h":[[4]]}`)}, command.ExitData, `no next basket "f"`},
		{"a customer twice", BasketOptions{Data: basketFile(t, "twice.jsonl", basketLines+`{"u":"3","h":[[4]],"f":[1]}`)}, command.ExitData, "twice.jsonl:6: customer 3 stands in an earlier line"},
		{"a fold of strangers", BasketOptions{Data: good, Folds: basketFile(t, "folds", `{"test":["eve"]}`)}, command.ExitData, `folds:1: customer "eve" is not in the data`},
		{"a fold of nobody", BasketOptions{Data: good, Folds: basketFile(t, "folds", `{"train":["ann"]}`)}, command.ExitData, `nobody in "test"`},
		{"no folds", BasketOptions{Data: good, Folds: basketFile(t, "folds", "")}, command.ExitData, "no folds"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := Basket(t.Context(), c.opts, tickingEnv(), new(bytes.Buffer))
			var coded *command.Error
			if !errors.As(err, &coded) || coded.Code != c.code || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want code %d and %q", err, c.code, c.says)
			}
		})
	}
}

// TestTaFengBaskets reproduces the published counts, means of five folds.
func TestTaFengBaskets(t *testing.T) {
	if testing.Short() {
		t.Skip("five folds of real data")
	}
	root := filepath.Join("..", "..", "shared", "data")
	opts := BasketOptions{
		Data: filepath.Join(root, "tafeng_toisrc.jsonl.gz"), Folds: filepath.Join(root, "tafeng_folds_juno.jsonl.gz"),
		Models: []string{"g_topfreq", "p_topfreq_stable", "gp_topfreq_stable", "gp_topfreq"}, K: []int{10},
	}
	if _, err := os.Stat(opts.Data); err != nil {
		t.Skipf("real data is not here: %v", err)
	}
	want := [][3]float64{{.0813, .0861, .2504}, {.1072, .0957, .3575}, {.1212, .1014, .3794}, {.1350, .1156, .4246}}
	for i, m := range runBasketJSON(t, opts).Models {
		at := m.Figures[0].At
		got := [3]float64{*at["recall"], *at["ndcg_full"], *at["phr"]}
		if slices.ContainsFunc([]int{0, 1, 2}, func(k int) bool { return got[k] < want[i][k]-.002 || got[k] > want[i][k]+.002 }) {
			t.Errorf("%s: %.4f, want %v", m.Model, got, want[i])
		}
	}
}
