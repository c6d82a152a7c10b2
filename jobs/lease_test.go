package jobs

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"perennial/command"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

// holder takes the lease of a store as process pid of this machine would.
func holder(t *testing.T, location string, pid int) (st store.Keeper, lease *publish.Lease) {
	t.Helper()
	st, err := store.Open(location)
	if err != nil {
		t.Fatal(err)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	if lease, err = publish.TakeLease(t.Context(), st, publish.Owner{Host: host, PID: pid, RunID: "run-of-another"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	return st, lease
}

func TestASecondNightIsToldWhoIsAtWork(t *testing.T) {
	cfg, end := youngShop(t)
	holder(t, cfg.Store, os.Getppid())
	_, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: end}, testEnv())
	if command.ExitCode(err) != command.ExitTry {
		t.Fatalf("%v, exit %d, want %d", err, command.ExitCode(err), command.ExitTry)
	}
	for _, part := range []string{"run-of-another", "process ", "--wait"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%v: does not say %q", err, part)
		}
	}
	if _, err := RunStep(t.Context(), cfg, StepScore, NightlyOptions{AsOf: end}, testEnv()); command.ExitCode(err) != command.ExitTry {
		t.Errorf("score: %v, want it to be told as well", err)
	}
}

func TestANightWaitsForAnother(t *testing.T) {
	cfg, end := youngShop(t)
	_, lease := holder(t, cfg.Store, os.Getppid())
	env := testEnv()
	env.Log = slog.New(slog.NewTextHandler(onLine{"waiting for another run", func() {
		if err := lease.Release(context.Background()); err != nil {
			t.Error(err)
		}
	}}, nil))
	summary, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: end, Wait: time.Hour}, env)
	if err != nil || summary.Outcome != "published" || !strings.Contains(strings.Join(summary.Notes, "\n"), "Waited for run run-of-another") {
		t.Errorf("%v: %v", err, summary)
	}
}

// TestADeadHolderIsNotWaitedFor: the lease of a process of this machine that has
// been killed is free at once.
func TestADeadHolderIsNotWaitedFor(t *testing.T) {
	cfg, end := youngShop(t)
	killed := exec.Command("true")
	if err := killed.Run(); err != nil {
		t.Skip(err)
	}
	st, lease := holder(t, cfg.Store, killed.Process.Pid)
	if summary, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: end}, testEnv()); err != nil || summary.Outcome != "published" {
		t.Fatal(err)
	}
	if err := lease.Renew(t.Context(), time.Now()); !errors.Is(err, publish.ErrLeaseLost) {
		t.Errorf("the dead renew their lease: %v", err)
	}
	if _, err := st.Read(t.Context(), "lock.json"); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("the night has not given the lease back: %v", err)
	}
}

// onLine does something when a log line holds text.
type onLine struct {
	text string
	do   func()
}

func (o onLine) Write(line []byte) (int, error) {
	if strings.Contains(string(line), o.text) {
		o.do()
	}
	return len(line), nil
}
