package jobs

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/command"
	"perennial/models/leaderboard"
	"perennial/simulate"
)

// TestANightIsTheSame holds a night of many cores to that of one, and to that of a
// shop whose exports end with the night: what is published, and what every candidate
// of every contest lost.
func TestANightIsTheSame(t *testing.T) {
	shop := simulate.Config{Customers: 500, Days: 560, Seed: 3}
	if testing.Short() {
		shop.Customers = 320 // enough for learners within 30 days
	}
	whole, asOf := simulated(t, shop), shop.End()-60
	whole.Buckets = 4
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	want := runNight(t, whole, asOf)
	if !slices.ContainsFunc(want.Trained, func(b *leaderboard.Board) bool { return b.Entry("boosted_hazard") != nil }) {
		t.Fatal("no learner competes")
	}
	same := func(t *testing.T, got *Summary) {
		t.Helper()
		if diff := cmp.Diff(parts(t, want.Store), parts(t, got.Store)); diff != "" {
			t.Errorf("parts differ (-as it was +now):\n%s", diff)
		}
		if diff := cmp.Diff(published(t, want.Store), published(t, got.Store)); diff != "" {
			t.Errorf("scores differ (-as they were +now):\n%s", diff)
		}
		if diff := cmp.Diff(boards(t, want), boards(t, got)); diff != "" {
			t.Errorf("boards differ (-as they were +now):\n%s", diff)
		}
	}
	t.Run("on one core", func(t *testing.T) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		same(t, runNight(t, whole, asOf))
	})
	t.Run("without what came later", func(t *testing.T) { same(t, runNight(t, cutShop(t, whole, asOf), asOf)) })
}

// boards are the contests of a night as its report has them.
func boards(t *testing.T, s *Summary) string {
	t.Helper()
	text, err := json.MarshalIndent(s.Trained, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
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
