package jobs

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"perennial/command"
	"perennial/models/golearn"
	"perennial/pipeline/extract"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
	"perennial/simulate"
)

// TestMain makes the test binary a program that knows the children of jobs.
func TestMain(m *testing.M) {
	children := map[string]func(io.Reader, io.Writer) error{
		golearn.ChildCommand: golearn.ServeChild, extract.ChildCommand: extract.ServeChild,
	}
	if len(os.Args) > 1 && children[os.Args[1]] != nil {
		if err := children[os.Args[1]](os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if len(os.Args) > 1 && os.Args[1] == killedNight {
		runKilledNight(os.Args[2:])
	}
	os.Exit(m.Run())
}

// testEnv stands still: two runs differ in nothing but their work.
func testEnv() command.Env {
	clock := time.Date(2026, 7, 1, 3, 0, 0, 0, time.UTC)
	nonce := uint64(0)
	return command.Env{
		Clock:   func() time.Time { return clock },
		Nonce:   func() uint64 { nonce++; return nonce },
		Log:     slog.New(slog.DiscardHandler),
		Version: "test",
	}
}

// simulated writes a shop and returns its configuration.
func simulated(t testing.TB, cfg simulate.Config) Config {
	t.Helper()
	dir := t.TempDir()
	if _, err := simulate.Run(t.Context(), cfg, dir, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	return load(t, filepath.Join(dir, "perennial.yaml"))
}

// skipIfShort leaves out a test that trains on many rows: under the race
// detector it would take minutes and show no more than the smaller nights do.
func skipIfShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("trains on many rows; left out by -short")
	}
}

func load(t testing.TB, name string) Config {
	t.Helper()
	cfg, err := Load(name, os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// runNight publishes one night into a store of its own.
func runNight(t testing.TB, cfg Config, asOf history.Day) *Summary {
	t.Helper()
	cfg.Store = filepath.Join(t.TempDir(), "store")
	summary, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: asOf}, testEnv())
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

// published returns the rows of the newest commit, without what differs
// between runs by design.
func published(t testing.TB, location string) []publish.Score {
	t.Helper()
	st, err := store.OpenToRead(location)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := publish.Head(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	var rows []publish.Score
	for row, err := range reader.Scores(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		kept := *row
		kept.RunID, kept.ScoredAt = "", time.Time{}
		rows = append(rows, kept)
	}
	return rows
}

func TestSameNightOnOneAndManyCores(t *testing.T) {
	cfg := simulated(t, simulate.Config{Customers: 1200, Days: 500, Seed: 3})
	cfg.Buckets = 4
	asOf := simulate.Config{Days: 500}.End()
	many := runNight(t, cfg, asOf)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := runNight(t, cfg, asOf)
	if diff := cmp.Diff(parts(t, one.Store), parts(t, many.Store)); diff != "" {
		t.Errorf("the parts of one core differ from those of many (-one +many):\n%s", diff)
	}
	if diff := cmp.Diff(published(t, one.Store), published(t, many.Store)); diff != "" {
		t.Errorf("scores of one core differ from those of many (-one +many):\n%s", diff)
	}
}

// parts returns the hash of every published part. The run id is the same in
// all tests, because clock and nonce are.
func parts(t testing.TB, location string) map[string][32]byte {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(location, "sets", "*", "part-*.parquet"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no parts in %s: %v", location, err)
	}
	hashes := map[string][32]byte{}
	for _, name := range names {
		bytes, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		hashes[filepath.Base(name)] = sha256.Sum256(bytes)
	}
	return hashes
}

func TestFutureRowsChangeNothing(t *testing.T) {
	whole := simulated(t, simulate.Config{Customers: 800, Days: 500, Seed: 5})
	asOf := simulate.Config{Days: 500}.End() - 60
	cut := whole
	cut.BaseDir = t.TempDir()
	for _, name := range []string{"orders.csv", "engagements.csv", "actions.csv"} {
		cutFile(t, filepath.Join(whole.BaseDir, name), filepath.Join(cut.BaseDir, name), asOf)
	}
	for _, name := range []string{"customers.csv", "products.csv"} {
		copyFile(t, filepath.Join(whole.BaseDir, name), filepath.Join(cut.BaseDir, name))
	}
	all, before := runNight(t, whole, asOf), runNight(t, cut, asOf)
	if diff := cmp.Diff(published(t, before.Store), published(t, all.Store)); diff != "" {
		t.Errorf("rows after the as-of day change scores (-cut +whole):\n%s", diff)
	}
}

// cutFile copies the rows of a CSV file whose time is before asOf. The time is
// the only column that looks like one.
func cutFile(t testing.TB, from, to string, asOf history.Day) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	header := strings.Split(strings.TrimSpace(lines[0]), ",")
	column := slices.IndexFunc(header, func(name string) bool { return strings.HasSuffix(name, "_at") })
	kept := lines[:1]
	for _, line := range lines[1:] {
		if cells := strings.Split(line, ","); len(cells) > column && cells[column] < asOf.String() {
			kept = append(kept, line)
		}
	}
	if err := os.WriteFile(to, []byte(strings.Join(kept, "")), 0o644); err != nil {
		t.Fatal(err)
	}
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestScoresMeetTheTruth holds published probabilities to those of a shop whose
// past, like the future of its truth, is without actions. 180 days ahead the
// models learnt from a shop half its present age and are allowed more. The bars
// are for this shop: the pace of last year's weeks is not that of this year's, and
// shops of other seeds and end days stray up to 0.04 at any horizon.
func TestScoresMeetTheTruth(t *testing.T) {
	skipIfShort(t)
	shop := simulate.Config{Customers: 16_000, Seed: 7, NoActions: true}
	cfg := simulated(t, shop)
	guests := false
	cfg.Train.Guests = &guests
	rows := published(t, runNight(t, cfg, shop.End()).Store)
	truth := readTruth(t, filepath.Join(cfg.BaseDir, "truth.parquet"))
	for _, horizon := range []struct {
		name             string
		predicted        func(*publish.Score) *float64
		true             func(simulate.Truth) float64
		correlation, gap float64 // at least; at most
	}{
		{"30 days", func(s *publish.Score) *float64 { return s.PurchaseProbability30d }, func(t simulate.Truth) float64 { return t.POrder30d }, 0.705, 0.02},
		{"60 days", func(s *publish.Score) *float64 { return s.PurchaseProbability60d }, func(t simulate.Truth) float64 { return t.POrder60d }, 0.76, 0.03},
		{"90 days", func(s *publish.Score) *float64 { return s.PurchaseProbability90d }, func(t simulate.Truth) float64 { return t.POrder90d }, 0.785, 0.03},
		{"180 days", func(s *publish.Score) *float64 { return s.PurchaseProbability180d }, func(t simulate.Truth) float64 { return t.POrder180d }, 0.79, 0.045},
	} {
		var p, q []float64
		for i := range rows {
			if predicted := horizon.predicted(&rows[i]); predicted != nil {
				p = append(p, *predicted)
				q = append(q, horizon.true(truth[rows[i].CustomerID]))
			}
		}
		if r := correlation(p, q); !(r >= horizon.correlation) {
			t.Errorf("%s: correlation with the true probability %.3f, want %.3f or more", horizon.name, r, horizon.correlation)
		}
		for tenth, gap := range decileGaps(p, q) {
			if !(math.Abs(gap) <= horizon.gap) {
				t.Errorf("%s: tenth %d: predicted less true is %+.4f, want at most %.3f either way", horizon.name, tenth+1, gap, horizon.gap)
			}
		}
	}
}

func readTruth(t testing.TB, name string) map[string]simulate.Truth {
	t.Helper()
	rows, err := parquet.ReadFile[simulate.Truth](name)
	if err != nil {
		t.Fatal(err)
	}
	truth := map[string]simulate.Truth{}
	for _, row := range rows {
		truth[row.CustomerID] = row
	}
	return truth
}

func correlation(a, b []float64) float64 {
	var ma, mb float64
	for i := range a {
		ma += a[i] / float64(len(a))
		mb += b[i] / float64(len(a))
	}
	var ab, aa, bb float64
	for i := range a {
		ab += (a[i] - ma) * (b[i] - mb)
		aa += (a[i] - ma) * (a[i] - ma)
		bb += (b[i] - mb) * (b[i] - mb)
	}
	return ab / math.Sqrt(aa*bb)
}

// decileGaps returns the mean of p-q in each tenth of p.
func decileGaps(p, q []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return compareFloat(p[a], p[b]) })
	gaps := make([]float64, 10)
	for tenth := range gaps {
		rows := order[tenth*len(order)/10 : (tenth+1)*len(order)/10]
		for _, i := range rows {
			gaps[tenth] += (p[i] - q[i]) / float64(len(rows))
		}
	}
	return gaps
}

func compareFloat(a, b float64) int {
	if a < b {
		return -1
	}
	return 1
}

func TestCancelledNightPublishesNothing(t *testing.T) {
	cfg := simulated(t, simulate.Config{Customers: 300, Days: 400, Seed: 2})
	cfg.Store = filepath.Join(t.TempDir(), "store")
	ctx, cancel := context.WithCancel(t.Context())
	env := testEnv()
	env.Log = slog.New(slog.NewTextHandler(cancelOn{"step=score", cancel}, nil))
	_, err := Nightly(ctx, cfg, NightlyOptions{AsOf: simulate.Config{Days: 400}.End()}, env)
	if command.ExitCode(err) != command.ExitStopped {
		t.Fatalf("error %v, want a cancelled context", err)
	}
	if _, err := os.Stat(filepath.Join(cfg.Store, "commits")); !os.IsNotExist(err) {
		t.Errorf("a cancelled night left commits: %v", err)
	}
}

// cancelOn cancels when a log line holds text.
type cancelOn struct {
	text   string
	cancel context.CancelFunc
}

func (c cancelOn) Write(line []byte) (int, error) {
	if strings.Contains(string(line), c.text) {
		c.cancel()
	}
	return len(line), nil
}

var _ io.Writer = cancelOn{}
