package basket

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// nextFormat names what Next.Write writes.
const nextFormat = "perennial next basket 1"

// nextFile is a Next as JSON. What can be derived is not in it. Replenishment is a
// model of its own: the file says only whether there was one.
type nextFile struct {
	Format    string         `json:"format"`
	Prior     float64        `json:"prior"`
	Durable   float64        `json:"durable"`
	General   float64        `json:"general_repeat_rate"`
	Size      float64        `json:"items_in_recent_order"`
	Features  []string       `json:"features"`
	OneOrder  weightsFile    `json:"one_order"`
	More      weightsFile    `json:"more_orders"`
	Curve     Curve          `json:"curve"`
	Repeat    []float64      `json:"repeat"`
	Recent    []float64      `json:"log_recent"`
	Fresh     []float64      `json:"log_fresh"`
	Overall   []float64      `json:"log_overall"`
	Second    []float64      `json:"log_second"`
	Holders   []int64        `json:"holders"`
	Followers [][]int32      `json:"followers"`
	Lifts     [][]float64    `json:"log_lifts"`
	Overdue   bool           `json:"weigh_overdue"`
	Lasting   *replenishFile `json:"replenishment,omitempty"`
}

type weightsFile struct {
	Own []float64 `json:"own"`
	New []float64 `json:"new"`
}

type replenishFile struct {
	OwnPrior float64   `json:"own_prior"`
	Mean     []float64 `json:"mean_log_days"`
	Spread   []float64 `json:"spread_log_days"`
	Rebuy    []float64 `json:"rebuy"`
	Offered  []bool    `json:"offered"`
}

// featureNames names the weights of own items, then those of new ones that differ.
func featureNames() []string {
	return []string{
		"own: one", "log orders", "log-odds of her repeats", "log items an order", "log items of the latest order", "log different items an order",
		"log-odds of the repeat rate", "log orders since", "squared", "log orders since x log orders", "log repeat rate x log orders", "log orders with it",
		"follows", "overdue", "overdue squared", "log-odds of the item's repeat rate", "log recent share", "log share as new", "log share of all",
		"new: the first six", "follows", "log recent share", "log share as new", "log share of all", "log share of second orders",
	}
}

// Write saves the model, its replenishment included, as JSON.
func (m *Next) Write(w io.Writer) error {
	f := nextFile{
		Format: nextFormat, Prior: m.cfg.Prior, Durable: m.cfg.Durable, General: m.rates.general, Size: m.rates.size, Features: featureNames(),
		OneOrder: weightsFile{m.stages[oneOrder].own, m.stages[oneOrder].new}, More: weightsFile{m.stages[moreOrders].own, m.stages[moreOrders].new},
		Overdue: m.cfg.WeighOverdue, Curve: m.curve, Repeat: m.rates.repeat, Recent: m.rates.recent, Fresh: m.rates.fresh, Overall: m.rates.overall, Second: m.rates.second,
		Holders: m.rates.holders, Followers: make([][]int32, m.Items()), Lifts: make([][]float64, m.Items()),
	}
	for item, followers := range m.followers {
		for _, next := range followers {
			f.Followers[item] = append(f.Followers[item], next.item)
			f.Lifts[item] = append(f.Lifts[item], next.lift)
		}
	}
	if r := m.cfg.Replenishment; r != nil {
		f.Lasting = &replenishFile{r.ownPrior, r.mean, r.spread, r.rebuy, r.offered}
	}
	if err := json.NewEncoder(w).Encode(f); err != nil {
		return fmt.Errorf("basket: write what comes next: %w", err)
	}
	return nil
}

// ReadNext reads what Next.Write wrote. A file of another format, cut short or with
// lengths that do not agree is an error.
func ReadNext(r io.Reader) (*Next, error) {
	var f nextFile
	decoder := json.NewDecoder(r)
	if err := decoder.Decode(&f); err != nil {
		return nil, fmt.Errorf("basket: read what comes next: %w", err)
	}
	if err := f.check(); err != nil {
		return nil, fmt.Errorf("basket: read what comes next: %w", err)
	}
	m := &Next{
		cfg:       NextConfig{Prior: f.Prior, Durable: f.Durable, WeighOverdue: f.Overdue}.withDefaults(),
		rates:     rates{f.Repeat, f.Recent, f.Fresh, f.Overall, f.Second, f.Holders, f.Size, f.General},
		curve:     f.Curve,
		followers: make([][]follower, len(f.Repeat)),
		stages:    [2]stage{{own: f.OneOrder.Own, new: f.OneOrder.New}, {own: f.More.Own, new: f.More.New}},
	}
	for item, followers := range f.Followers {
		for k, next := range followers {
			m.followers[item] = append(m.followers[item], follower{next, f.Lifts[item][k]})
		}
	}
	if l := f.Lasting; l != nil {
		m.cfg.Replenishment = &Replenishment{l.OwnPrior, l.Mean, l.Spread, l.Rebuy, l.Offered}
	}
	m.derive()
	return m, nil
}

// check finds what would make a model panic.
func (f *nextFile) check() error {
	if f.Format != nextFormat {
		return fmt.Errorf("format %q is not %q", f.Format, nextFormat)
	}
	items := len(f.Repeat)
	lengths := []int{len(f.Recent), len(f.Fresh), len(f.Overall), len(f.Second), len(f.Holders), len(f.Followers), len(f.Lifts)}
	if l := f.Lasting; l != nil {
		lengths = append(lengths, len(l.Mean), len(l.Spread), len(l.Rebuy), len(l.Offered))
	}
	for _, n := range lengths {
		if n != items {
			return fmt.Errorf("a column of %d items beside one of %d", n, items)
		}
	}
	for _, w := range []weightsFile{f.OneOrder, f.More} {
		if len(w.Own) != ownFeatures || len(w.New) != newFeatures {
			return fmt.Errorf("%d and %d weights, want %d and %d", len(w.Own), len(w.New), ownFeatures, newFeatures)
		}
	}
	if c := f.Curve; len(c.Scores) != len(c.Probabilities) || !slices.IsSorted(c.Scores) || !slices.IsSorted(c.Probabilities) {
		return fmt.Errorf("the curve of %d scores and %d probabilities does not rise", len(c.Scores), len(c.Probabilities))
	}
	for item, followers := range f.Followers {
		if len(followers) != len(f.Lifts[item]) {
			return fmt.Errorf("item %d has %d followers and %d lifts", item, len(followers), len(f.Lifts[item]))
		}
		for k, next := range followers {
			if next < 0 || int(next) >= items || f.Lifts[item][k] < 0 {
				return fmt.Errorf("item %d is followed by item %d of %d, log lift %v", item, next, items, f.Lifts[item][k])
			}
		}
	}
	return nil
}
