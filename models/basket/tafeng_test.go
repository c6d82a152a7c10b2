package basket

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// shopper is a customer of Ta-Feng as filtered by Li et al. (TOIS 2023): baskets in
// time order, then the one to predict.
type shopper struct {
	ID      string    `json:"u"`
	History [][]int32 `json:"h"`
	Next    []int32   `json:"f"`
}

// fold names the shoppers to test on. Counts have no settings to choose, so
// the shoppers to train and validate on play no part.
type fold struct {
	Test []string `json:"test"`
}

// TestTaFeng reproduces the frequency floors of Ta-Feng, means of five folds. Rows
// with stable ties, which leave equal counts in order of first purchase as the
// published implementation does, are ranked by the test: they show that the data
// and the measures are the published ones. The others are this package's.
func TestTaFeng(t *testing.T) {
	shoppers := make(map[string]shopper)
	items := int32(0)
	var all [][][]int32
	for _, s := range readLines[shopper](t, "tafeng_toisrc.jsonl.gz") {
		shoppers[s.ID] = s
		all = append(all, s.History)
		for _, basket := range append(slices.Clone(s.History), s.Next) {
			items = max(items, slices.Max(basket)+1)
		}
	}
	folds := readLines[fold](t, "tafeng_folds_juno.jsonl.gz")
	m := fit(int(items), all...)
	const k = 10
	for _, c := range []struct {
		name string
		rank func(history [][]int32) []int32
		want accuracy
	}{
		{"G-TopFreq", func([][]int32) []int32 { return m.Popular(nil, k, nil) }, accuracy{.0813, .0861, .2504}},
		{"P-TopFreq, stable ties", func(h [][]int32) []int32 { return stable(h, k) }, accuracy{.1072, .0957, .3575}},
		{"GP-TopFreq, stable ties", func(h [][]int32) []int32 { return backfill(m, stable(h, k), k) }, accuracy{.1212, .1014, .3794}},
		{"GP-TopFreq, ties by popularity", func(h [][]int32) []int32 { return m.Rank(nil, h, k, nil) }, accuracy{.1350, .1156, .4246}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got accuracy
			for _, f := range folds {
				got.add(measure(shoppers, f.Test, c.rank), float64(len(folds)))
			}
			t.Logf("recall %.4f, NDCG %.4f, hit ratio %.4f", got.recall, got.ndcg, got.hits)
			const near = .002
			if math.Abs(got.recall-c.want.recall) > near || math.Abs(got.ndcg-c.want.ndcg) > near || math.Abs(got.hits-c.want.hits) > near {
				t.Errorf("%+v, want %+v within %v", got, c.want, near)
			}
		})
	}
}

// accuracy holds recall@k, NDCG@k whose ideal is the whole basket even where that
// is longer than k, and the share of shoppers with a hit.
type accuracy struct{ recall, ndcg, hits float64 }

// add adds one of n equal shares of b.
func (a *accuracy) add(b accuracy, n float64) {
	a.recall += b.recall / n
	a.ndcg += b.ndcg / n
	a.hits += b.hits / n
}

func measure(shoppers map[string]shopper, test []string, rank func([][]int32) []int32) (mean accuracy) {
	for _, id := range test {
		s := shoppers[id]
		mean.add(measureOne(rank(s.History), s.Next), float64(len(test)))
	}
	return mean
}

func measureOne(ranked, next []int32) (a accuracy) {
	hits, gain, ideal := 0.0, 0.0, 0.0
	for place, item := range ranked {
		if slices.Contains(next, item) {
			hits++
			gain += 1 / math.Log2(float64(place)+2)
		}
	}
	for place := range next {
		ideal += 1 / math.Log2(float64(place)+2)
	}
	return accuracy{hits / float64(len(next)), gain / ideal, min(hits, 1)}
}

// stable ranks own items by frequency, equal ones in order of first purchase.
func stable(history [][]int32, k int) []int32 {
	var items []int32
	count := make(map[int32]int)
	for _, basket := range history {
		for _, item := range basket {
			if count[item] == 0 {
				items = append(items, item)
			}
			count[item]++
		}
	}
	slices.SortStableFunc(items, func(a, b int32) int { return count[b] - count[a] })
	return items[:min(k, len(items))]
}

func backfill(m *Model, ranked []int32, k int) []int32 {
	for _, item := range m.Popular(nil, 2*k, nil) {
		if len(ranked) < k && !slices.Contains(ranked, item) {
			ranked = append(ranked, item)
		}
	}
	return ranked
}

// readLines reads a gzipped file of JSON lines from the data beside the module.
func readLines[Row any](t testing.TB, name string) (rows []Row) {
	t.Helper()
	file, err := os.Open(filepath.Join(moduleRoot(t), "..", "shared", "data", name))
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
	for lines := json.NewDecoder(unzipped); ; {
		var row Row
		switch err := lines.Decode(&row); {
		case errors.Is(err, io.EOF):
			return rows
		case err != nil:
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
}

func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
	}
	t.Fatal("no go.mod above the package")
	return ""
}
