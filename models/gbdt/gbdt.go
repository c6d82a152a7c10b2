// Package gbdt is gradient-boosted decision trees on histograms, trained,
// applied, explained and exchanged with LightGBM.
//
// Config.Fit learns a Model; FitWatched stops when later rows are predicted no
// better. Model.Predict scores rows, Model.Explain says what moved each score,
// Model.Write and Read speak LightGBM's text format. More rows than memory holds
// as numbers go through NewSketch and a Binner into FitRows, block by block.
package gbdt
