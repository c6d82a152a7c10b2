-- Mailchimp, granular activity of a campaign: a row for each open, click or
-- bounce. The customer is the e-mail. Times are UTC. Since 2021 mail programs
-- open mails on their own: an open says little, and none says nothing.
-- columns: Email Address, Timestamp, Action, Campaign ID, Campaign Title
-- known by: Email Address, Timestamp, Action
SELECT
	lower(trim("Email Address")) AS customer_id,
	timezone('UTC', clock_or_bad("Timestamp")) AS occurred_at,
	'email_' || lower(trim("Action")) AS kind,
	'email' AS channel,
	coalesce("Campaign ID", "Campaign Title") AS campaign_id
FROM input
WHERE "Email Address" IS NOT NULL
