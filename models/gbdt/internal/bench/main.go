// Command bench measures training, prediction and explanation on the synthetic
// churn table, and writes that table for peers.py, which measures other libraries on
// the same rows.
package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"syscall"
	"time"

	"perennial/models/gbdt"
	"perennial/models/gbdt/internal/synthetic"
)

const testSeed = 2

// table is what is measured on.
type table struct {
	seed                             uint64 // of the training rows
	rows, testRows, explain, columns int
}

func main() {
	var t table
	flag.Uint64Var(&t.seed, "table", 1, "`seed` of the training rows, not 2, which is that of the test rows")
	flag.IntVar(&t.rows, "rows", 100_000, "training `rows`")
	flag.IntVar(&t.testRows, "test", 100_000, "test `rows`")
	flag.IntVar(&t.explain, "explain", 0, "test `rows` to explain")
	flag.IntVar(&t.columns, "columns", synthetic.Width, "`columns` to learn from, the first of the table; beyond its 50 come some that tell nothing")
	write := flag.String("write", "", "only write the table to `folder`, for peers.py")
	profile := flag.String("profile", "", "write a CPU profile of training to `file`")
	var c gbdt.Config
	flag.IntVar(&c.Trees, "trees", 200, "trees")
	flag.IntVar(&c.Leaves, "leaves", 31, "leaves")
	flag.Float64Var(&c.LearningRate, "rate", 0.1, "learning rate")
	flag.Float64Var(&c.FeatureFraction, "features", 1, "feature fraction")
	flag.Float64Var(&c.L2, "l2", -1, "L2 penalty, negative for none")
	flag.IntVar(&c.MinData, "mindata", 20, "least rows of a leaf")
	flag.IntVar(&c.Workers, "threads", 2, "workers")
	flag.Uint64Var(&c.Seed, "seed", 0, "seed")
	flag.Parse()
	runtime.GOMAXPROCS(c.Workers)
	var err error
	if *write != "" {
		err = errors.Join(writeTable(*write, "train", t.seed, t.rows), writeTable(*write, "test", testSeed, t.testRows))
	} else {
		err = measure(c, t, *profile)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// result is one line of output; peers.py prints the same fields.
type result struct {
	Learner      string  `json:"learner"`
	Rows         int     `json:"rows"`
	BinWall      float64 `json:"bin_wall"`
	BinCPU       float64 `json:"bin_cpu"`
	TrainWall    float64 `json:"train_wall"` // without binning
	TrainCPU     float64 `json:"train_cpu"`
	PredictWall  float64 `json:"predict_wall"`
	PredictCPU   float64 `json:"predict_cpu"`
	ExplainRows  int     `json:"explain_rows"`
	ExplainWall  float64 `json:"explain_wall"`
	ExplainCPU   float64 `json:"explain_cpu"`
	AUC          float64 `json:"auc"`
	PeakRSSTrain float64 `json:"peak_rss_mb"`
}

// clock is wall and CPU seconds.
type clock struct{ wall, cpu float64 }

func now() clock {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		log.Fatal(err)
	}
	cpu := time.Duration(u.Utime.Nano() + u.Stime.Nano())
	return clock{float64(time.Now().UnixNano()) / 1e9, cpu.Seconds()}
}

func measure(c gbdt.Config, t table, profile string) error {
	r := result{Learner: "perennial", Rows: t.rows}
	train, err := bin(c, t, &r)
	if err != nil {
		return err
	}
	runtime.GC()
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
	}
	start := now()
	m, _, err := c.FitRows(context.Background(), train, nil)
	if err != nil {
		return err
	}
	end := now()
	pprof.StopCPUProfile()
	r.TrainWall, r.TrainCPU = end.wall-start.wall, end.cpu-start.cpu
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return err
	}
	r.PeakRSSTrain = float64(u.Maxrss) / 1024
	if err := apply(m, t, &r); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

