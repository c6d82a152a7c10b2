package extract

import (
	"fmt"
	"strings"

	"perennial/pipeline/history"
)

// check is one reason to reject a row. where and value are SQL over the parsed
// columns and, as raw_*, what the mapping yielded for them.
type check struct {
	field  string
	reason string
	where  string
	value  string
}

// Reasons for which a mapped row is rejected.
const (
	missing       = "missing"
	notADate      = "not a date"
	absurdDate    = "not between 1990 and 2100"
	notANumber    = "not a number"
	tooLarge      = "too large"
	negative      = "negative on a line that is no return"
	noRate        = "no rate for this currency (add it to rates)"
	notAnAnswer   = "neither yes, no nor unknown"
	repeatedRow   = "the same row again"
	repeatedFirst = "the same key again"
)

// What lies outside is a mistake of a clock or a spreadsheet, not an order.
const (
	firstPlausible = "TIMESTAMP '1990-01-01'"
	lastPlausible  = "TIMESTAMP '2100-01-01'"
	// mostNumber is far above any order and far below where float32 ends.
	mostNumber = "1e15"
)

// The bucket column of staged rows holds these for rows of no bucket.
const (
	rejectedRows = -1
	laterRows    = -2
)

// answers are the words that consent and flags are written in.
var answers = []struct{ value, words string }{
	{"true", "'yes', 'y', 'true', 't', '1', 'on', 'subscribed', 'opted_in', 'opted-in', 'opt_in', 'granted', 'given'"},
	{"false", "'no', 'n', 'false', 'f', '0', 'off', 'unsubscribed', 'opted_out', 'opted-out', 'opt_out', 'denied', 'refused', 'cleaned', 'redacted', 'invalid'"},
	{"NULL", "'unknown', 'never_subscribed', 'never subscribed', 'not_subscribed', 'not subscribed', 'pending', 'null', 'none', 'n/a', '-'"},
}

// canonical builds the statement that turns the view mapped into canonical rows
// with a verdict: schematically, mapping × rules → rows, reject, cell, bucket.
type canonical struct {
	table   *canonicalTable
	types   map[string]string // DuckDB type of each column that mapped has
	formats map[string]string // strptime formats of text times that are not ISO
	config  *Config
	asOf    history.Day
}

// checks returns the reasons in the order in which they are looked for.
func (c *canonical) checks() []check {
	var all []check
	for _, col := range c.table.columns {
		if c.types[col.name] == "" {
			continue
		}
		name, raw := col.name, "raw_"+col.name
		value := "CAST(" + raw + " AS VARCHAR)"
		if col.required {
			known := raw
			if col.kind == textKind {
				known = name // trimmed
			}
			all = append(all, check{name, missing, known + " IS NULL", "NULL"})
		}
		switch col.kind {
		case instantKind:
			all = append(all,
				check{name, notADate, raw + " IS NOT NULL AND (" + name + " IS NULL OR NOT isfinite(" + name + "))", value},
				check{name, absurdDate, name + " < " + firstPlausible + " OR " + name + " > " + lastPlausible, value})
		case moneyKind, numberKind:
			all = append(all,
				check{name, notANumber, "isnan(" + name + ")", value},
				check{name, tooLarge, "abs(" + name + ") > " + mostNumber, value})
		case answerKind:
			all = append(all, check{name, notAnAnswer, raw + " IS NOT NULL AND " + c.unknownWord(name), value})
		}
	}
	if c.types["discount"] != "" {
		all = append(all, check{"discount", negative, "discount < 0 AND amount >= 0 AND quantity >= 0", "CAST(raw_discount AS VARCHAR)"})
	}
	if c.types["currency"] != "" && c.table.has("amount") {
		all = append(all, check{"currency", noRate, c.rate() + " IS NULL", "raw_currency"})
	}
	return all
}

// plainlySound is a first branch of the verdict, which spares nearly every row the
// checks: in range, and no cell missing. It is "" where that does not make a row
// sound.
func (c *canonical) plainlySound() string {
	var all []string
	for _, col := range c.table.columns {
		switch {
		case c.types[col.name] == "":
		case col.kind == answerKind:
			return ""
		case col.kind == instantKind:
			all = append(all, col.name+" BETWEEN "+firstPlausible+" AND "+lastPlausible)
		case col.name == "discount":
			all = append(all, "discount BETWEEN 0 AND "+mostNumber)
		case col.kind == moneyKind, col.kind == numberKind:
			all = append(all, "abs("+col.name+") <= "+mostNumber)
		case col.required:
			all = append(all, col.name+" IS NOT NULL")
		case col.name == "currency" && c.table.has("amount"):
			all = append(all, "currency = "+quote(strings.ToUpper(c.config.Currency)))
		}
	}
	return " WHEN " + strings.Join(all, " AND ") + " THEN 0"
}

