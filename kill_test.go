package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"perennial/command"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
	"perennial/pipeline/store/gcsfake"
)

var killCount = flag.Int("kills", 200, "how many nights TestKilledNights kills on each kind of store")

// asProgram makes this test binary the program itself.
const asProgram = "as-perennial"

// arena is a shop too small to train for, whose customers have all ordered before
// the first night, so that every set must hold exactly them.
type arena struct {
	t        *testing.T
	location string
	store    store.Keeper
	configs  []string // one a writer, each with a machine of its own
	first    history.Day
	eligible publish.IDChecksum
	random   *rand.Rand // of the test's own goroutine
}

func newArena(t *testing.T, location string, writers int) *arena {
	a := &arena{t: t, location: location, first: history.DayOf(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)), random: rand.New(rand.NewPCG(1, 2))}
	dir := t.TempDir()
	var orders strings.Builder
	orders.WriteString("customer_id,order_id,ordered_at,product_id,quantity,amount\n")
	for c := range 30 {
		id := fmt.Sprintf("customer-%02d", c)
		a.eligible.Add(id)
		for n := range 4 {
			fmt.Fprintf(&orders, "%s,%d-%d,%s 10:00:00,tea,1,%d.00\n", id, c, n, a.first-history.Day(80-c%7-20*n), 5+c)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "orders.csv"), []byte(orders.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	for w := range writers {
		config := filepath.Join(dir, fmt.Sprintf("writer-%d.yaml", w))
		text := fmt.Sprintf("shop: arena\ncurrency: EUR\nstore: %s\nmax_age: 36500d\nbuckets: 2\nsources: {orders: {files: [orders.csv]}}\n", location)
		if strings.HasPrefix(location, "gs://") {
			text += fmt.Sprintf("workspace: ./machine-%d\n", w)
		}
		if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		a.configs = append(a.configs, config)
	}
	var err error
	if a.store, err = store.Open(location); err != nil {
		t.Fatal(err)
	}
	return a
}

// stores calls test with an arena in a folder and one in a bucket on loopback.
func stores(t *testing.T, writers int, test func(a *arena)) {
	t.Run("folder", func(t *testing.T) { test(newArena(t, filepath.Join(t.TempDir(), "store"), writers)) })
	t.Run("bucket", func(t *testing.T) {
		server := httptest.NewServer(gcsfake.New("shop"))
		defer server.Close()
		t.Setenv("STORAGE_EMULATOR_HOST", strings.TrimPrefix(server.URL, "http://"))
		test(newArena(t, "gs://shop/night", writers))
	})
}

// nightly returns the night of a day as a process that has not begun.
func (a *arena) nightly(writer int, day history.Day, more ...string) *exec.Cmd {
	args := append([]string{asProgram, "nightly", "-c", a.configs[writer], "--as-of", day.String()}, more...)
	return exec.Command(os.Args[0], args...)
}

// next returns the day after the newest published one.
func (a *arena) next(ctx context.Context) (history.Day, error) {
	reader, err := publish.Head(ctx, a.store)
	if errors.Is(err, publish.ErrNoCommit) {
		return a.first, nil
	}
	if err != nil {
		return 0, err
	}
	return reader.Commit.AsOf + 1, nil
}

// verify reads a commit whole and returns the hash of every row: all customers, each
// once, of one run and one day.
func (a *arena) verify(ctx context.Context, reader *publish.Reader) (map[string]string, error) {
	c := reader.Commit
	hashes := map[string]string{}
	var ids publish.IDChecksum
	for row, err := range reader.Scores(ctx) {
		if err != nil {
			return nil, err
		}
		if row.RunID != c.RunID || history.Day(row.AsOf) != c.AsOf {
			return nil, fmt.Errorf("commit %d of run %s as of %s holds a row of run %s as of %s", c.N, c.RunID, c.AsOf, row.RunID, history.Day(row.AsOf))
		}
		ids.Add(row.CustomerID)
		hashes[row.CustomerID] = row.RowHash
	}
	if ids != a.eligible || ids != c.IDs {
		return nil, fmt.Errorf("commit %d holds %v, its record says %v, the shop has %v", c.N, ids, c.IDs, a.eligible)
	}
	return hashes, nil
}

// TestKilledNights: three writers are killed with kill -9 at random moments, again
// and again, while two readers read and follow. Now and then a writer throws the
// lease away, so that two are at work at once. Nobody ever sees a torn, lost or
// duplicated row, nor an older set than before; what a writer said it had published
// is there, and no commit is claimed by two runs. Two writers may claim it for one
// run: one that was taken for dead, and the one that went on with its night.
//
// What it cannot show: kill -9 leaves the page cache to the kernel, so a power cut
// that loses what was not synced is not among these crashes; the sweep of
// publish over a disk that crashes is for that. Nor is the bucket on loopback the
// real one.
func TestKilledNights(t *testing.T) {
	stores(t, 3, func(a *arena) {
		if testing.Short() {
			*killCount = min(*killCount, 20)
		}
		ctx, stop := context.WithCancel(a.t.Context())
		var kills, tries, reads, follows atomic.Int64
		var acknowledged sync.Map // commit → run
		outcomes := make([]map[int]int, len(a.configs))
		var writing, reading sync.WaitGroup
		for w := range a.configs {
			outcomes[w] = map[int]int{}
			random := rand.New(rand.NewPCG(3, uint64(w)))
			writing.Go(func() {
				for kills.Load() < int64(*killCount) && !a.t.Failed() {
					tries.Add(1)
					if err := a.killOne(ctx, w, random, &kills, &acknowledged, outcomes[w]); err != nil {
						a.t.Errorf("writer %d: %v", w, err)
						return
					}
				}
			})
		}
		reading.Go(func() { a.read(ctx, &reads) })
		reading.Go(func() { a.follow(ctx, &follows) })
		writing.Wait()
		stop()
		reading.Wait()
		a.settle(&acknowledged)
		a.t.Logf("%d kills of %d nights; %d sets read whole, %d followed by changes; exit codes by writer %v", kills.Load(), tries.Load(), reads.Load(), follows.Load(), outcomes)
	})
}

var publishedAs = regexp.MustCompile(`: published as commit (\d+)(?s:.*), run (\S+)`)

// killOne runs the next night and kills it at a random moment, if it lasts that long.
func (a *arena) killOne(ctx context.Context, w int, random *rand.Rand, kills *atomic.Int64, acknowledged *sync.Map, outcomes map[int]int) error {
	day, err := a.next(ctx)
	if err != nil {
		return err
	}
	if random.IntN(4) == 0 {
		if err := a.store.Delete(ctx, "lock.json"); err != nil {
			return err
		}
	}
	night := a.nightly(w, day, "--wait", "1h")
	var stdout bytes.Buffer
	night.Stdout = &stdout
	stderr := &killAfter{lines: random.IntN(nightLines), delay: time.Duration(random.Int64N(int64(40 * time.Millisecond))), process: func() *os.Process { return night.Process }}
	night.Stderr = stderr
	if err := night.Start(); err != nil {
		return err
	}
	err = night.Wait()
	if status, ok := night.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		kills.Add(1)
		return nil
	}
	code := night.ProcessState.ExitCode()
	outcomes[code]++
	switch code {
	case command.ExitDone:
		if found := publishedAs.FindStringSubmatch(stdout.String()); found != nil {
			n, _ := strconv.ParseUint(found[1], 10, 64) // digits
			if other, twice := acknowledged.LoadOrStore(n, found[2]); twice && other != found[2] {
				return fmt.Errorf("commit %d was claimed by run %s and by run %s", n, other, found[2])
			}
		}
	case command.ExitGate, command.ExitTry, command.ExitIO: // overtaken by one that had no lease to wait for
	default:
		return fmt.Errorf("exit code %d: %v: %s", code, err, stderr.text.String())
	}
	return nil
}

