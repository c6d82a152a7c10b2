// Package simulate makes up a shop whose truth is known: exports that look like
// any shop's, and beside them what no shop can know about its customers.
//
// Call Run to write one folder: orders.csv, engagements.csv, customers.csv,
// products.csv, actions.csv, a perennial.yaml that runs a night over them, and
// truth.parquet, against which models are judged.
//
// The default shop of 2,000 customers over two years has 40,000 lines: three
// orders a customer, six lines an order, 3% of lines coming back. Half of the
// customers order once, half of the repeat gaps are shorter than six weeks, three
// in ten customers order within 90 days. To judge a model, score the shop as of
// the end day and compare with the truth.
//
// # The customer's clock
//
// Customer i signs up on a day drawn with density growth(d)·season(d)·weekday(d)
// over the simulated days; growth doubles every two years. From then on she
// lives on a clock of her own that runs faster when she is inclined to buy:
//
//	pace_i(d) = season(d) · weekday(d) · (1 + 1.5·s_i·promotion(d)) · Π ratio_i(a)
//
// The pace is constant within a day; season times weekday averages 1 over a
// year. Four promotion weeks a year begin on days 60, 152, 244 and 326 of it,
// and s_i ~ Beta(1.3, 3) is the customer's sensitivity to discounts. The product
// runs over the actions a that were sent to her 1 to 14 days before d. Clock
// time is measured in days of average pace; within a day it is spread over the
// hours as customers are.
//
// # Orders
//
// On that clock the customer passes through stages, each of which takes an
// exponential time with rate θ_i = k_i·λ_i. Every k_i stages she orders, so her
// gaps are Erlang(k_i) with mean 1/λ_i: k = 1 orders at random, k = 8 like
// clockwork. λ_i is gamma distributed over customers, k_i one of 1, 2, 3, 4, 8.
// Nineteen in twenty order when they sign up; the others are prospects whose
// first gap begins at the sign-up.
//
// # Drift away
//
// At every midnight after the day of sign-up the customer drifts away with
// probability q_i and never orders again; nothing announces it. With probability
// 0.08 + 0.4·s_i she leaves at once (q = 1), 25% of the rest never leave (q = 0),
// for the others -ln(1-q_i) is gamma distributed.
//
// # Baskets
//
// The value of an order before discount is log-normal, independent of its time:
// ln V ~ N(ln level_i, 0.4²), with level_i log-normal over customers. The basket
// is filled until list prices reach the value: first the customer's staples that
// are due (consumables with an own replenishment interval), then again and again
// one of the last products bought (20%), or a category from the customer's taste
// (Dirichlet) and a product from the category's Zipf popularity. What a line
// costs is its share of V: products come in sizes and variants, so it varies
// around the list price. Discounts: 10% for most orders within a voucher's 14
// days, 15% for many in a promotion week, rarely 5% otherwise; the more
// sensitive the customer, the more often. A line comes back with probability
// ρ_i, 3 to 21 days later, as a line with negative quantity and amount under the
// same order id.
//
// # Engagement
//
// Engagement follows the hidden state and past orders, never the future: visits
// come at a rate per clock time that is higher in the last stage before an order;
// some lead to views and carts; web and app orders are preceded by a visit and
// often a cart on the same day. After the drift visits die out with a mean of 30
// days and the probability of opening the fortnightly newsletter decays over 60
// days. Tickets follow returns and some orders; few orders earn a review or an
// nps answer. No row has a loaded_at: everything is known when it happens.
//
// # Actions
//
// Every 28 days, from day 56 on, each customer who signed up before that day and
// consents to e-mail is drawn independently: 10% get a reminder, 10% a voucher,
// 80% nothing. An action multiplies the pace of the following 14 days by a hidden
// ratio_i(action). The effect of an action on those who got one can therefore be
// read off against those who did not.
//
// # Truth
//
// Each row of truth.parquet is about a customer at the first instant of the end
// day, given everything hidden: λ, k, q, the stage j reached since the last
// order, and the pace ahead with no further action. All of what engagement tells
// is in that state, so no model can know more: for any prediction p̂ made from
// the exports, E[(p̂-y)²] = E[p(1-p)] + E[(p̂-p)²].
//
// Let u(n) be the clock time from the end until the start of the n-th day after
// it. For a customer who is still there, an order comes before clock time u
// unless fewer than k-j stages pass, and day n is lived to see with probability
// (1-q)^(n+1); the two are independent:
//
//	S(u)           = e^(-θu) Σ_{i<k-j} (θu)^i/i!
//	p_order(h)     = Σ_{n<h} (1-q)^(n+1) · (S(u(n)) - S(u(n+1)))
//	M(u)           = (θu + j - E[stage(u)]) / k
//	E[stage(u)]    = (k-1)/2 + Σ_{m=1}^{k-1} ω^(mj) e^(θu(ω^m-1)) / (ω^-m - 1),  ω = e^(2πi/k)
//	orders(n)      = (1-q)^(n+1) · (M(u(n+1)) - M(u(n)))
//	expected_orders_365d  = Σ_{n<365} orders(n)
//	expected_revenue_365d = Σ_{n<365} orders(n) · E[V] · (1 - E[discount(n)]) · (1-ρ)
//
// M counts renewals: all stages passed are k per order plus what is left over.
// An uplift is p_order with u(n) made faster by the action, minus p_order. These
// are sums, not approximations; they hold to rounding error, the revenue to the
// rounding of lines to cents.
package simulate
