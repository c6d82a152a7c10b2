package extract

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"perennial/pipeline/erasure"
)

// nights are the nights of a shop, each building on the one before.
type nights struct {
	t      testing.TB
	dir    string // for extracts
	config Config
	n      int
	last   string // the newest complete extract; "" before the first
}

func newNights(t testing.TB, c Config) *nights {
	t.Helper()
	return &nights{t: t, dir: t.TempDir(), config: c}
}

// night extracts what there is as of a day, on top of the night before and from
// nothing, and holds one against the other. It returns the report and what the
// log says of how each table was read.
func (n *nights) night(asOf string) (*Report, map[string]string) {
	n.t.Helper()
	n.n++
	var m *Memory
	if n.last != "" {
		var err error
		if m, err = Recall(n.last); err != nil {
			n.t.Fatal(err)
		}
	}
	var log bytes.Buffer
	onto := filepath.Join(n.dir, fmt.Sprintf("%d-onto", n.n))
	in, err := m.Survey(n.t.Context(), n.config)
	if err != nil {
		n.t.Fatal(err)
	}
	report, err := in.Run(n.t.Context(), day(n.t, asOf), onto, slog.New(slog.NewJSONHandler(&log, nil)))
	if err != nil {
		n.t.Fatal(err)
	}
	n.last = onto
	whole := filepath.Join(n.dir, fmt.Sprintf("%d-whole", n.n))
	fresh, err := Run(n.t.Context(), n.config, day(n.t, asOf), whole, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	checkCounts(n.t, report)
	n.compare(report, fresh, onto, whole)
	if _, err := Open(onto); err != nil {
		n.t.Error(err)
	}
	return report, ways(n.t, log.Bytes())
}

// compare holds an extract against one that read everything.
func (n *nights) compare(got, want *Report, gotDir, wantDir string) {
	n.t.Helper()
	a, b := hashes(n.t, gotDir), hashes(n.t, wantDir)
	for _, files := range []map[string]string{a, b} {
		delete(files, reportFile)
		delete(files, filepath.Join(memoryFolder, stateFile)) // which says when files were read
		for name := range files {
			if strings.HasSuffix(name, ".later.parquet") {
				delete(files, name) // which keeps rows that have become known
			}
		}
	}
	if diff := cmp.Diff(b, a); diff != "" {
		n.t.Errorf("night %d: files differ (-whole +built):\n%s", n.n, diff)
	}
	if diff := cmp.Diff(counts(n.t, want), counts(n.t, got)); diff != "" {
		n.t.Errorf("night %d: reports differ (-whole +built):\n%s", n.n, diff)
	}
}

// counts is a report without what only an extract on top of another can tell.
func counts(t testing.TB, r *Report) string {
	t.Helper()
	plain := *r
	plain.Sources = append([]SourceReport(nil), r.Sources...)
	for i := range plain.Sources {
		plain.Sources[i].Arrivals = nil
	}
	text, err := json.MarshalIndent(&plain, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// ways returns, by table, how the log says it was read and why.
func ways(t testing.TB, log []byte) map[string]string {
	t.Helper()
	found := map[string]string{}
	for line := range bytes.Lines(log) {
		var entry struct{ Msg, Table, Way, Why string }
		if err := json.Unmarshal(line, &entry); err != nil {
			t.Fatal(err)
		}
		if entry.Msg == "read" {
			found[entry.Table] = strings.TrimSuffix(entry.Way+": "+entry.Why, ": ")
		}
	}
	return found
}

// plan is what happens to a shop's files before a night, and its as-of day.
type plan struct {
	write  map[string]string
	remove string
	asOf   string
}

// anyPlans draws a few nights of a shop: files that appear, change and go, with
// rows of which some are bad, repeated, late, of the future, or corrections.
var anyPlans = rapid.Custom(func(t *rapid.T) []plan {
	chance := func(n int) bool { return rapid.IntRange(1, n).Draw(t, "chance") == 1 }
	date := func(to int) string {
		return fmt.Sprintf("2025-01-%02d 10:00:00", rapid.IntRange(1, to).Draw(t, "day"))
	}
	pick := func(options ...string) string { return rapid.SampledFrom(options).Draw(t, "pick") }
	orders := func(rows int) string {
		var b strings.Builder
		b.WriteString(tinyHeader)
		for range rows {
			amount, loaded := pick("1", "2", "3"), ""
			if chance(20) {
				amount = pick("", "1e20")
			}
			if chance(3) {
				loaded = date(14)
			}
			fmt.Fprintf(&b, "%s,%s,%s,%s,%s,%s,%s\n", pick("a", "b", "c", "d"), pick("1", "2", "3", "4", "5"), date(12), pick("P", "Q", "R"), pick("", "", "x", "y"), amount, loaded)
			if chance(40) {
				b.WriteString("torn,row\n")
			}
		}
		return b.String()
	}
	people := func(rows int) string {
		var b strings.Builder
		b.WriteString("customer_id,signed_up_at,country\n")
		for range rows {
			fmt.Fprintf(&b, "%s,%s,%s\n", pick("a", "b", "c", "d", "e"), date(12), pick("GB", "FR", ""))
		}
		return b.String()
	}
	products := func() string {
		return "product_id,category,name\nP," + pick("x", "x", "z") + "," + pick("Pan", "Pot") + "\nQ,,Quill\n"
	}
	first := func() string { return orders(12) + "z,9,2025-01-01,P,,1,\n" }
	plans := []plan{{asOf: "2025-01-05", write: map[string]string{"orders-01.csv": first(), "people-01.csv": people(6), "products-01.csv": products()}}}
	last := 5
	for i := range rapid.IntRange(2, 5).Draw(t, "nights") {
		last += rapid.IntRange(0, 3).Draw(t, "days")
		p := plan{asOf: fmt.Sprintf("2025-01-%02d", last), write: map[string]string{}}
		switch rapid.IntRange(0, 11).Draw(t, "event") {
		case 0, 1, 2, 3, 4:
			p.write[fmt.Sprintf("orders-1%d.csv", i)] = orders(rapid.IntRange(0, 6).Draw(t, "rows"))
		case 5, 6:
			p.write[fmt.Sprintf("people-1%d.csv", i)] = people(rapid.IntRange(0, 3).Draw(t, "rows"))
		case 7:
			p.write["products-01.csv"] = products()
		case 8:
			p.write["orders-01.csv"] = first()
		case 9:
			p.remove = fmt.Sprintf("orders-1%d.csv", i-1)
		}
		plans = append(plans, p)
	}
	return plans
})

const tinyHeader = "customer_id,order_id,ordered_at,product_id,category,amount,loaded_at\n"

// tinyShop is a configuration whose files are written night by night.
func tinyShop(t testing.TB, key ...string) (Config, string) {
	t.Helper()
	dir := t.TempDir()
	c := Config{Timezone: "Europe/London", Currency: "GBP", Buckets: 3, MaxRejects: 1, Threads: 1, InProcess: true, sampleRows: 4}
	c.Sources.Orders = Source{Files: []string{filepath.Join(dir, "orders-*.csv")}, Key: key}
	c.Sources.Products.Files = []string{filepath.Join(dir, "products-*.csv")}
	c.Sources.Customers.Files = []string{filepath.Join(dir, "people-*.csv")}
	if len(key) > 0 {
		c.Sources.Customers.Key = []string{"customer_id"}
	}
	return c, dir
}

// play runs the planned nights.
func play(t *testing.T, plans []plan, erased *erasure.List, key ...string) {
	c, dir := tinyShop(t, key...)
	c.Erased = erased
	n := newNights(t, c)
	for i, p := range plans {
		for name, text := range p.write {
			rewrite(t, filepath.Join(dir, name), []byte(text))
		}
		if p.remove != "" {
			if err := os.Remove(filepath.Join(dir, p.remove)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
		}
		n.night(p.asOf)
		if t.Failed() {
			t.Fatalf("plans: %+v", plans[:i+1])
		}
	}
}

// drawn is how many shops the properties are tried on.
var drawn = flag.Int("shops", 3, "shops that are drawn for the properties of nights that build on each other")

// TestBuildingOnTheNightBeforeChangesNothing is what all of this rests on.
func TestBuildingOnTheNightBeforeChangesNothing(t *testing.T) {
	t.Parallel()
	for seed := range *drawn {
		play(t, anyPlans.Example(seed), nil)
	}
}

func TestBuildingOnTheNightBeforeWithAKey(t *testing.T) {
	t.Parallel()
	for seed := range *drawn {
		play(t, anyPlans.Example(1000+seed), nil, "order_id")
	}
}

func TestBuildingOnTheNightBeforeWithErasedCustomers(t *testing.T) {
	t.Parallel()
	erased := erasedList(t, "a", "c")
	for seed := range *drawn {
		play(t, anyPlans.Example(2000+seed), erased)
		play(t, anyPlans.Example(3000+seed), erased, "order_id")
	}
}

func TestRecallRefusesWhatIsNotWhole(t *testing.T) {
	c := shop(t)
	dir, _, err := runIn(t, c, "2026-01-01")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Recall(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{filepath.Join(memoryFolder, stateFile), filepath.Join(memoryFolder, wordsFile), reportFile} {
		path := filepath.Join(dir, name)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, damaged := range [][]byte{nil, whole[:len(whole)/2], append(bytes.Clone(whole[:len(whole)-3]), "x}\n"...)} {
			rewrite(t, path, damaged)
			if _, err := Recall(dir); err == nil {
				t.Errorf("%s: %d bytes of %d are accepted", name, len(damaged), len(whole))
			}
		}
		rewrite(t, path, whole)
	}
	if err := os.Remove(filepath.Join(dir, reportFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := Recall(dir); !errors.Is(err, ErrMissing) {
		t.Errorf("an extract that was not finished is recalled: %v", err)
	}
}

// TestATornExtractIsNotBuiltOn damages one file after another of an extract: it does
// not verify, and a night that follows reads everything of the table.
func TestATornExtractIsNotBuiltOn(t *testing.T) {
	c := shop(t)
	dir, _, err := runIn(t, c, "2026-01-01")
	if err != nil {
		t.Fatal(err)
	}
	e, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Verify(); err != nil {
		t.Fatal(err)
	}
	memory, err := Recall(dir)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.parquet"))
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, path := range append(files, filepath.Join(dir, vocabularyFile), filepath.Join(dir, productsFile)) {
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		flipped := bytes.Clone(whole)
		flipped[len(flipped)/3] ^= 4
		for _, torn := range [][]byte{flipped, whole[:len(whole)/2]} {
			rewrite(t, path, torn)
			if err := e.Verify(); !errors.Is(err, ErrBadData) {
				t.Errorf("%s: verified: %v", path, err)
			}
			source := memory.source(filepath.Base(filepath.Dir(path)))
			if _, err := Recall(dir); (err == nil) != (source != nil) {
				t.Errorf("%s: recalled: %v", path, err)
			}
			if source != nil && source.compare(dir, tableOf(source.Table)) == nil {
				t.Errorf("%s is taken for whole", path)
			}
		}
		rewrite(t, path, whole)
	}
}