// nightLines is how many lines a night of the arena logs at least; one in some is
// not killed.
const nightLines = 18

// killAfter kills the process that logs to it a moment after so many lines, so that
// the kills are spread over all that a night does, however fast the machine is.
type killAfter struct {
	lines   int
	delay   time.Duration
	process func() *os.Process
	text    bytes.Buffer
}

func (k *killAfter) Write(p []byte) (int, error) {
	for range bytes.Count(p, []byte("\n")) {
		if k.lines--; k.lines == 0 {
			time.AfterFunc(k.delay, func() { _ = k.process().Kill() })
		}
	}
	return k.text.Write(p)
}

// readEvery leaves the processors to the writers: readers that never rest would kill
// fewer nights in the same time.
const readEvery = 20 * time.Millisecond

// read reads the newest set whole, over and over.
func (a *arena) read(ctx context.Context, reads *atomic.Int64) {
	last := uint64(0)
	pause := time.NewTicker(readEvery)
	defer pause.Stop()
	for ctx.Err() == nil && !a.t.Failed() {
		<-pause.C
		reader, err := publish.Head(ctx, a.store)
		if errors.Is(err, publish.ErrNoCommit) {
			continue
		}
		if err == nil && reader.Commit.N < last {
			err = fmt.Errorf("after commit %d came %d", last, reader.Commit.N)
		}
		if err == nil {
			last = reader.Commit.N
			_, err = a.verify(ctx, reader)
		}
		if err != nil && ctx.Err() == nil {
			a.t.Errorf("reader: %v", err)
			return
		}
		reads.Add(1)
	}
}

