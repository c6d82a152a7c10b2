package gbdt

// Model is a sum of trees. The margin of a row is the sum of the leaves that it
// falls into; Objective turns the margin into a prediction.
//
// A Model is immutable and safe to share: those of Fit, Refit and Read keep what the
// first Predict and Explain prepare for the next. To change a tree, put together
// another Model.
type Model struct {
	// Columns are the columns of the fit, in the order that Tree.Feature
	// counts them.
	Columns []string
	// Ranges describes each column, as LightGBM's feature_infos: "[min:max]",
	// "none" for a constant, "0:3:7" for categories.
	Ranges []string
	// Monotone is -1, 0 or +1 a column; nil when nothing was constrained.
	Monotone []int8
	// Objective names the loss and with it the link from margin to prediction.
	Objective Objective
	// Trees are summed in order, in float64.
	Trees []Tree
	// Average divides the sum by the number of trees (LightGBM's random
	// forests write average_output).
	Average bool

	prepared *prepared // nil in a model put together by hand
}