// rows is the whole statement. Its columns are leading, which it carries along
// from mapped, the table's, and then reject (number of the check from 1, 0 for a
// sound row), cell (what is wrong in it) and bucket.
func (c *canonical) rows(mapped string, leading ...string) string {
	var parsed, final []string
	parsed = append(parsed, leading...)
	final = append(final, leading...)
	for _, col := range c.table.columns {
		parsed = append(parsed, c.parsed(col))
		switch c.types[col.name] {
		case "":
		case "VARCHAR":
			parsed = append(parsed, "nullif("+col.name+", '') AS raw_"+col.name)
		default:
			parsed = append(parsed, col.name+" AS raw_"+col.name)
		}
		final = append(final, c.final(col))
	}
	verdict := "0"
	value := "CAST(NULL AS VARCHAR)"
	if checks := c.checks(); len(checks) > 0 {
		var rejects, values strings.Builder
		for i, check := range checks {
			fmt.Fprintf(&rejects, " WHEN %s THEN %d", check.where, i+1)
			fmt.Fprintf(&values, " WHEN %d THEN %s", i+1, check.value)
		}
		verdict = "CASE" + c.plainlySound() + rejects.String() + " ELSE 0 END"
		value = "CASE WHEN reject <> 0 THEN CAST(CASE reject" + values.String() + " END AS VARCHAR) END"
	}
	return fmt.Sprintf("SELECT %s, reject, %s AS cell, %s AS bucket\nFROM (SELECT *, %s AS reject\nFROM (SELECT %s\nFROM %s))",
		strings.Join(final, ", "), value, c.bucket(), verdict, strings.Join(parsed, ", "), mapped)
}

// parsed reads a column of the mapping as what it should be.
func (c *canonical) parsed(col column) string {
	typ := c.types[col.name]
	var expr string
	switch {
	case typ == "":
		expr = "CAST(NULL AS " + col.kind.sqlType() + ")"
	case col.kind == textKind:
		expr = textOf(col.name, typ)
	case col.kind == instantKind:
		expr = c.instantOf(col.name, typ)
	case col.kind == answerKind:
		expr = answerOf(col.name)
	case isNumeric(typ):
		expr = "CAST(" + col.name + " AS DOUBLE)"
	default:
		expr = "number(nullif(CAST(" + col.name + " AS VARCHAR), ''))"
	}
	if col.name == "quantity" {
		expr = "coalesce(" + expr + ", 1)"
	}
	return expr + " AS " + col.name
}

// final is a parsed column as it is stored: money in the shop's currency, no
// negative zero (the sort would not tell it from zero), a discount of a return
// as the money that was taken off the original line.
func (c *canonical) final(col column) string {
	name, expr := col.name, col.name
	switch col.kind {
	case moneyKind:
		if c.types["currency"] != "" {
			expr = name + " * " + c.rate()
		}
		if name == "discount" {
			expr = "abs(" + expr + ")"
		}
		return "CASE WHEN " + name + " = 0 THEN 0 ELSE " + expr + " END AS " + name
	case numberKind:
		return "CASE WHEN " + name + " = 0 THEN 0 ELSE " + name + " END AS " + name
	}
	return name
}

// bucket is the partition of a row. A row of the as-of day or later is not part
// of the extract, whatever else is wrong with it.
func (c *canonical) bucket() string {
	var later []string
	for _, name := range c.table.instants() {
		if c.types[name] != "" {
			later = append(later, fmt.Sprintf("(%s >= TIMESTAMP '%v' AND %s <= %s)", name, c.asOf, name, lastPlausible))
		}
	}
	var b strings.Builder
	b.WriteString("CASE")
	if len(later) > 0 {
		fmt.Fprintf(&b, " WHEN %s THEN %d", strings.Join(later, " OR "), laterRows)
	}
	fmt.Fprintf(&b, " WHEN reject <> 0 THEN %d ELSE ", rejectedRows)
	if c.table.bucketed {
		fmt.Fprintf(&b, "CAST(%s %% %d AS INTEGER)", md5Lower("customer_id"), c.config.Buckets)
	} else {
		b.WriteString("0")
	}
	b.WriteString(" END")
	return b.String()
}

