package jobs

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"perennial/command"
	"perennial/pipeline/extract"
	"perennial/pipeline/history"
	"perennial/simulate"
)

// TestMain makes the test binary a program that knows the children of jobs.
func TestMain(m *testing.M) {
	if code, child := command.ServeChild(os.Args); child {
		os.Exit(code)
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

// simulated writes a shop and returns its configuration, without guests: they take
// as long as all others, never win, and compete in the night of TestReadmeCommands.
func simulated(t testing.TB, cfg simulate.Config) Config {
	t.Helper()
	dir := t.TempDir()
	if _, err := simulate.Run(t.Context(), cfg, dir, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	shop := load(t, filepath.Join(dir, "perennial.yaml"))
	shop.Train.Guests = new(false)
	return shop
}

// rulesOnly gives learners too few rows, which take their time: for nights that are
// about something else.
func rulesOnly(cfg Config) Config {
	cfg.Train.MaxRows = learnerRows - 1
	return cfg
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

// youngShop is a shop that trains rules in no time, with the day after its history.
// It exports orders alone, which spares each night most of its extract.
func youngShop(t *testing.T) (Config, history.Day) {
	t.Helper()
	cfg, end := wholeShop(t)
	cfg.Sources = extract.Sources{Orders: cfg.Sources.Orders}
	return cfg, end
}

// wholeShop is the young shop with all that it exports.
func wholeShop(t *testing.T) (Config, history.Day) {
	t.Helper()
	shop := simulate.Config{Customers: 60, Days: 200, Seed: 2}
	cfg := simulated(t, shop)
	cfg.Buckets = 2
	cfg.Store = filepath.Join(t.TempDir(), "store")
	return cfg, shop.End()
}

// opened extracts a simulated shop whole and opens it as of asOf.
func opened(t testing.TB, cfg Config, asOf, end history.Day) *shop {
	t.Helper()
	dir := t.TempDir()
	if _, err := extract.Run(t.Context(), cfg.Config, end, dir, nil); err != nil {
		t.Fatal(err)
	}
	s, err := openShop(t.Context(), cfg, asOf, dir, testEnv().Progress)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
