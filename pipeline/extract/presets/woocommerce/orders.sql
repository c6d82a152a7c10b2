-- WooCommerce, order exports of the SkyVerge and WebToffee plug-ins: a row for
-- each order with items in line_item_1 … or order_item_1 …, or a row for each
-- item with item_* columns, or orders without items.
-- columns: order_id, order_number, date, order_date, status, customer_user, customer_id, billing_email, customer_email, order_total, order_currency, currency, refunded_total, item_sku, item_product_id, item_name, item_quantity, item_total, line_item_1, order_item_1
-- known by: order_id, status, billing_email, order_total
--
-- A customer is the account number, a guest (number 0) the billing e-mail. Orders
-- that were never paid, or cancelled, are left out. Times are the site's.
--
-- A refund becomes one line without a product at the order's date, but known only
-- since the newest date in the export: when it happened is not in there. Shipping
-- that was refunded with the items takes nothing off them.
WITH orders AS (
	SELECT
		coalesce(order_id, order_number) AS order_id,
		coalesce("date", order_date) AS ordered_at,
		regexp_replace(lower(trim(status)), '^wc-', '') AS state,
		coalesce(nullif(nullif(trim(coalesce(customer_user, customer_id)), '0'), ''), nullif(lower(trim(coalesce(billing_email, customer_email))), '')) AS buyer,
		coalesce(order_currency, currency) AS currency,
		order_total AS total,
		CASE WHEN state = 'refunded' THEN order_total ELSE refunded_total END AS refunded,
		max(clock(coalesce("date", order_date))) OVER (PARTITION BY file) AS exported_at,
		coalesce(item_sku, item_product_id, item_name) AS item_key,
		item_quantity, item_total,
		list_value(*COLUMNS('^(line|order)_item_[0-9]+$')) AS items
	FROM input
	WHERE state IN ('processing', 'completed', 'on-hold', 'refunded') AND buyer IS NOT NULL
),
coded AS (
	SELECT * EXCLUDE (items), unnest(items) AS item FROM orders
),
-- An item is "product_id:4959|1|30|size: M" or "name:Tea|quantity:2|total:9.00|sku:T1".
lines AS (
	SELECT
		order_id, ordered_at, buyer, currency,
		coalesce(
			nullif(regexp_extract(item, '(?:^|\|)\s*sku\s*:\s*([^|]*)', 1), ''),
			nullif(regexp_extract(item, '(?:^|\|)\s*product_id\s*:\s*([^|]*)', 1), ''),
			nullif(regexp_extract(item, '(?:^|\|)\s*name\s*:\s*([^|]*)', 1), '')) AS product,
		coalesce(
			nullif(regexp_extract(item, '(?:^|\|)\s*quantity\s*:\s*([^|]*)', 1), ''),
			nullif(regexp_extract(item, '^[^|]*\|\s*([^|:]*)', 1), '')) AS pieces,
		coalesce(
			nullif(regexp_extract(item, '(?:^|\|)\s*total\s*:\s*([^|]*)', 1), ''),
			nullif(regexp_extract(item, '^[^|]*\|[^|]*\|\s*([^|:]*)', 1), '')) AS worth
	FROM coded WHERE item IS NOT NULL
),
brought AS (
	SELECT order_id, buyer, sum(number(worth)) AS worth FROM lines GROUP BY ALL
	UNION ALL
	SELECT order_id, buyer, sum(coalesce(item_total, total)) FROM orders
	WHERE len(list_filter(items, lambda x: x IS NOT NULL)) = 0
	GROUP BY ALL
)
SELECT buyer AS customer_id, order_id, ordered_at, trim(product) AS product_id, number(pieces) AS quantity, number(worth) AS amount, currency, NULL::TIMESTAMP AS loaded_at
FROM lines
UNION ALL
SELECT buyer, order_id, ordered_at, item_key AS product_id, coalesce(item_quantity, 1) AS quantity, coalesce(item_total, total) AS amount, currency, NULL
FROM orders WHERE len(list_filter(items, lambda x: x IS NOT NULL)) = 0
UNION ALL
SELECT buyer, order_id, any_value(ordered_at), NULL, 0, -least(max(refunded), any_value(worth)) AS amount, currency, any_value(exported_at)
FROM orders JOIN brought USING (order_id, buyer) WHERE refunded > 0
GROUP BY buyer, order_id, currency
