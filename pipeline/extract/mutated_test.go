package extract

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
)

var mutatedFiles = flag.Int("mutated", 200, "damaged files to extract through a child process (10,000 take some minutes)")

// soundFiles are what mutations begin with.
func soundFiles(t testing.TB) map[string]string {
	rows := someOrders(40)
	return map[string]string{
		"orders.csv": rows, "quoted.csv": strings.ReplaceAll(rows, "web", `"w""e,b"`),
		"orders.csv.gz": gzipped(t, rows), "orders.csv.zst": zstandard(t, rows),
		"orders.json":    `{"customer_id":"a","order_id":1,"ordered_at":"2025-01-01","amount":1.5,"x":[1,{"y":null}]}` + "\n" + `{"customer_id":"b","order_id":2,"ordered_at":"2025-01-02","amount":2}`,
		"plain.parquet":  parquetOrders(t, 60),
		"snappy.parquet": parquetOrders(t, 60, parquet.Compression(&parquet.Snappy)),
		"zstd.parquet":   parquetOrders(t, 300, parquet.Compression(&parquet.Zstd), parquet.DataPageVersion(2)),
		"pages.parquet":  parquetOrders(t, 300, parquet.PageBufferSize(64), parquet.DataPageVersion(1)),
	}
}

// mutate damages a file in one to four places.
func mutate(r *rand.Rand, file string) []byte {
	b := []byte(file)
	for range 1 + r.IntN(4) {
		if len(b) < 2 {
			return b
		}
		at := r.IntN(len(b))
		if r.IntN(3) == 0 { // footers and headers are where counts stand
			at = max(0, len(b)-1-r.IntN(min(len(b), 400)))
		}
		switch r.IntN(6) {
		case 0:
			b[at] ^= 1 << r.IntN(8)
		case 1:
			b[at] = byte(r.Uint32())
		case 2:
			b = b[:at]
		case 3:
			b = append(b[:at:at], b[min(len(b), at+1+r.IntN(16)):]...)
		case 4:
			piece := b[at:min(len(b), at+1+r.IntN(64))]
			b = append(b[:at:at], append(bytes.Repeat(piece, 1+r.IntN(20)), b[at:]...)...)
		case 5: // a varint of a large number, or a tear of a number
			copy(b[at:], [][]byte{{0xff, 0xff, 0xff, 0xff, 0x0f}, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, {0x80, 0x80, 0x80, 0x80, 0x08}, {0}}[r.IntN(4)])
		}
	}
	return b
}

// TestMutatedFiles extracts damaged files in a child that goes on as long as it
// lives: an extract that can be read, or an error of one line that is the
// file's fault or the configuration's. The parent lives, nothing hangs, and the
// child takes no more memory than it may.
func TestMutatedFiles(t *testing.T) {
	n := *mutatedFiles
	if testing.Short() {
		n = min(n, 60)
	}
	sound := soundFiles(t)
	names := sortedKeys(sound)
	f := &fuzzed{t: t, counts: map[string]int{}, dir: t.TempDir()}
	for _, i := range append(upTo(n), onceOfNoKind...) {
		name := names[i%len(names)]
		path := filepath.Join(f.dir, name)
		if err := os.WriteFile(path, mutate(rand.New(rand.NewPCG(1, uint64(i))), sound[name]), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := f.extract(path); err != nil {
			t.Errorf("%s of seed %d: %v", name, i, err)
		}
	}
	f.end()
	t.Logf("%d files: %v; largest child %d MiB of %d", n, f.counts, f.peak>>20, f.memory>>20)
}

// onceOfNoKind are seeds whose files DuckDB took for faults of the disk.
var onceOfNoKind = []int{1106, 9332}

func upTo(n int) []int {
	var all []int
	for i := range n {
		all = append(all, i)
	}
	return all
}

// fuzzed extracts files with one child after another.
type fuzzed struct {
	t      *testing.T
	dir    string
	child  *child
	memory int64          // that a child may take
	peak   int64          // that one has taken
	counts map[string]int // how files ended
}

// extract extracts one file. Its error is one of the test.
func (f *fuzzed) extract(path string) error {
	c := apart(ordersFrom(f.t, ""))
	c.Sources.Orders.Files, c.Threads, c.MemoryLimit, c.Limits.Time = []string{path}, 1, "512MiB", 2*time.Minute
	c, err := c.withDefaults()
	if err != nil {
		return err
	}
	if f.child == nil {
		f.memory = c.processMemory()
		if f.child, err = startChild(c.Limits, f.memory); err != nil {
			return err
		}
	}
	out := filepath.Join(f.dir, "extract")
	var answer runAnswer
	err = f.child.call(f.t.Context(), request{Call: callSurvey, Config: &c}, nil, nil)
	if err == nil {
		err = f.child.call(f.t.Context(), request{Call: callRun, AsOf: day(f.t, "2026-01-01"), Dir: out}, nil, &answer)
	}
	if f.child.gone {
		f.end()
	}
	return f.judge(err, &answer, out)
}

func (f *fuzzed) judge(err error, answer *runAnswer, out string) error {
	var deadly *deadlyError
	switch {
	case err == nil:
		f.counts["extracted"]++
		return readable(f.t.Context(), answer, out)
	case strings.Contains(err.Error(), "\n"):
		return fmt.Errorf("an error of several lines: %w", err)
	case errors.As(err, &deadly) && strings.Contains(err.Error(), "longer than"):
		return fmt.Errorf("a hang: %w", err)
	case errors.As(err, &deadly) && strings.Contains(err.Error(), "of memory"):
		f.counts["over memory"]++
	case errors.As(err, &deadly):
		f.counts["crashed"]++
	case errors.Is(err, ErrBadData):
		f.counts["bad data"]++
	case errors.Is(err, ErrConfig):
		f.counts["bad configuration"]++
	default:
		return fmt.Errorf("an error of no kind: %w", err)
	}
	return nil
}

// readable reads back what a child has extracted.
func readable(ctx context.Context, answer *runAnswer, out string) error {
	r, err := answer.unpack()
	if err != nil {
		return err
	}
	e, err := Open(out)
	if err != nil {
		return err
	}
	b, err := e.Bucket(ctx, 0)
	if err != nil {
		return err
	}
	lines := 0
	for _, h := range b.Histories {
		lines += len(h.Lines)
	}
	if int64(lines) != r.Sources[0].Kept {
		return fmt.Errorf("%d lines of %d", lines, r.Sources[0].Kept)
	}
	return nil
}

// end ends the child and notes how much memory it took.
func (f *fuzzed) end() {
	if f.child == nil {
		return
	}
	if err := f.child.close(); err != nil {
		f.t.Error(err)
	}
	f.peak = max(f.peak, peakMemory(f.child.cmd.ProcessState))
	if over := f.peak - f.memory; over > 256<<20 {
		f.t.Errorf("a child took %d MiB more than its limit", over>>20)
	}
	f.child = nil
}
