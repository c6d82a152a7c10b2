-- Klaviyo, export of a list or segment. The customer is the e-mail, as in the
-- Shopify preset. Last Open and Last Click are of the time of the export, and so
-- left alone.
-- columns: Email, Email Marketing Consent, SMS Marketing Consent, Profile Created On, Country
-- known by: Email, Klaviyo ID
SELECT
	lower(trim(Email)) AS customer_id,
	"Profile Created On" AS signed_up_at,
	"Email Marketing Consent" AS email_consent,
	"SMS Marketing Consent" AS sms_consent,
	"Country" AS country
FROM input
WHERE Email IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY file DESC, signed_up_at, email_consent) = 1
