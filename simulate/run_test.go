package simulate

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

// files is what a shop's folder holds.
var files = []string{
	"actions.csv", "customers.csv", "engagements.csv", "orders.csv", "perennial.yaml", "products.csv", "truth.parquet",
}

// run simulates a shop into a new folder.
func run(t *testing.T, cfg Config) (dir string, summary *Summary) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "shop")
	summary, err := Run(context.Background(), cfg, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	return dir, summary
}

func TestSameBytesForAnyNumberOfProcessors(t *testing.T) {
	cfg := Config{Customers: 4500, Days: 200, Seed: 9}
	dir, _ := run(t, cfg)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, processors := range []int{1, 3, 8} {
		runtime.GOMAXPROCS(processors)
		again, _ := run(t, cfg)
		for _, name := range files {
			want, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(filepath.Join(again, name))
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(want) {
				t.Errorf("%s differs with %d processors", name, processors)
			}
		}
	}
}

func TestASeedIsAShop(t *testing.T) {
	_, one := run(t, Config{Customers: 200, Seed: 1})
	_, two := run(t, Config{Customers: 200, Seed: 2})
	if *one == *two {
		t.Errorf("two seeds give the same shop: %+v", one)
	}
}

func TestACustomerIsTheSameInALargerShop(t *testing.T) {
	small, _ := run(t, Config{Customers: 150, Products: 600})
	large, _ := run(t, Config{Customers: 1600, Products: 600})
	for _, name := range []string{"orders.csv", "engagements.csv", "customers.csv", "actions.csv"} {
		a, err := os.ReadFile(filepath.Join(small, name))
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(large, name))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(b), string(a)) {
			t.Errorf("%s of the larger shop does not begin like that of the smaller one", name)
		}
	}
}

func TestACancelledRunLeavesNothing(t *testing.T) {
	defer goleak.VerifyNone(t)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	reported := 0
	_, err := Run(ctx, Config{Customers: 1_000_000}, dir, func(done, total int) {
		reported = done
		cancel()
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	if reported == 0 || reported > 100*blockSize {
		t.Errorf("went on for %d customers", reported)
	}
	if left := names(t, dir); len(left) != 0 {
		t.Errorf("%v are left", left)
	}
}

func TestACancelledContextStartsNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for range 20 {
		if _, err := Run(ctx, Config{Customers: 1, Days: 10}, t.TempDir(), nil); !errors.Is(err, context.Canceled) {
			t.Fatalf("error is %v", err)
		}
	}
}

func TestProgressEndsAtTheTotal(t *testing.T) {
	var reports []int
	_, err := Run(context.Background(), Config{Customers: 2500, Days: 30}, t.TempDir(), func(done, total int) {
		if total != 2500 {
			t.Errorf("total is %d", total)
		}
		reports = append(reports, done)
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{1000, 2000, 2500}, reports); diff != "" {
		t.Error(diff)
	}
}

func TestTheSmallestShop(t *testing.T) {
	_, summary := run(t, Config{Customers: 1, Days: 1, Products: categoryCount})
	if summary.Customers != 1 || summary.Lines > maxLines {
		t.Errorf("%+v", summary)
	}
}

func BenchmarkThousandCustomers(b *testing.B) {
	b.ReportAllocs()
	m, block := newMaker(newShop(Config{}.withDefaults())), newBlock()
	block.first, block.last = 1, 1000
	for b.Loop() {
		m.make(block)
	}
	b.ReportMetric(float64(block.count.lines+block.count.returns), "lines/op")
}

func BenchmarkTruth(b *testing.B) {
	b.ReportAllocs()
	s := newShop(Config{}.withDefaults())
	var c customer
	var f forecast
	for index := 1; c.life.gone < s.days || c.traits.shape < 4; index++ {
		c.simulate(s, newDice(), index)
	}
	for b.Loop() {
		f.tell(s, &c)
	}
}
