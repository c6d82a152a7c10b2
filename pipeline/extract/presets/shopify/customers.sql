-- Shopify, Customers > Export. The key is that of the orders preset.
-- columns: Email, Phone, Accepts Email Marketing, Accepts SMS Marketing, Default Address Country Code
-- known by: Customer ID, Email, Accepts Email Marketing, Total Spent
SELECT
	coalesce(nullif(lower(trim(Email)), ''), nullif(trim(Phone), '')) AS customer_id,
	"Accepts Email Marketing" AS email_consent,
	"Accepts SMS Marketing" AS sms_consent,
	"Default Address Country Code" AS country
FROM input
WHERE customer_id IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY file DESC, email_consent DESC, country) = 1
