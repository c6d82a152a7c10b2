package basket

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A file is text. The first line names the format and the totals; then each item
// has a line "item baskets", most popular first:
//
//	perennial basket 1: 12 baskets, 3 items
//	2 7
//	0 4
//	1 0
const header = "perennial basket 1: %d baskets, %d items\n"

// Write saves the model as text that a person can read.
func (m *Model) Write(w io.Writer) error {
	buffered := bufio.NewWriter(w)
	fmt.Fprintf(buffered, header, m.baskets, len(m.ranking))
	for _, item := range m.ranking {
		fmt.Fprintf(buffered, "%d %d\n", item, m.holding[item])
	}
	if err := buffered.Flush(); err != nil { // a bufio.Writer keeps its first error
		return fmt.Errorf("basket: write model: %w", err)
	}
	return nil
}

// Read reads what Write wrote. A file that is cut short, out of order or followed
// by anything is an error.
func Read(r io.Reader) (*Model, error) {
	m, err := read(bufio.NewReader(r))
	if err != nil {
		return nil, fmt.Errorf("basket: read model: %w", err)
	}
	return m, nil
}

func read(r *bufio.Reader) (*Model, error) {
	baskets, items, err := readHeader(r)
	if err != nil {
		return nil, fmt.Errorf("line 1: %w", err)
	}
	var ranking []int32
	var counts []int64
	for line := 2; line < items+2; line++ {
		item, count, err := readItem(r)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if item < 0 || int(item) >= items || count < 0 || count > baskets {
			return nil, fmt.Errorf("line %d: item %d of %d in %d of %d baskets", line, item, items, count, baskets)
		}
		ranking, counts = append(ranking, item), append(counts, count)
	}
	if _, err := r.ReadByte(); err != io.EOF {
		return nil, fmt.Errorf("more follows the %d items", items)
	}
	holding := make([]int64, items)
	for place, item := range ranking {
		holding[item] = counts[place]
	}
	m := Fit(&Popularity{holding: holding, baskets: baskets})
	if !slices.Equal(m.ranking, ranking) {
		return nil, fmt.Errorf("items are not each there once, most popular first")
	}
	return m, nil
}

func readHeader(r *bufio.Reader) (baskets int64, items int, err error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return 0, 0, err
	}
	if _, err := fmt.Sscanf(line, header, &baskets, &items); err != nil {
		return 0, 0, fmt.Errorf("%q is not the head of a basket model: %w", line, err)
	}
	if baskets < 0 || items < 0 || items > math.MaxInt32 {
		return 0, 0, fmt.Errorf("%d baskets, %d items", baskets, items)
	}
	return baskets, items, nil
}

// readItem reads one line, its end included, so that a number cut short is not
// taken for a smaller one.
func readItem(r *bufio.Reader) (item int32, count int64, err error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return 0, 0, err
	}
	left, right, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
	id, err := strconv.ParseInt(left, 10, 32)
	if err != nil {
		return 0, 0, err
	}
	count, err = strconv.ParseInt(right, 10, 64)
	return int32(id), count, err
}