// apply times the first prediction and the first explanation of test rows.
func apply(m *gbdt.Model, t table, r *result) error {
	x, y := cells(testSeed, 0, t.testRows, t.columns)
	p := make([]float64, t.testRows)
	start := now()
	if err := m.Predict(p, m.Columns, x); err != nil {
		return err
	}
	end := now()
	r.PredictWall, r.PredictCPU = end.wall-start.wall, end.cpu-start.cpu
	r.AUC = auc(y, p)
	r.ExplainRows = min(t.explain, t.testRows)
	if r.ExplainRows == 0 {
		return nil
	}
	contributions := make([][]float64, len(x))
	for j := range x {
		x[j], contributions[j] = x[j][:r.ExplainRows], make([]float64, r.ExplainRows)
	}
	start = now()
	if err := m.Explain(contributions, m.Columns, x); err != nil {
		return err
	}
	end = now()
	r.ExplainWall, r.ExplainCPU = end.wall-start.wall, end.cpu-start.cpu
	return nil
}

// bin makes the training rows block by block, as a reader of files would show
// them, and times only the sketch and the binner.
func bin(c gbdt.Config, t table, r *result) (*gbdt.Rows, error) {
	const block = 1 << 16
	sketch, err := gbdt.NewSketch(c, names(t.columns))
	if err != nil {
		return nil, err
	}
	var binner *gbdt.Binner
	timed := func(do func() error) error {
		start := now()
		err := do()
		end := now()
		r.BinWall += end.wall - start.wall
		r.BinCPU += end.cpu - start.cpu
		return err
	}
	for pass := range 2 {
		for first := 0; first < t.rows; first += block {
			x, y := cells(t.seed, first, min(block, t.rows-first), t.columns)
			add := func() error { return sketch.Add(x, nil) }
			if pass == 1 {
				add = func() error { return binner.Add(x, y, nil) }
			}
			if err := timed(add); err != nil {
				return nil, err
			}
		}
		if pass == 0 {
			if err := timed(func() (err error) { binner, err = sketch.Binner(); return err }); err != nil {
				return nil, err
			}
		}
	}
	return binner.Rows()
}

// cells returns rows of the table with as many columns as asked for. Beyond its own
// come those of another table, which tell nothing about the label.
func cells(seed uint64, first, rows, columns int) (x [][]float32, y []float64) {
	x, y = synthetic.Table(seed, first, rows)
	for more := uint64(1); len(x) < columns; more++ {
		other, _ := synthetic.Table(seed+more<<32, first, rows)
		x = append(x, other...)
	}
	return x[:columns], y
}

func names(columns int) []string {
	all := synthetic.Columns()
	for len(all) < columns {
		all = append(all, fmt.Sprintf("more_%02d", len(all)))
	}
	return all[:columns]
}

func auc(y, p []float64) float64 {
	order := make([]int, len(y))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case p[a] < p[b]:
			return -1
		case p[a] > p[b]:
			return 1
		}
		return 0
	})
	positives, below := 0.0, 0.0
	for rank, i := range order {
		if y[i] == 1 {
			positives++
			below += float64(rank) - positives + 1
		}
	}
	return below / (positives * (float64(len(y)) - positives))
}

// writeTable writes the cells row by row as little-endian float32 to name.x, and
// the labels as float32 to name.y.
func writeTable(folder, name string, seed uint64, rows int) error {
	cells, err := os.Create(filepath.Join(folder, name+".x"))
	if err != nil {
		return err
	}
	labels, err := os.Create(filepath.Join(folder, name+".y"))
	if err != nil {
		return errors.Join(err, cells.Close())
	}
	cw, lw := bufio.NewWriterSize(cells, 1<<20), bufio.NewWriter(labels)
	const block = 1 << 12
	for first := 0; first < rows && err == nil; first += block {
		x, y := synthetic.Table(seed, first, min(block, rows-first))
		err = writeRows(cw, lw, x, y)
	}
	if err = errors.Join(err, cw.Flush(), lw.Flush(), cells.Close(), labels.Close()); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

func writeRows(cells, labels *bufio.Writer, x [][]float32, y []float64) error {
	row := make([]float32, len(x))
	for i, label := range y {
		for j := range x {
			row[j] = x[j][i]
		}
		if err := binary.Write(cells, binary.LittleEndian, row); err != nil {
			return err
		}
		if err := binary.Write(labels, binary.LittleEndian, float32(label)); err != nil {
			return err
		}
	}
	return nil
}
