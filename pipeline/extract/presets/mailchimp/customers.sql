-- Mailchimp, audience export: the files subscribed_…, unsubscribed_…,
-- nonsubscribed_… and cleaned_… tell who may be written to. The customer is the
-- e-mail. Times are UTC. MEMBER_RATING is of the time of the export, and so left
-- alone.
-- columns: Email Address, OPTIN_TIME, CONFIRM_TIME, UNSUB_TIME, CLEAN_TIME, CC
-- known by: Email Address, MEMBER_RATING, OPTIN_TIME, LEID
SELECT
	lower(trim("Email Address")) AS customer_id,
	timezone('UTC', coalesce(clock("OPTIN_TIME"), clock("CONFIRM_TIME"))) AS signed_up_at,
	CASE
		WHEN "UNSUB_TIME" IS NOT NULL OR "CLEAN_TIME" IS NOT NULL OR file SIMILAR TO '(unsubscribed|cleaned)_.*' THEN 'no'
		WHEN file LIKE 'subscribed\_%' ESCAPE '\' THEN 'yes'
		ELSE 'unknown'
	END AS email_consent,
	"CC" AS country
FROM input
WHERE "Email Address" IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY email_consent, file DESC, signed_up_at) = 1
