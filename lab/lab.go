// Package lab is the bench of analysts: one model on one plain table, outside any
// shop. Learn fits learners on one table and judges them on another, Customers
// fits customer-base models to a table of orders, and Basket predicts next baskets.
package lab
