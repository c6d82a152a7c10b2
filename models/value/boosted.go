package value

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"perennial/models/gbdt"
	"perennial/models/leaderboard"
)

// Boosted is two sums of trees: expected orders (Poisson) and expected revenue
// (Tweedie: a gamma-distributed amount for each of a Poisson number of orders,
// most often none). It is immutable and safe to share.
type Boosted struct {
	orders, revenue *gbdt.Model
	// OrderScale and RevenueScale make the totals those of the training rows.
	OrderScale, RevenueScale float64
}

const (
	// power of the Tweedie distribution: between counts (1) and sizes (2), and
	// that of the deviance by which models are judged.
	power = 1.5
	// boostedRows bounds the rows of the trees.
	boostedRows = 60_000
	// watchedFold of the customers, one in five, says when to stop growing.
	watchedFold, watchedFolds = 0, 5
)

func boosting(seed uint64, loss gbdt.Objective) gbdt.Config {
	return gbdt.Config{
		Objective: loss, Seed: seed, Trees: 300, Leaves: 8, LearningRate: 0.06, FeatureFraction: 0.4, MinData: 100, L2: 20, MaxBins: 127, Patience: 20,
	}
}

func fitBoosted(ctx context.Context, seed uint64, rows leaderboard.Rows, labels Labels) (*Boosted, error) {
	if err := enough(labels); err != nil {
		return nil, err
	}
	drawn := leaderboard.Draw(rows.Group, boostedRows)
	b := &Boosted{OrderScale: 1, RevenueScale: 1}
	for _, part := range []struct {
		model **gbdt.Model
		loss  gbdt.Objective
		y     []float64
	}{
		{&b.orders, gbdt.Objective{Loss: gbdt.Poisson}, labels.Orders},
		{&b.revenue, gbdt.Objective{Loss: gbdt.Tweedie, Power: power}, labels.Revenue},
	} {
		rows.Y = part.y
		train := rows.Where(func(i int) bool { return drawn(i) && rows.Group[i]%watchedFolds != watchedFold })
		watch := rows.Where(func(i int) bool { return drawn(i) && rows.Group[i]%watchedFolds == watchedFold })
		m, _, err := boosting(seed, part.loss).FitWatched(ctx, data(train), data(watch))
		if err != nil {
			return nil, fmt.Errorf("value: %s: %w", boosted, err)
		}
		*part.model = m
	}
	return b, nil
}

// enough reports too few customers who ordered for trees.
func enough(labels Labels) error {
	const least = 500
	ordered := 0
	for _, orders := range labels.Orders {
		if orders > 0 {
			ordered++
		}
	}
	if ordered < least {
		return fmt.Errorf("value: %s: %d rows with an order, not %d", boosted, ordered, least)
	}
	return nil
}

// data returns the rows for trees. Revenue below zero, of customers who returned
// more than they bought, counts as none: no Tweedie distribution reaches there.
func data(rows leaderboard.Rows) gbdt.Data {
	for i, y := range rows.Y {
		rows.Y[i] = max(0, y)
	}
	return gbdt.Data{Columns: rows.Columns, X: rows.X, Y: rows.Y}
}

// predict writes orders and revenue of n rows.
func (b *Boosted) predict(names []string, x [][]float32, n int) ([]Prediction, error) {
	orders, revenue := make([]float64, n), make([]float64, n)
	if err := b.orders.Predict(orders, names, x); err != nil {
		return nil, err
	}
	if err := b.revenue.Predict(revenue, names, x); err != nil {
		return nil, err
	}
	predictions := make([]Prediction, n)
	for i := range predictions {
		predictions[i] = Prediction{Orders: b.OrderScale * orders[i], Revenue: b.RevenueScale * revenue[i]}
	}
	return predictions, nil
}

// boostedFile is Boosted as JSON, the trees as LightGBM's model text.
type boostedFile struct {
	Orders       string  `json:"orders"`
	Revenue      string  `json:"revenue"`
	OrderScale   float64 `json:"order_scale"`
	RevenueScale float64 `json:"revenue_scale"`
}

// MarshalJSON implements json.Marshaler.
func (b *Boosted) MarshalJSON() ([]byte, error) {
	var orders, revenue bytes.Buffer
	if err := b.orders.Write(&orders); err != nil {
		return nil, err
	}
	if err := b.revenue.Write(&revenue); err != nil {
		return nil, err
	}
	return json.Marshal(boostedFile{orders.String(), revenue.String(), b.OrderScale, b.RevenueScale})
}

// UnmarshalJSON implements json.Unmarshaler.
func (b *Boosted) UnmarshalJSON(text []byte) (err error) {
	var f boostedFile
	if err := json.Unmarshal(text, &f); err != nil {
		return err
	}
	if b.orders, err = readTrees(f.Orders, gbdt.Poisson); err != nil {
		return fmt.Errorf("orders: %w", err)
	}
	if b.revenue, err = readTrees(f.Revenue, gbdt.Tweedie); err != nil {
		return fmt.Errorf("revenue: %w", err)
	}
	b.OrderScale, b.RevenueScale = f.OrderScale, f.RevenueScale
	if !(b.OrderScale > 0 && b.RevenueScale > 0) {
		return fmt.Errorf("scales %v and %v are not above 0", b.OrderScale, b.RevenueScale)
	}
	return nil
}

func readTrees(text string, loss gbdt.Loss) (*gbdt.Model, error) {
	m, err := gbdt.Read(strings.NewReader(text))
	if err == nil && m.Objective.Loss != loss {
		err = fmt.Errorf("trees for %s, not %s", m.Objective.Loss, loss)
	}
	return m, err
}
