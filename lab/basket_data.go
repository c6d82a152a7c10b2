package lab

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"perennial/command"
	"perennial/models/basket"
)

// basketLineShape is what a line of the data looks like.
const basketLineShape = `{"u":"ann","h":[[1,2],[2]],"f":[2,3]}`

// basketTask is what recommenders are fitted on and judged by.
type basketTask struct {
	customers []basketCustomer
	items     int // different ones; ids are given anew, from 0, in the order of the file's
	folds     []basketFold
	chosen    []string // settings that were chosen, for people, fold by fold
}

type basketCustomer struct {
	history basket.History
	next    []int32
}

// basketFold holds places in customers.
type basketFold struct{ train, validation, test []int }

// basketLine is a line of the data. An id is a text or a number.
type basketLine struct {
	ID      json.RawMessage `json:"u"`
	History [][]int32       `json:"h"`
	Next    []int32         `json:"f"`
}

// foldLine is a line of the folds.
type foldLine struct {
	Train      []json.RawMessage `json:"train"`
	Validation []json.RawMessage `json:"val"`
	Test       []json.RawMessage `json:"test"`
}

func readBasketTask(opts BasketOptions) (*basketTask, error) {
	task := new(basketTask)
	var lines []basketLine
	places := make(map[string]int)
	err := readJSONLines(opts.Data, basketLineShape, func(line basketLine) error {
		if err := line.check(); err != nil {
			return err
		}
		id := plainID(line.ID)
		if _, twice := places[id]; twice {
			return fmt.Errorf("customer %s stands in an earlier line already", id)
		}
		places[id] = len(lines)
		lines = append(lines, line)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 {
		return nil, command.Data("%s: no customers (write one a line, like %s)", opts.Data, basketLineShape)
	}
	task.number(lines)
	if opts.Folds == "" {
		task.folds = []basketFold{task.everybody()}
		return task, nil
	}
	return task, task.readFolds(opts.Folds, places)
}

func (l *basketLine) check() error {
	if len(l.ID) == 0 {
		return errors.New(`no customer "u"`)
	}
	if len(l.Next) == 0 {
		return errors.New(`no next basket "f"`)
	}
	for _, b := range append(slices.Clone(l.History), l.Next) {
		for _, item := range b {
			if item < 0 {
				return fmt.Errorf("item %d: negative", item)
			}
		}
	}
	return nil
}

// number gives the items of all lines numbers from 0 and fills the customers.
func (t *basketTask) number(lines []basketLine) {
	var ids []int32
	for _, l := range lines {
		ids = append(ids, l.Next...)
		for _, b := range l.History {
			ids = append(ids, b...)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	numbers := make(map[int32]int32, len(ids))
	for n, id := range ids {
		numbers[id] = int32(n)
	}
	t.items = len(ids)
	for _, l := range lines {
		for _, b := range append(slices.Clone(l.History), l.Next) {
			for k := range b {
				b[k] = numbers[b[k]]
			}
		}
		t.customers = append(t.customers, basketCustomer{history: basket.HistoryOf(l.History, nil), next: l.Next})
	}
}

func (t *basketTask) everybody() basketFold {
	var all []int
	for i := range t.customers {
		all = append(all, i)
	}
	return basketFold{train: all, test: all}
}

func (t *basketTask) readFolds(path string, places map[string]int) error {
	const shape = `{"train":["ann"],"val":[],"test":["bob"]}`
	err := readJSONLines(path, shape, func(line foldLine) error {
		var fold basketFold
		for _, part := range []struct {
			ids    []json.RawMessage
			places *[]int
		}{{line.Train, &fold.train}, {line.Validation, &fold.validation}, {line.Test, &fold.test}} {
			for _, id := range part.ids {
				place, there := places[plainID(id)]
				if !there {
					return fmt.Errorf("customer %s is not in the data", id)
				}
				*part.places = append(*part.places, place)
			}
		}
		if len(fold.test) == 0 {
			return errors.New(`nobody in "test"`)
		}
		t.folds = append(t.folds, fold)
		return nil
	})
	if err == nil && len(t.folds) == 0 {
		return command.Data("%s: no folds (write one a line, like %s)", path, shape)
	}
	return err
}

// plainID returns an id without the quotes of a JSON text.
func plainID(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

// readJSONLines gives each line of a file, gzipped or not, to take; blank lines are
// left out.
func readJSONLines[Line any](path, shape string, take func(Line) error) error {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &command.Error{Code: command.ExitInput, Err: fmt.Errorf("%s does not exist (check the path)", path)}
	}
	if err != nil {
		return err
	}
	defer file.Close()
	lines, err := unzipped(file)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for n := 1; ; n++ {
		text, err := lines.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return command.Data("%s:%d: %w (is the file whole?)", path, n, err)
		}
		if len(bytes.TrimSpace(text)) > 0 {
			var line Line
			if err := json.Unmarshal(text, &line); err != nil {
				return command.Data("%s:%d: %w (a line must look like %s)", path, n, err, shape)
			}
			if err := take(line); err != nil {
				return command.Data("%s:%d: %w (a line must look like %s)", path, n, err, shape)
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

// unzipped looks whether a stream is gzipped.
func unzipped(r io.Reader) (*bufio.Reader, error) {
	buffered := bufio.NewReaderSize(r, 1<<16)
	if head, err := buffered.Peek(2); err != nil || head[0] != 0x1f || head[1] != 0x8b {
		return buffered, nil // too short to be gzipped, or plain
	}
	unzip, err := gzip.NewReader(buffered)
	if err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(unzip, 1<<16), nil
}

// histories returns those at the given places.
func (t *basketTask) histories(places []int) (*basket.Histories, error) {
	hs := new(basket.Histories)
	for _, i := range places {
		if err := hs.Append(uint64(i), t.customers[i].history); err != nil {
			return nil, err
		}
	}
	return hs, nil
}

// counts counts all histories.
func (t *basketTask) counts(cfg basket.CountsConfig) *basket.Counts {
	counts := basket.NewCounts(t.items, cfg)
	for i := range t.customers {
		counts.Add(t.customers[i].history)
	}
	return counts
}

// popularity counts the baskets of all histories.
func (t *basketTask) popularity() *basket.Popularity {
	p := basket.NewPopularity(t.items)
	for i := range t.customers {
		h := t.customers[i].history
		for j := range h.Orders() {
			p.Add(h.Order(j))
		}
	}
	return p
}
