// Package nextpurchase says when a customer will order next, and what.
//
// When holds the probability curve over time: NewWhen takes one model a horizon,
// When.Curves scores rows, Curves.Within and Curves.Dates read them. What names
// products and categories with reasons: gather Purchases as of tonight and a Trial
// as of a past night, let Trial.Choose find who ranks best, fit NewWhat, then call
// Recommender.Fill for each customer.
package nextpurchase