// md5Lower is md5_number_lower of a text, without the text of 128 bits that
// DuckDB's macro goes through: that takes longer than the MD5.
func md5Lower(text string) string { return "CAST(md5_number(" + text + ") >> 64 AS UBIGINT)" }

// rate is the worth of one unit of the row's currency; NULL when it has none.
func (c *canonical) rate() string {
	var b strings.Builder
	own := quote(strings.ToUpper(c.config.Currency))
	fmt.Fprintf(&b, "CASE WHEN currency = %s OR currency IS NULL OR upper(currency) = %[1]s THEN 1", own)
	for _, currency := range c.config.foreignCurrencies() {
		fmt.Fprintf(&b, " WHEN upper(currency) = %s THEN %v", quote(strings.ToUpper(currency)), c.config.Rates[currency])
	}
	b.WriteString(" END")
	return b.String()
}

// unknownWord holds for a word that answers has not.
func (c *canonical) unknownWord(name string) string {
	var words []string
	for _, a := range answers {
		words = append(words, a.words)
	}
	return word("raw_"+name) + " NOT IN (" + strings.Join(words, ", ") + ", '')"
}

func answerOf(name string) string {
	var b strings.Builder
	b.WriteString("CASE")
	for _, a := range answers {
		fmt.Fprintf(&b, " WHEN %s IN (%s) THEN %s", word(name), a.words, a.value)
	}
	b.WriteString(" END")
	return b.String()
}

// word is a value as it is looked up in answers.
func word(name string) string {
	return "regexp_replace(lower(trim(CAST(" + name + " AS VARCHAR))), '\\.0$', '')"
}

// textOf reads an identifier or label. Spaces and tabs around it are no part of it;
// a number that only its storage made a float is written without ".0".
func textOf(name, typ string) string {
	switch {
	case typ == "DOUBLE" || typ == "FLOAT":
		return fmt.Sprintf("CASE WHEN %[1]s = trunc(%[1]s) AND abs(%[1]s) < 9e15 THEN CAST(CAST(%[1]s AS BIGINT) AS VARCHAR) ELSE CAST(%[1]s AS VARCHAR) END", name)
	case typ != "VARCHAR":
		return "CAST(" + name + " AS VARCHAR)"
	}
	// trim costs more than the rest of the row's text, and is seldom needed. Tabs stand
	// before codes that a spreadsheet must not read as numbers.
	return fmt.Sprintf("nullif(CASE WHEN starts_with(%[1]s, ' ') OR ends_with(%[1]s, ' ') OR starts_with(%[1]s, '\t') OR ends_with(%[1]s, '\t') THEN trim(%[1]s, ' \t') ELSE %[1]s END, '')", name)
}

// instantOf reads a time as the shop's wall clock.
func (c *canonical) instantOf(name, typ string) string {
	switch {
	case typ == "TIMESTAMP WITH TIME ZONE":
		return "timezone(" + quote(c.config.Timezone) + ", " + name + ")"
	case strings.HasPrefix(typ, "TIMESTAMP") || typ == "DATE":
		return "CAST(" + name + " AS TIMESTAMP)"
	}
	text := "CAST(" + name + " AS VARCHAR)"
	if format := c.formats[name]; format != "" {
		read := "try_strptime(" + text + ", " + quote(format) + ")"
		if strings.Contains(strings.ToLower(format), "%z") { // an instant, not a wall clock
			read = "timezone(" + quote(c.config.Timezone) + ", " + read + ")"
		}
		return "coalesce(" + read + ", clock(" + text + "))"
	}
	return "clock(" + text + ")"
}

func (k kind) sqlType() string {
	switch k {
	case instantKind:
		return "TIMESTAMP"
	case moneyKind, numberKind:
		return "DOUBLE"
	case answerKind:
		return "BOOLEAN"
	}
	return "VARCHAR"
}

// isNumeric reports whether typ is one of DuckDB's number types.
func isNumeric(typ string) bool {
	switch typ {
	case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE":
		return true
	}
	return strings.HasPrefix(typ, "DECIMAL")
}
