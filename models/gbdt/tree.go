package gbdt

// Tree is one decision tree in parallel arrays: inner node i is entry i of
// Feature to InnerCount, leaf l is entry l of LeafValue to LeafCount. Node 0 is
// the root; a tree of one leaf has no inner node. The layout and the meaning of
// every field are those of LightGBM's model text, version v4.
type Tree struct {
	// Feature is the column that node i asks, an index into Model.Columns.
	Feature []int32
	// Threshold sends a value to the left when value ≤ Threshold[i]. In a
	// categorical node it is an index into CategoryBounds instead.
	Threshold []float64
	// Decision holds the kind of split and what happens to missing values.
	Decision []Decision
	// Left and Right are the children: ≥ 0 an inner node, else the
	// complement (^child) of a leaf.
	Left, Right []int32
	// Gain is the loss that the split saved, 0 where unknown.
	Gain []float32

	// InnerValue, InnerWeight and InnerCount describe the training rows that
	// passed node i: output had it been a leaf, sum of hessians, rows.
	InnerValue, InnerWeight []float64
	InnerCount              []int64

	// LeafValue is what leaf l adds to the margin, shrinkage applied.
	LeafValue []float64
	// LeafWeight and LeafCount are the sum of hessians and the rows of leaf l.
	LeafWeight []float64
	LeafCount  []int64

	// CategoryBounds and CategoryBits hold the category sets: set c is the
	// bits of CategoryBits[CategoryBounds[c]:CategoryBounds[c+1]]; a category
	// in the set goes left, every other and a missing one right.
	CategoryBounds []int32
	CategoryBits   []uint32

	// Shrinkage is the learning rate that LeafValue already includes.
	Shrinkage float64
}

// Decision is LightGBM's decision_type of a node: bit 0 categorical, bit 1
// missing values go left, bits 2 and 3 the kind of Missing.
type Decision uint8

// Missing is which values a node treats as missing.
type Missing uint8

// The kinds of missing value. With MissingNone and MissingZero, NaN counts as 0.
const (
	MissingNone Missing = iota // no value is missing
	MissingZero                // |value| ≤ 1e-35 is missing
	MissingNaN                 // NaN is missing
)

// NewDecision packs a decision.
func NewDecision(categorical, defaultLeft bool, missing Missing) Decision {
	d := Decision(missing) << 2
	if categorical {
		d |= 1
	}
	if defaultLeft {
		d |= 2
	}
	return d
}

// Categorical says that the node asks for membership in a category set.
func (d Decision) Categorical() bool { return d&1 != 0 }

// DefaultLeft says that missing values go left.
func (d Decision) DefaultLeft() bool { return d&2 != 0 }

// Missing returns which values are missing.
func (d Decision) Missing() Missing { return Missing(d>>2) & 3 }

// Leaves returns the number of leaves, at least 1.
func (t *Tree) Leaves() int { return len(t.LeafValue) }
