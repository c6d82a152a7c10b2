// Package gbdt is gradient-boosted decision trees on histograms, trained,
// applied, explained and exchanged with LightGBM.
//
// Config.Fit learns a Model. Model.Predict scores rows, Model.Explain says what
// moved each score, Model.WriteText and ReadText speak LightGBM's text format.
package gbdt
