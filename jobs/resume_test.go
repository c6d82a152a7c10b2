package jobs

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"perennial/command"
	"perennial/pipeline/history"
	"perennial/pipeline/store"
	"perennial/simulate"
)

// killedNight makes this test binary run a night that kills itself, as kill -9
// would, when its log holds a line for the n-th time:
// killed-night CONFIG DAY LINE N ATTEMPT. What is logged goes to standard error.
const killedNight = "killed-night"

func runKilledNight(args []string) {
	cfg, err := Load(args[0], os.LookupEnv)
	day, dayErr := history.ParseDay(args[1])
	n, nErr := strconv.Atoi(args[3])
	attempt, attemptErr := strconv.Atoi(args[4])
	if err != nil || dayErr != nil || nErr != nil || attemptErr != nil {
		panic(fmt.Sprint(args, err))
	}
	env := testEnv()
	env.Log = slog.New(&killer{Handler: slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}), line: args[2], left: int64(n)})
	started := env.Clock().Add(time.Duration(attempt) * time.Hour)
	env.Clock = func() time.Time { return started }
	env.Nonce = func() uint64 { return uint64(attempt) }
	_, err = Nightly(context.Background(), cfg, NightlyOptions{AsOf: day}, env)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(command.ExitCode(err))
}

// killer ends the process after logging a certain line for the n-th time.
type killer struct {
	slog.Handler
	line string
	left int64
}

func (k *killer) Handle(ctx context.Context, record slog.Record) error {
	var text bytes.Buffer
	if err := slog.NewTextHandler(&text, nil).Handle(ctx, record); err != nil {
		return err
	}
	err := k.Handler.Handle(ctx, record)
	if k.line != "" && strings.Contains(text.String(), k.line) && atomic.AddInt64(&k.left, -1) == 0 {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // nothing more happens here
	}
	return err
}

// WithAttrs implements slog.Handler; the attributes do not matter here.
func (k *killer) WithAttrs([]slog.Attr) slog.Handler { return k }

