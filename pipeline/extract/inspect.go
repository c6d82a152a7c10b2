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
	Name    string // base name of the file
	Rows    int64
	Bad     int64  // csv lines that are no sound record, not in Rows
	Table   string // canonical table that it looks like; "" when none
	Preset  string // that knows its header; "" when none
	SQL     string // mapping to Table; "" when names are canonical, a preset fits, or Table is ""
	Columns []InspectedColumn
}

// InspectedColumn is a column of an export.
type InspectedColumn struct {
	Name    string
	Type    string   // text, number, time or boolean, by its first rows
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
	b, err := openBench(ctx, path, false, w)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	found = &Inspection{Name: filepath.Base(path)}
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
	"customer_id":   {"customerid", "customer", "clientid", "client", "userid", "user", "memberid", "householdid", "cardid", "customeremail", "email", "emailaddress", "mastercustomerid"},
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
		if strings.ContainsRune(" _-.", r) {
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
				return
			}
		}
	}
	best := -1
	for _, t := range tables {
		meanings := meaningsOf(t, columns)
		expressions := expressionsFor(t, meanings, columns)
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

// expressionsFor returns the SQL of the canonical columns that can be had. An
// order's number can be made up from who and when, its amount from price.
func expressionsFor(t *canonicalTable, meanings map[string]string, columns []string) map[string]string {
	expr := map[string]string{}
	for name, column := range meanings {
		expr[name] = quoteName(column)
	}
	if t.name != "orders" {
		return expr
	}
	price := slices.IndexFunc(columns, func(name string) bool { return slices.Contains(synonyms["price"], plainName(name)) })
	if expr["amount"] == "" && expr["quantity"] != "" && price >= 0 {
		expr["amount"] = expr["quantity"] + " * " + quoteName(columns[price])
	}
	if expr["order_id"] == "" && expr["customer_id"] != "" && expr["ordered_at"] != "" {
		expr["order_id"] = fmt.Sprintf("concat_ws(' ', %s, %s)", expr["customer_id"], expr["ordered_at"])
	}
	return expr
}

// suggest writes the mapping to a table and notes what the columns mean in it.
func (f *Inspection) suggest(t *canonicalTable, columns []string) {
	meanings := meaningsOf(t, columns)
	expressions := expressionsFor(t, meanings, columns)
	canonical := true
	var items []string
	for _, c := range t.columns {
		if expressions[c.name] == "" {
			continue
		}
		canonical = canonical && strings.EqualFold(c.name, meanings[c.name])
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
			return column.Sample[0]
		}
	}
	return ""
}
