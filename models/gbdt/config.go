package gbdt

import (
	"context"
	"fmt"
	"math"
	"runtime"
)

// Config says how to boost. The zero value is the default of every field; where
// 0 is the default but "none" makes sense too, a negative number means none.
type Config struct {
	// Objective is the loss to minimise. Default Binary.
	Objective Objective `yaml:"objective"`
	// Trees bounds the number of trees. Default 200, range >= 1.
	Trees int `yaml:"trees"`
	// Leaves bounds the leaves of a tree, which grows where the loss falls
	// most. Default 31, range [2, 65535].
	Leaves int `yaml:"leaves"`
	// MaxDepth bounds the splits between the root and a leaf. Default no bound.
	MaxDepth int `yaml:"max_depth"`
	// LearningRate shrinks every tree. Default 0.05, range (0, 1].
	LearningRate float64 `yaml:"learning_rate"`
	// MaxBins bounds the bins of a column, that of missing cells included.
	// Default 255, range [3, 255].
	MaxBins int `yaml:"bins"`
	// MinData is the least number of training rows of a leaf, estimated from the
	// sum of hessians as LightGBM does. Default 100: on churn tables gentle
	// settings are worth more than any other choice. Range >= 1.
	MinData int `yaml:"min_data"`
	// MinHessian is the least sum of hessians of a leaf. Default 0.001; negative
	// means none.
	MinHessian float64 `yaml:"min_hessian"`
	// L1 and L2 are the penalties on leaf values. Defaults 0 and 5; negative
	// means none.
	L1 float64 `yaml:"lambda_l1"`
	L2 float64 `yaml:"lambda_l2"`
	// MinGain is the least gain that justifies a split, on LightGBM's scale: twice
	// the fall of the loss. Default 0.
	MinGain float64 `yaml:"min_gain"`
	// RowFraction is the share of rows that a tree sees. Default 1, range (0, 1].
	RowFraction float64 `yaml:"bagging_fraction"`
	// RowEvery is the number of trees after which rows are drawn anew.
	// Default 1.
	RowEvery int `yaml:"bagging_freq"`
	// FeatureFraction is the share of columns that a tree sees. Default 0.7,
	// range (0, 1].
	FeatureFraction float64 `yaml:"feature_fraction"`
	// Monotone is +1 for columns that may never lower the prediction as they
	// grow, -1 for those that may never raise it, missing cells aside.
	Monotone map[string]int `yaml:"monotone"`
	// Categorical names the columns whose cells are categories: numbers in
	// (-1, 2²⁴), of which a fraction is dropped. Any other cell is missing, and
	// so is all but the 254 heaviest categories.
	Categorical []string `yaml:"categorical"`
	// Interactions are groups of columns: two columns may stand on one branch
	// only if a group holds both. A column in no group interacts with none.
	// Default: all may interact.
	Interactions [][]string `yaml:"interactions"`
	// Twins names a column in which rows differ that have the same cells otherwise,
	// as the interval does in a pooled hazard. Their gradients are added up together
	// wherever a tree does not ask for the column: the same model, but for the
	// order in which weights are summed, in less time.
	Twins string `yaml:"-"`
	// Seed keys every draw: of columns, of rows, of roundings.
	Seed uint64 `yaml:"seed"`
	// Workers is the number of goroutines. It does not change a bit of the
	// model. Default GOMAXPROCS, range >= 1.
	Workers int `yaml:"threads"`
	// Patience is the number of trees without a better loss on the watched rows
	// after which FitWatched stops; the model keeps the trees up to the best.
	// Default 30; negative means that all trees are grown and kept.
	Patience int `yaml:"early_stopping"`
	// MaxRows bounds the training rows: of more, a sample keyed by Seed and row
	// number is used and the Report says so. Default 50 million.
	MaxRows int `yaml:"max_rows"`
	// Progress, if set, is called after every tree.
	Progress func(Progress) `yaml:"-"`
}

// Progress is where a fit stands.
type Progress struct {
	Tree        int     // trees grown, from 1
	TrainLoss   float64 // mean loss of the training rows, weighted
	WatchedLoss float64 // of the watched rows; NaN without any
}

