package extract

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Inspection is what an unknown export may be.
type Inspection struct {
	Name     string // base name of the file
	Encoding string // of csv that is not UTF-8: utf-16 or windows-1252; else ""
	Rows     int64
	Bad      int64  // csv lines that are no sound record, not in Rows
	Table    string // canonical table that it looks like; "" when none
	Preset   string // that knows its header; "" when none
	SQL      string // mapping to Table; "" when names are canonical, a preset fits, or Table is ""
	Columns  []InspectedColumn
}

// InspectedColumn is a column of an export.
type InspectedColumn struct {
	Name    string
	Type    string   // text, number, time, boolean, decimal_comma or decimal_point, by its first rows
	Sample  []string // up to three values
	Meaning string   // canonical column of Inspection.Table that it may be; "" when none
}

// Inspect looks at an export: its columns, what they hold, and how it may be
// mapped. What it guesses is for a person to confirm.
//
// As nobody knows yet what the file is, a child process looks at it, as for Run.
func Inspect(ctx context.Context, path string) (*Inspection, error) {
	var found *Inspection
	if err := callOnce(ctx, request{Call: callInspect, Path: path}, &found); err != nil {
		return nil, fmt.Errorf("inspect: %w", err)
	}
	return found, nil
}

func inspect(ctx context.Context, path string, w witness) (found *Inspection, err error) {
	b, encoding, err := openUnknown(ctx, path, w)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	found = &Inspection{Name: filepath.Base(path), Encoding: encoding}
	for _, f := range b.input.files {
		for _, n := range f.reject {
			found.Bad += n
		}
	}
	if err := b.db.row(ctx, "SELECT count(*) FROM raw", &found.Rows); err != nil {
		return nil, err
	}
	if err := b.inspectColumns(ctx, found); err != nil {
		return nil, err
	}
	found.guess(b.input.columns)
	return found, nil
}

// openUnknown opens an export whose encoding nobody has told: what is not UTF-8 is
// UTF-16 by its mark, or else windows-1252, of which Latin-1 is a part.
func openUnknown(ctx context.Context, path string, w witness) (*bench, string, error) {
	of := benchConfig(path)
	b, err := openBench(ctx, of, false, w)
	encoding := ""
	switch {
	case errors.Is(err, errWide):
		encoding = "utf-16"
	case errors.Is(err, ErrBadData) && strings.Contains(err.Error(), notText): // the header
		encoding = "windows-1252"
	case err == nil:
		encoding, err = b.encoding(ctx)
	}
	if encoding == "" {
		return b, "", err
	}
	if b != nil {
		if err := b.close(); err != nil {
			return nil, "", err
		}
	}
	of.Sources.Orders.Encoding = encoding
	b, err = openBench(ctx, of, false, w)
	return b, encoding, err
}

// encoding is windows-1252 if the lines that are not UTF-8 are the only ones with
// other letters than those of ASCII: else some lines of UTF-8 are damaged.
func (b *bench) encoding(ctx context.Context) (string, error) {
	var damaged int64
	for _, f := range b.input.files {
		damaged += f.reject[notText]
	}
	if damaged == 0 {
		return "", nil
	}
	var letters bool
	err := b.db.row(ctx, `SELECT coalesce(bool_or(regexp_matches(CAST(raw AS VARCHAR), '[^\x00-\x7F]')), false) FROM raw`, &letters)
	if err != nil || letters {
		return "", err
	}
	return "windows-1252", nil
}

func (b *bench) inspectColumns(ctx context.Context, found *Inspection) error {
	profiles := map[string]profile{}
	if b.input.files[0].file.format == csvFormat {
		var err error
		if profiles, err = profileColumns(ctx, b.db, b.input.columns, profileRows); err != nil {
			return err
		}
	}
	for _, name := range b.input.columns {
		c := InspectedColumn{Name: name, Type: typeWord(b.types[strings.ToLower(name)])}
		switch profiles[strings.ToLower(name)].plain() {
		case asNumber:
			c.Type = "number"
		case asInstant:
			c.Type = "time"
		case asBoolean:
			c.Type = "boolean"
		default:
			written, err := b.written(ctx, name, c.Type)
			if err != nil {
				return err
			}
			c.Type = written
		}
		query := fmt.Sprintf("SELECT v FROM (SELECT CAST(%s AS VARCHAR) AS v FROM raw LIMIT 1000) WHERE v IS NOT NULL GROUP BY v ORDER BY count(*) DESC, v LIMIT 3", quoteName(name))
		err := b.db.each(ctx, query, func(scan func(...any) error) error {
			var value string
			if err := scan(&value); err != nil {
				return err
			}
			c.Sample = append(c.Sample, excerpt(value))
			return nil
		})
		if err != nil {
			return err
		}
		found.Columns = append(found.Columns, c)
	}
	return nil
}