// follow applies the changes of every commit and holds the result to the whole set.
func (a *arena) follow(ctx context.Context, follows *atomic.Int64) {
	applied, shown := uint64(0), map[string]string{}
	pause := time.NewTicker(readEvery)
	defer pause.Stop()
	for ctx.Err() == nil && !a.t.Failed() {
		<-pause.C
		var err error
		if applied, err = a.apply(ctx, applied, shown, follows); err != nil && ctx.Err() == nil {
			a.t.Errorf("follower: %v", err)
			return
		}
	}
}

func (a *arena) apply(ctx context.Context, applied uint64, shown map[string]string, follows *atomic.Int64) (uint64, error) {
	if applied == 0 {
		reader, err := publish.At(ctx, a.store, 1)
		if errors.Is(err, publish.ErrNoCommit) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		hashes, err := a.verify(ctx, reader)
		for id, hash := range hashes {
			shown[id] = hash
		}
		return 1, err
	}
	for set, err := range publish.Changes(ctx, a.store, applied) {
		if err != nil {
			return applied, err
		}
		for row, err := range set.Rows(ctx) {
			if err != nil {
				return applied, err
			}
			if shown[row.CustomerID] != row.PreviousRowHash {
				return applied, fmt.Errorf("commit %d: %s had hash %s, not %s", set.Commit.N, row.CustomerID, shown[row.CustomerID], row.PreviousRowHash)
			}
			delete(shown, row.CustomerID)
			if row.Score != nil {
				shown[row.CustomerID] = row.Score.RowHash
			}
		}
		applied = set.Commit.N
		reader, err := publish.At(ctx, a.store, applied)
		if err != nil {
			return applied, err
		}
		hashes, err := a.verify(ctx, reader)
		if err != nil {
			return applied, err
		}
		if fmt.Sprint(hashes) != fmt.Sprint(shown) {
			return applied, fmt.Errorf("commit %d: the changes lead to another set than the commit has", applied)
		}
		follows.Add(1)
	}
	return applied, nil
}

// settle holds the log to what was acknowledged once all writers are gone, and runs
// one night that nobody disturbs.
func (a *arena) settle(acknowledged *sync.Map) {
	ctx := a.t.Context()
	day, err := a.next(ctx)
	if err != nil {
		a.t.Fatal(err)
	}
	if out, err := a.nightly(0, day, "--wait", "2m").CombinedOutput(); err != nil {
		a.t.Errorf("the night after: %v\n%s", err, out)
	}
	reports, err := publish.VerifyAll(ctx, a.store, 0)
	if err != nil {
		a.t.Fatal(err)
	}
	there := map[uint64]string{} // commit → run
	for i := range reports {
		if !reports[i].OK() {
			a.t.Errorf("commit %d: %v %v", reports[i].N, reports[i].Problems, reports[i].DeltaProblems)
		}
		reader, err := publish.At(ctx, a.store, reports[i].N)
		if err != nil {
			a.t.Fatal(err)
		}
		there[reports[i].N] = reader.Commit.RunID
	}
	if newest := uint64(len(reports)); newest == 0 || there[newest] == "" || there[1] == "" {
		a.t.Errorf("the log has gaps: %d commits", newest)
	}
	acknowledged.Range(func(n, run any) bool {
		if there[n.(uint64)] != run {
			a.t.Errorf("commit %d, which run %s published, is of run %q", n, run, there[n.(uint64)])
		}
		return true
	})
	for _, prefix := range []string{"nights/", "lock.json"} {
		for object, err := range a.store.List(ctx, prefix) {
			a.t.Errorf("left %s behind, %v", object.Key, err)
		}
	}
}