// Fit learns from x[j][i], the cell of columns[j] in row i: NaN is missing, and
// each split learns where missing cells go. Weights nil means ones; a row of
// weight 2 is the row twice: to the bit when weights are whole and sum to at
// most 32,768 without drawing of rows, else up to the rounding of gradients.
//
// The model is the same to the bit for any number of workers, and for up to
// 32,768 rows (or that sum of whole weights) for any order of rows. It is an error
// when columns repeat a name, lengths differ, a label or weight is not a number
// of its kind, labels leave nothing to learn, or ctx is cancelled.
//
// Memory: 2 bytes a cell, some 50 bytes a row. Cost: about trees × columns × 3 cells
// a row, a third to half a nanosecond each while a row's bins are in the cache.
func (c Config) Fit(ctx context.Context, columns []string, x [][]float32, y, weights []float64) (*Model, error) {
	m, _, err := c.FitWatched(ctx, Data{Columns: columns, X: x, Y: y, Weights: weights}, Data{})
	return m, err
}

func (c Config) withDefaults() Config {
	setDefault(&c.Objective.Loss, Binary)
	setDefault(&c.Objective.Sigmoid, 1)
	setDefault(&c.Objective.Power, 1.5)
	setDefault(&c.Objective.Level, 0.5)
	setDefault(&c.Trees, 200)
	setDefault(&c.Leaves, 31)
	setDefault(&c.LearningRate, 0.05)
	setDefault(&c.MaxBins, 255)
	setDefault(&c.MinData, 100)
	setDefault(&c.MinHessian, 0.001)
	setDefault(&c.L2, 5)
	setDefault(&c.RowFraction, 1)
	setDefault(&c.RowEvery, 1)
	setDefault(&c.FeatureFraction, 0.7)
	setDefault(&c.Workers, runtime.GOMAXPROCS(0))
	setDefault(&c.Patience, 30)
	setDefault(&c.MaxRows, 50_000_000)
	c.MinHessian, c.L1, c.L2, c.MinGain = max(c.MinHessian, 0), max(c.L1, 0), max(c.L2, 0), max(c.MinGain, 0)
	return c
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func (c Config) validate() error {
	if err := c.Objective.validate(); err != nil {
		return err
	}
	switch {
	case c.Trees < 1:
		return fmt.Errorf("trees is %d (choose at least 1)", c.Trees)
	case c.Leaves < 2 || c.Leaves > math.MaxUint16:
		return fmt.Errorf("leaves is %d (choose from 2 to 65535)", c.Leaves)
	case !(c.LearningRate > 0 && c.LearningRate <= 1):
		return fmt.Errorf("learning rate is %g (choose a number above 0, at most 1)", c.LearningRate)
	case c.MaxBins < 3 || c.MaxBins > 255:
		return fmt.Errorf("bins is %d (choose from 3 to 255)", c.MaxBins)
	case c.MinData < 1:
		return fmt.Errorf("min data is %d (choose at least 1)", c.MinData)
	case !(c.RowFraction > 0 && c.RowFraction <= 1):
		return fmt.Errorf("row fraction is %g (choose a number above 0, at most 1)", c.RowFraction)
	case c.RowEvery < 1:
		return fmt.Errorf("rows are drawn every %d trees (choose at least 1)", c.RowEvery)
	case !(c.FeatureFraction > 0 && c.FeatureFraction <= 1):
		return fmt.Errorf("feature fraction is %g (choose a number above 0, at most 1)", c.FeatureFraction)
	case c.Workers < 1:
		return fmt.Errorf("workers is %d (choose at least 1)", c.Workers)
	case c.MaxRows < 1 || c.MaxRows > math.MaxInt32:
		return fmt.Errorf("max rows is %d (choose from 1 to 2147483647)", c.MaxRows)
	}
	for _, v := range []float64{c.MinHessian, c.L1, c.L2, c.MinGain} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("min hessian, L1, L2 or min gain is %g (choose a finite number)", v)
		}
	}
	return nil
}

func (o Objective) validate() error {
	switch o.Loss {
	case Binary, L2, Poisson, Tweedie, Quantile:
	default:
		return fmt.Errorf("loss is %q (choose %s, %s, %s, %s or %s)", o.Loss, Binary, L2, Poisson, Tweedie, Quantile)
	}
	switch {
	case !(o.Sigmoid > 0) || math.IsInf(o.Sigmoid, 1):
		return fmt.Errorf("sigmoid is %g (choose a positive number)", o.Sigmoid)
	case !(o.Power > 1 && o.Power < 2):
		return fmt.Errorf("the Tweedie power is %g (choose a number between 1 and 2)", o.Power)
	case !(o.Level > 0 && o.Level < 1):
		return fmt.Errorf("the quantile level is %g (choose a number between 0 and 1)", o.Level)
	}
	return nil
}
