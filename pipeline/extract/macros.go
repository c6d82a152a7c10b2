package extract

// macros are the readings of text that views and mappings share; a source's SQL
// may use them. clock reads a time as the shop's wall clock, null if it is none.
// number and clock_or_bad do not answer a value that they cannot read with null,
// which arithmetic or a default would hide, but with NaN or infinity: what is
// computed from it is recognisably bad too, and the row is rejected. decimal_comma
// and decimal_point read amounts as people write them, as 1.234,50 € and (1,234.50).
func macros(timezone string) []string {
	return []string{
		clockMacro(timezone),
		`CREATE TEMP MACRO clock(s) AS clock_text(CAST(s AS VARCHAR))`,
		`CREATE TEMP MACRO number(s) AS coalesce(try_cast(s AS DOUBLE), CASE WHEN s IS NOT NULL THEN 'nan'::DOUBLE END)`,
		`CREATE TEMP MACRO bare_amount(s, separator) AS regexp_replace(regexp_replace(regexp_replace(nullif(trim(CAST(s AS VARCHAR)), ''), '^\(|^[\p{L}]{1,3}\.?[\s\p{Z}]|[\s\p{Z}]?[\p{L}]{1,3}\.?$|[\s\p{Z}\p{Sc}'']', '', 'g'), '^(.*)\)$', '-\1'), '[' || separator || ']([0-9]{3})', '\1', 'g')`,
		`CREATE TEMP MACRO decimal_comma(s) AS number(replace(bare_amount(s, '.'), ',', '.'))`,
		`CREATE TEMP MACRO decimal_point(s) AS number(bare_amount(s, ','))`,
		`CREATE TEMP MACRO clock_or_bad(s) AS coalesce(clock(s), CASE WHEN s IS NOT NULL THEN 'infinity'::TIMESTAMP END)`,
	}
}

// clockMacro defines clock_text, which reads ISO 8601 text as the shop's wall clock; null when it is none.
//
// A cast to TIMESTAMP ignores an offset without a word, and a cast to TIMESTAMP
// WITH TIME ZONE does not know +0600 or a time without seconds, is slow, and moves
// the clock in the hour that summer time skips. So text of the three commonest shapes without an
// offset is cast directly, and all other text is looked at for a zone first.
func clockMacro(timezone string) string {
	return `CREATE TEMP MACRO clock_text(s) AS CASE
WHEN strlen(s) = 10 OR strlen(s) = 16 OR strlen(s) = 19 AND s[17] = ':' THEN try_cast(s AS TIMESTAMP)
WHEN contains(s, ':') AND regexp_matches(s, '[0-9] ?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?|[A-Za-z]{3}[A-Za-z_/+-]*)$')
THEN timezone(` + quote(timezone) + `, try_cast(regexp_replace(regexp_replace(s, ' ?([+-][0-9]{2}):?([0-9]{2})$', '\1:\2'), '^(.{10}[T ][0-9]{2}:[0-9]{2})([^:0-9])', '\1:00\2') AS TIMESTAMPTZ))
WHEN regexp_full_match(s, '[0-9]{8}') THEN try_strptime(s, '%Y%m%d')
ELSE try_cast(s AS TIMESTAMP) END`
}

// dateFormats are the forms that exports write dates in besides ISO 8601, as
// strptime formats without the time of day. The order decides between forms
// that read the same number of values, except that which part is the day, the
// month or a year of two digits is never guessed: see textFormats.
var dateFormats = []string{"%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%d/%m/%y", "%m/%d/%y", "%y/%m/%d", "%d.%m.%y", "%d-%m-%y", "%m-%d-%y", "%y-%m-%d", "%d %b %Y", "%b %d, %Y", "%d-%b-%Y", "%Y/%m/%d"}

// timesOfDay may follow a date.
var timesOfDay = []string{"", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p"}