// The types of columns of amounts that people read: 1.234,50 € and $1,234.50. The
// macros of these names read them.
const (
	decimalComma = "decimal_comma"
	decimalPoint = "decimal_point"
)

// written returns how the amounts of a text column are written, or typ if it holds
// others.
func (b *bench) written(ctx context.Context, column, typ string) (string, error) {
	named := func(canonical string) bool { return slices.Contains(synonyms[canonical], plainName(column)) }
	if typ != "text" || !slices.ContainsFunc([]string{"amount", "price", "discount", "quantity", "value"}, named) {
		return typ, nil
	}
	// A sign or bracket, a currency before or behind, digits that separators group, and
	// what follows the decimal mark.
	all := func(separators, mark string) string {
		return `coalesce(bool_and(regexp_matches(v, '^\(?[-+]?(\p{Sc}|\p{L}{1,3}\.?[\s\p{Z}])?[\s\p{Z}]?[-+]?[0-9]+(` + separators + `[0-9]{3})*(` + mark + `[0-9]+)?[\s\p{Z}]?(\p{Sc}|\p{L}{1,3}\.?)?\)?$')), false)`
	}
	var comma, point, cents bool
	err := b.db.row(ctx, "SELECT "+all(`[. '']`, `,`)+", "+all(`[, '']`, `\.`)+", coalesce(bool_or(regexp_matches(v, ',[0-9]{1,2}([^0-9]|$)')), false)"+
		fmt.Sprintf(" FROM (SELECT nullif(trim(%s), '') AS v FROM raw LIMIT %d) WHERE v IS NOT NULL", quoteName(column), profileRows), &comma, &point, &cents)
	switch {
	case err != nil:
		return typ, err
	case comma && cents:
		return decimalComma, nil
	case point:
		return decimalPoint, nil
	}
	return typ, nil
}

// typeWord is the word for a DuckDB type.
func typeWord(typ string) string {
	switch {
	case isNumeric(typ):
		return "number"
	case strings.HasPrefix(typ, "TIMESTAMP") || typ == "DATE":
		return "time"
	case typ == "BOOLEAN":
		return "boolean"
	}
	return "text"
}

// synonyms are names that exports give to canonical columns, without case,
// spaces and underscores; the likelier first.
var synonyms = map[string][]string{
	"customer_id":   {"customerid", "clientid", "userid", "memberid", "householdid", "cardid", "mastercustomerid", "customeremail", "email", "emailaddress", "customer", "client", "user"},
	"order_id":      {"orderid", "order", "ordernumber", "orderno", "invoice", "invoiceno", "invoiceid", "invoicenumber", "transactionid", "basketid", "receipt", "receiptid"},
	"ordered_at":    {"orderedat", "orderdate", "invoicedate", "purchasedate", "transdate", "transactiondate", "transactiontimestamp", "createdat", "timestamp", "datetime", "date"},
	"amount":        {"amount", "lineamount", "linetotal", "revenue", "netrevenue", "netsales", "sales", "salesvalue", "tranamount", "dollarvalue", "total", "ordertotal"},
	"quantity":      {"quantity", "qty", "units", "numberofcds", "itemcount"},
	"product_id":    {"productid", "product", "sku", "stockcode", "itemid", "item", "articleid", "article"},
	"category":      {"category", "productcategory", "department", "producttype"},
	"discount":      {"discount", "discountamount", "retaildisc"},
	"currency":      {"currency", "ordercurrency", "currencycode"},
	"channel":       {"channel", "source", "saleschannel"},
	"loaded_at":     {"loadedat", "importedat"},
	"occurred_at":   {"occurredat", "eventtime", "eventdate", "timestamp", "datetime", "createdat", "date", "time"},
	"kind":          {"kind", "event", "eventtype", "eventname", "type", "activity", "action", "metric"},
	"campaign_id":   {"campaignid", "campaign", "campaignname"},
	"value":         {"value", "score", "rating"},
	"signed_up_at":  {"signedupat", "signupdate", "registeredat", "registrationdate", "customersince", "optintime", "createdat"},
	"email_consent": {"emailconsent", "acceptsemailmarketing", "acceptsmarketing", "emailmarketingconsent", "newsletter"},
	"sms_consent":   {"smsconsent", "acceptssmsmarketing"},
	"phone_consent": {"phoneconsent"},
	"country":       {"country", "countrycode", "cc", "billingcountry"},
	"excluded":      {"excluded", "testaccount", "istest"},
	"name":          {"name", "productname", "title", "description"},
	"price":         {"price", "unitprice", "retailprice"},
	"available":     {"available", "instock", "active"},
	"consumable":    {"consumable"},
	"action":        {"action", "actionname"},
	"sent_at":       {"sentat", "sendtime", "senddate"},
	"decision_id":   {"decisionid"},
}

