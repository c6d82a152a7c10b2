// Package golearn puts two classic learners of github.com/sjwhitworth/golearn,
// its ID3 forest and its liblinear, behind plain slices. They are challengers
// and oracles trained on a capped sample; golearn is never in the scoring path.
//
// Start with ForestConfig.Fit or LiblinearConfig.Fit. The models are our own
// plain structures: predicting, saving and reading them needs no golearn. A
// program that fits a Liblinear must call ServeChild when ChildCommand is its
// first argument.
//
// What golearn v0.0.0-20221228163002 does wrong, and how it is stepped around:
//
//  1. Training liblinear breaks cgo's pointer rules, and today's Go panics. It
//     runs in a child process under GODEBUG=cgocheck=0.
//  2. Its liblinear predicts with the positive features only. We predict from
//     the exported weights.
//  3. Its liblinear never gets an intercept. A constant column is appended; the
//     penalty therefore holds for the intercept too.
//  4. Its liblinear takes some 40 bytes a cell and leaks the C model. Rows are
//     capped and the child's memory ends with the child.
//  5. Its trees hang on NaN. Missing and infinite values are made finite before
//     golearn sees them.
//  6. Its CSV reader turns empty cells into 0 and guesses types from the first
//     row. It is not used.
//  7. Its forest draws features once per tree, trains every tree at once and draws
//     from the unseeded global generator; its views visit rows in the random
//     order of a map. Rows and features are drawn here, by seed, tree and node,
//     and every node is searched in one order of rows.
//  8. Its forest learns nonsense, silently, from a numeric class. The class given
//     to it is categorical, always.
//  9. Its CART costs rows × values × features per node. It is not used.
//  10. Its search for a threshold skips candidates after repeated values, and
//     scores x < t where it then splits on x <= t. The second is mended. The first
//     is why trees see distinct rows instead of a bootstrap; it still leaves few
//     thresholds to a column that is mostly zero.
//
// Neither learner knows sample weights: whole numbers are taken as repeated
// rows, all other weights are refused. A numeric column splits once on a path.
package golearn
