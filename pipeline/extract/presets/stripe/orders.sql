-- Stripe, Payments > Export: a row for each attempt to charge.
-- columns: id, Created (UTC), Created date (UTC), Amount, Amount Refunded, Refunded date (UTC), Currency, Mode, Status, Captured, Customer ID, Customer Email, order_id (metadata)
-- known by: id, Amount, Currency, Status, Captured
--
-- Only captured live payments count. A payment has no line items: it is one line.
-- Without a Customer ID (guest checkout) the customer is the e-mail; a payment
-- with neither is left out. Times are UTC.
--
-- Amount stays gross; what was refunded is a second, negative line at the date of
-- the refund, or, where the export has none, at the payment's date but known only
-- since the newest payment of the export.
WITH payments AS (
	SELECT
		coalesce("order_id (metadata)", id) AS order_id,
		coalesce(nullif(trim("Customer ID"), ''), nullif(lower(trim("Customer Email")), '')) AS customer_id,
		timezone('UTC', clock_or_bad(coalesce("Created (UTC)", "Created date (UTC)"))) AS ordered_at,
		timezone('UTC', clock("Refunded date (UTC)")) AS refunded_at,
		max(timezone('UTC', clock(coalesce("Created (UTC)", "Created date (UTC)")))) OVER (PARTITION BY file) AS exported_at,
		"Amount" AS amount,
		"Amount Refunded" AS refunded,
		upper("Currency") AS currency
	FROM input
	WHERE lower(CAST("Status" AS VARCHAR)) IN ('paid', 'succeeded', 'refunded', 'partially refunded', 'partial refund')
		AND lower(CAST(coalesce("Captured", 'true') AS VARCHAR)) = 'true'
		AND lower(CAST(coalesce("Mode", 'live') AS VARCHAR)) = 'live'
)
SELECT customer_id, order_id, ordered_at, amount, currency, 1 AS quantity, NULL::TIMESTAMPTZ AS loaded_at
FROM payments WHERE customer_id IS NOT NULL
UNION ALL
SELECT customer_id, order_id, coalesce(refunded_at, ordered_at) AS ordered_at, -refunded AS amount, currency, 0, CASE WHEN refunded_at IS NULL THEN exported_at END
FROM payments WHERE customer_id IS NOT NULL AND refunded > 0