// plainName is a column name as synonyms has it.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" _-.\r\n\t", r) {
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// guess picks the preset, or the table whose columns are found best.
func (f *Inspection) guess(columns []string) {
	for _, t := range tables {
		for _, name := range Presets(t.name) {
			if p, err := readPreset(name, t.name); err == nil && p.knows(columns) {
				f.Table, f.Preset = t.name, name
				f.noteCurrency(p.columns)
				return
			}
		}
	}
	best := -1
	for _, t := range tables {
		expressions := f.expressions(t, meaningsOf(t, columns), columns)
		complete := !slices.ContainsFunc(t.columns, func(c column) bool { return c.required && expressions[c.name] == "" })
		if complete && len(expressions) > best {
			best = len(expressions)
			f.Table = t.name
		}
	}
	for _, t := range tables {
		if t.name == f.Table {
			f.suggest(t, columns)
		}
	}
}

// noteCurrency notes which of a preset's columns names the currency.
func (f *Inspection) noteCurrency(columns []string) {
	for i := range f.Columns {
		if c := &f.Columns[i]; slices.Contains(columns, c.Name) && slices.Contains(synonyms["currency"], plainName(c.Name)) {
			c.Meaning = "currency"
		}
	}
}

// meaningsOf finds the column for each canonical column of a table.
func meaningsOf(t *canonicalTable, columns []string) map[string]string {
	meanings := map[string]string{}
	var taken []string
	for _, c := range t.columns {
		for _, synonym := range append([]string{plainName(c.name)}, synonyms[c.name]...) {
			i := slices.IndexFunc(columns, func(name string) bool { return plainName(name) == synonym && !slices.Contains(taken, name) })
			if i >= 0 {
				meanings[c.name] = columns[i]
				taken = append(taken, columns[i])
				break
			}
		}
	}
	return meanings
}

// expressions returns the SQL of the canonical columns that can be had. An order's
// number can be made up from who and when, its amount from price: a column that holds
// the whole order's has no meaning then.
func (f *Inspection) expressions(t *canonicalTable, meanings map[string]string, columns []string) map[string]string {
	expr := map[string]string{}
	for name, column := range meanings {
		expr[name] = f.reading(column)
	}
	if t.name != "orders" {
		return expr
	}
	price := slices.IndexFunc(columns, func(name string) bool { return slices.Contains(synonyms["price"], plainName(name)) })
	if (expr["amount"] == "" || ofWholeOrder(meanings)) && expr["quantity"] != "" && price >= 0 {
		expr["amount"] = expr["quantity"] + " * " + f.reading(columns[price])
		delete(meanings, "amount")
	}
	if expr["order_id"] == "" && expr["customer_id"] != "" && expr["ordered_at"] != "" {
		expr["order_id"] = fmt.Sprintf("concat_ws(' ', %s, %s)", expr["customer_id"], expr["ordered_at"])
	}
	return expr
}

// reading is the SQL that reads a column: by a macro what only people can read.
func (f *Inspection) reading(column string) string {
	for _, c := range f.Columns {
		if c.Name == column && (c.Type == decimalComma || c.Type == decimalPoint) {
			return c.Type + "(" + quoteName(column) + ")"
		}
	}
	return quoteName(column)
}

// ofWholeOrder reports whether an amount is likelier the order's, which every line
// repeats, than the line's: a total beside a product.
func ofWholeOrder(meanings map[string]string) bool {
	return meanings["product_id"] != "" && slices.Contains([]string{"total", "ordertotal"}, plainName(meanings["amount"]))
}

// suggest writes the mapping to a table and notes what the columns mean in it.
func (f *Inspection) suggest(t *canonicalTable, columns []string) {
	meanings := meaningsOf(t, columns)
	expressions := f.expressions(t, meanings, columns)
	canonical := true
	var items []string
	for _, c := range t.columns {
		if expressions[c.name] == "" {
			continue
		}
		canonical = canonical && strings.EqualFold(quoteName(c.name), expressions[c.name])
		items = append(items, expressions[c.name]+" AS "+c.name)
		for i := range f.Columns {
			if f.Columns[i].Name == meanings[c.name] {
				f.Columns[i].Meaning = c.name
			}
		}
	}
	if canonical {
		return
	}
	f.SQL = "SELECT " + strings.Join(items, ",\n       ") + "\nFROM input"
	if id := expressions["customer_id"]; id != "" {
		f.SQL += "\nWHERE " + id + " IS NOT NULL"
	}
}

// Currency returns the first currency that the export names, "" if none.
func (f *Inspection) Currency() string {
	for _, column := range f.Columns {
		if column.Meaning == "currency" && len(column.Sample) > 0 {
			return strings.ToUpper(column.Sample[0])
		}
	}
	return ""
}