// attempt runs the night of a configuration once and returns what it logged.
func attempt(t *testing.T, config string, asOf history.Day, line string, n, number int) (log string, killed bool) {
	t.Helper()
	command := exec.Command(os.Args[0], killedNight, config, asOf.String(), line, strconv.Itoa(n), strconv.Itoa(number))
	var stderr bytes.Buffer
	command.Stderr = &stderr
	err := command.Run()
	status, ok := command.ProcessState.Sys().(syscall.WaitStatus)
	if ok && status.Signaled() {
		return stderr.String(), true
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	return stderr.String(), false
}

// TestAKilledNightGoesOn kills a night at every one of its steps and in between,
// runs it again, and holds what is published to that of a night that nothing
// happened to, byte by byte. What was finished is not done again.
func TestAKilledNightGoesOn(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many whole nights (run without -short)")
	}
	const buckets = 3
	cfg := simulated(t, simulate.Config{Customers: 120, Days: 220, Seed: 2})
	asOf := simulate.Config{Days: 220}.End()
	shop := func(name string) (config, location string) {
		location = filepath.Join(cfg.BaseDir, name)
		config = filepath.Join(cfg.BaseDir, name+".yaml")
		text, err := os.ReadFile(filepath.Join(cfg.BaseDir, "perennial.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		text, _, _ = bytes.Cut(text, []byte("  engagements:")) // orders alone: an extract is found whole or done again
		text = fmt.Appendf(text, "buckets: %d\ntrain: {guests: false}\n", buckets)
		text = bytes.ReplaceAll(text, []byte("store:"), []byte("store: ./"+name+" #"))
		if err := os.WriteFile(config, text, 0o644); err != nil {
			t.Fatal(err)
		}
		return config, location
	}
	config, location := shop("whole")
	whole, killed := attempt(t, config, asOf, "", 0, 1)
	if killed {
		t.Fatal("the night was killed")
	}
	want := publishedFiles(t, location)
	count := func(log, line string) int { return strings.Count(log, line) }
	promotions := count(whole, "msg=\"model promoted\"")
	if promotions < 2 || count(whole, "msg=\"bucket scored\"") != buckets || count(whole, "msg=\"part staged\"") != buckets {
		t.Fatalf("the night does too little to be cut short:\n%s", whole)
	}

	// done says how often a line must be in the log of the second attempt.
	type done map[string]int
	const trainedLine, promoted, scored, staged, extracted = `msg="models trained"`, `msg="model promoted"`, `msg="bucket scored"`, `msg="part staged"`, `msg="extract is there already"`
	for i, test := range []struct {
		line string
		n    int
		want done
	}{
		{`msg="night begins"`, 1, done{trainedLine: 1, scored: buckets, staged: buckets, extracted: 0}},
		{`msg="step ended" step=extract`, 1, done{trainedLine: 1, scored: buckets, staged: buckets, extracted: 1}},
		{trainedLine, 1, done{trainedLine: 1, extracted: 1}}, // killed before the decision was kept
		{promoted, 1, done{trainedLine: 0, promoted: promotions, scored: buckets, extracted: 1}},
		{promoted, promotions, done{trainedLine: 0, scored: buckets, extracted: 1}},
		{`msg="step ended" step=train`, 1, done{trainedLine: 0, scored: buckets, extracted: 1}},
		{scored, buckets, done{trainedLine: 0, extracted: 1}},
		{`msg="step ended" step=score`, 1, done{trainedLine: 0, scored: 0, staged: buckets, extracted: 1}},
		{staged, buckets, done{trainedLine: 0, scored: 0, extracted: 1}},
		{`msg="step ended" step=act`, 1, done{trainedLine: 0, scored: 0, staged: 0, extracted: 1}},
		{`msg="step ended" step=publish`, 1, done{trainedLine: 0, scored: 0, staged: 0, extracted: 0}},
	} {
		t.Run(test.line, func(t *testing.T) {
			config, location := shop(fmt.Sprintf("killed-%d", i))
			if log, killed := attempt(t, config, asOf, test.line, test.n, 1); !killed {
				t.Fatalf("the night was not killed:\n%s", log)
			}
			log, killed := attempt(t, config, asOf, "", 0, 2)
			if killed {
				t.Fatal("the second attempt was killed")
			}
			sameFiles(t, want, publishedFiles(t, location))
			for line, n := range test.want {
				if got := count(log, line); got != n {
					t.Errorf("the second attempt logged %s %d times, want %d", line, got, n)
				}
			}
			for _, left := range []string{"spool/*", "nights/*"} {
				if names, err := filepath.Glob(filepath.Join(location, left)); err != nil || len(names) > 0 {
					t.Errorf("left %v behind, %v", names, err)
				}
			}
			manifests, err := filepath.Glob(filepath.Join(location, "runs", "*", "manifest.json"))
			if err != nil || len(manifests) != 1 {
				t.Errorf("manifests %v, %v, want one", manifests, err)
			}
		})
	}
}

// TestANightThatCannotGoOnBeginsAnew: what a killed night left is of no use once
// another commit is there to compare with, or another model is in office.
func TestANightThatCannotGoOnBeginsAnew(t *testing.T) {
	st := store.NewMemory()
	record := begun{RunID: "run-1", Base: 1, Office: office{"value": "1"}}
	for _, test := range []struct {
		name  string
		fresh begun
		want  bool
	}{
		{"the same", begun{RunID: "run-2", Base: 1, Office: office{"value": "1"}}, true},
		{"another model", begun{RunID: "run-2", Base: 1, Office: office{"value": "2"}}, false},
		{"another commit", begun{RunID: "run-2", Base: 2, Office: office{"value": "1"}}, false},
	} {
		goesOn, err := record.goesOn(t.Context(), st, test.fresh)
		if err != nil || goesOn != test.want {
			t.Errorf("%s: goes on %v, %v", test.name, goesOn, err)
		}
	}
}
