package jobs

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/command"
	"perennial/simulate"
)

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
