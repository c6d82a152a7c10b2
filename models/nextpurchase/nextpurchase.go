// Package nextpurchase says when a customer will order next, and what.
//
// When holds the probability curve over time: NewWhen takes one model a horizon,
// When.Curves scores rows, Curves.Within and Curves.Dates read them. What ranks
// products and categories: NewWhat, then What.Next for each view.
package nextpurchase