// TestAZombieIsFenced stops a night, lets another one overtake it, and continues it:
// for the same day the two are one, for an earlier day it is refused.
func TestAZombieIsFenced(t *testing.T) {
	stores(t, 2, func(a *arena) {
		for _, test := range []struct {
			step  string
			later history.Day // of the one that overtakes
			codes []int       // that the zombie may end with
		}{
			{"score", 1, []int{command.ExitGate, command.ExitTry, command.ExitIO}},
			{"act", 1, []int{command.ExitGate, command.ExitTry, command.ExitIO}},
			{"publish", 1, []int{command.ExitGate, command.ExitTry, command.ExitIO}},
			{"score", 0, []int{command.ExitDone, command.ExitTry, command.ExitIO}},
			{"publish", 0, []int{command.ExitDone, command.ExitTry, command.ExitIO}},
		} {
			a.overtake(test.step, test.later, test.codes)
		}
	})
}

func (a *arena) overtake(step string, later history.Day, codes []int) {
	a.t.Helper()
	ctx := a.t.Context()
	day, err := a.next(ctx)
	if err != nil {
		a.t.Fatal(err)
	}
	zombie := a.nightly(0, day)
	stderr := &stopAt{line: `"msg":"step begins"`, step: fmt.Sprintf(`"step":"%s"`, step), process: func() *os.Process { return zombie.Process }, stopped: make(chan bool, 1)}
	zombie.Stderr = stderr
	if err := zombie.Start(); err != nil {
		a.t.Fatal(err)
	}
	select {
	case <-stderr.stopped:
	case <-time.After(30 * time.Second):
		a.t.Fatalf("the night never came to %s", step)
	}
	if err := a.store.Delete(ctx, "lock.json"); err != nil { // as if a minute had passed
		a.t.Fatal(err)
	}
	if out, err := a.nightly(1, day+later).CombinedOutput(); err != nil {
		a.t.Errorf("%s: the one that overtakes: %v\n%s", step, err, out)
	}
	before, err := publish.Head(ctx, a.store)
	if err != nil {
		a.t.Fatal(err)
	}
	if err := zombie.Process.Signal(syscall.SIGCONT); err != nil {
		a.t.Fatal(err)
	}
	_ = zombie.Wait() // the code tells
	code := zombie.ProcessState.ExitCode()
	allowed := false
	for _, c := range codes {
		allowed = allowed || c == code
	}
	if !allowed {
		a.t.Errorf("%s, overtaken by %d days: the zombie ended with %d, want one of %v:\n%s", step, later, code, codes, stderr.text.String())
	}
	after, err := publish.Head(ctx, a.store)
	if err != nil {
		a.t.Fatal(err)
	}
	if after.Commit.N != before.Commit.N || after.Commit.AsOf != day+later {
		a.t.Errorf("%s: after the zombie the newest commit is %d as of %s, was %d as of %s", step, after.Commit.N, after.Commit.AsOf, before.Commit.N, before.Commit.AsOf)
	}
	if _, err := a.verify(ctx, after); err != nil {
		a.t.Errorf("%s: after the zombie: %v", step, err)
	}
}

// stopAt stops the process that writes to it when it begins a step.
type stopAt struct {
	line, step string
	process    func() *os.Process
	stopped    chan bool
	text       bytes.Buffer
	done       bool
}

func (s *stopAt) Write(p []byte) (int, error) {
	s.text.Write(p)
	for line := range strings.Lines(string(p)) {
		if !s.done && strings.Contains(line, s.line) && strings.Contains(line, s.step) {
			s.done = true
			if err := s.process().Signal(syscall.SIGSTOP); err != nil {
				return 0, err
			}
			s.stopped <- true
		}
	}
	return len(p), nil
}
