-- Shopify, Orders > Export: a row for each line item.
-- columns: Name, Email, Phone, Financial Status, Currency, Subtotal, Refunded Amount, Created at, Paid at, Fulfilled at, Cancelled at, Source, Lineitem quantity, Lineitem name, Lineitem price, Lineitem sku, Lineitem discount
-- known by: Name, Financial Status, Lineitem quantity, Lineitem name, Lineitem price
--
-- There is no customer id: e-mail, else phone; an order with neither is left out.
-- Only the first row of an order has its order-level columns. An order comes
-- again in later exports: the last by file name wins, so name them by date.
-- Cancelled and voided orders are left out; pending ones stay, because cash on
-- delivery stays pending for ever.
--
-- A line's amount is its share of the subtotal, which is net of every discount.
-- Of a refund only the order's total is known, neither date nor lines. It becomes
-- one line without a product at the order's last date, but known only since the
-- newest date in its export: so no training cutoff before that can see it.
WITH latest AS (
	SELECT * FROM input QUALIFY file = max(file) OVER (PARTITION BY Name)
),
exported AS (
	SELECT file, max(clock("Created at")) AS exported_at FROM input GROUP BY file
),
lines AS (
	SELECT
		file,
		Name AS order_id,
		coalesce(nullif(lower(trim(max(Email) OVER o)), ''), nullif(trim(max(Phone) OVER o), '')) AS customer_id,
		clock_or_bad(min("Created at") OVER o) AS ordered_at,
		greatest(clock("Created at"), clock("Paid at"), clock("Fulfilled at")) AS touched_at,
		max("Currency") OVER o AS currency,
		max("Source") OVER o AS channel,
		max("Subtotal") OVER o AS subtotal,
		max("Refunded Amount") OVER o AS refunded,
		max("Cancelled at") OVER o IS NOT NULL OR lower(coalesce(max("Financial Status") OVER o, '')) IN ('voided', 'expired') AS void,
		coalesce("Lineitem sku", "Lineitem name") AS product_id,
		"Lineitem quantity" AS quantity,
		"Lineitem quantity" * "Lineitem price" AS gross,
		gross - coalesce("Lineitem discount", 0) AS net,
		sum(net) OVER o AS order_net
	FROM latest
	WINDOW o AS (PARTITION BY Name)
)
SELECT
	customer_id, order_id, ordered_at, product_id, quantity, currency, channel,
	round(CASE WHEN order_net > 0 THEN coalesce(subtotal, order_net) * net / order_net ELSE net END, 4) AS amount,
	greatest(round(gross - amount, 4), 0) AS discount,
	NULL::TIMESTAMP AS loaded_at
FROM lines
WHERE NOT void AND customer_id IS NOT NULL AND quantity IS NOT NULL
UNION ALL
SELECT
	customer_id, order_id, max(touched_at) AS ordered_at, NULL, 0, currency, channel,
	-least(max(refunded), coalesce(max(subtotal), max(refunded))) AS amount, NULL, any_value(exported_at)
FROM lines JOIN exported USING (file)
WHERE NOT void AND customer_id IS NOT NULL AND refunded > 0
GROUP BY customer_id, order_id, currency, channel
