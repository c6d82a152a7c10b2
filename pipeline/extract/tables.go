package extract

import (
	"slices"
	"strings"
)

// kind is what the values of a canonical column are.
type kind int

const (
	textKind    kind = iota // trimmed; empty is missing
	instantKind             // wall clock of the shop, microseconds
	moneyKind               // number in the row's currency
	numberKind
	answerKind // yes, no or unknown
)

// column is a column of a canonical table.
type column struct {
	name     string
	kind     kind
	required bool
	doc      string // what it is; how it is read, where that is not plain
}

// uniqueness says what may not come twice in a table.
type uniqueness int

const (
	repeatable uniqueness = iota
	distinctRows
	distinctFirstColumn
)

// canonicalTable is one of the five tables that sources are mapped to.
type canonicalTable struct {
	name    string
	doc     string
	columns []column // in the order of the bucket files
	event   string   // when it happened; "" for a table without time
	unique  uniqueness
	// sortBy are the columns by which a bucket is sorted; the others follow in
	// their order, so that the order is total and the bytes always the same.
	sortBy []string
	// bucketed tables are split by the hash of customer_id.
	bucketed bool
}

// tables are the canonical tables. CONFIGURATION.md shows them.
var tables = []*canonicalTable{
	{
		name: "orders", event: "ordered_at", unique: distinctRows, bucketed: true,
		doc: "One row for each line of an order, or one for an order whose products are not known. A negative amount or quantity is a return.",
		columns: []column{
			{"customer_id", textKind, true, "who ordered"},
			{"order_id", textKind, true, "lines of one order share it"},
			{"ordered_at", instantKind, true, "when it was ordered"},
			{"amount", moneyKind, true, "revenue of the line after discount, in its currency"},
			{"quantity", numberKind, false, "pieces; absent is 1"},
			{"product_id", textKind, false, "what was bought; without it no product is recommended"},
			{"category", textKind, false, "of the product; absent is what products says"},
			{"discount", moneyKind, false, "what was taken off, in the currency of the line"},
			{"currency", textKind, false, "ISO code; absent is the shop's, another needs one of the rates"},
			{"channel", textKind, false, "where it was sold, as web or store"},
			{"loaded_at", instantKind, false, "when the shop's system learned of it; a cutoff before that does not see the row"},
		},
		sortBy: []string{"customer_id", "ordered_at", "order_id", "product_id"},
	},
	{
		name: "engagements", event: "occurred_at", unique: repeatable, bucketed: true,
		doc: "One row for each thing that a customer did besides ordering.",
		columns: []column{
			{"customer_id", textKind, true, "whose it was"},
			{"occurred_at", instantKind, true, "when"},
			{"kind", textKind, true, "visit, view, cart, email_open, email_click, ticket, review and nps have features of their own; any other counts as engagement, and the shop's own features can ask for it"},
			{"channel", textKind, false, "where"},
			{"campaign_id", textKind, false, "which mailing it belongs to"},
			{"product_id", textKind, false, "which product it is about"},
			{"value", numberKind, false, "a number that belongs to the kind, as the stars of a review"},
			{"loaded_at", instantKind, false, "as in orders"},
		},
		sortBy: []string{"customer_id", "occurred_at", "kind"},
	},
	{
		name: "customers", event: "signed_up_at", unique: distinctFirstColumn, bucketed: true,
		doc: "One row a customer. Without a yes to one of the channels nobody is advertised to.",
		columns: []column{
			{"customer_id", textKind, true, "who"},
			{"signed_up_at", instantKind, false, "when the shop first knew her"},
			{"email_consent", answerKind, false, "only a yes allows e-mail; absent is never asked"},
			{"sms_consent", answerKind, false, "the same for SMS"},
			{"phone_consent", answerKind, false, "the same for calls"},
			{"country", textKind, false, "kept; no feature reads it yet"},
			{"excluded", answerKind, false, "a yes is for test accounts, resellers and staff: her row says so, no action is proposed, and CRM syncs are told to show her no more"},
		},
		sortBy: []string{"customer_id"},
	},
	{
		name: "products", unique: distinctFirstColumn,
		doc: "One row a product.",
		columns: []column{
			{"product_id", textKind, true, "which"},
			{"category", textKind, false, "of lines that name none; absent is what most of its lines say"},
			{"name", textKind, false, "for the words of reasons"},
			{"price", numberKind, false, "of one piece; kept, and nothing reads it yet"},
			{"available", answerKind, false, "a no is never recommended; absent is yes"},
			{"consumable", answerKind, false, "a yes runs out: when it is due again is predicted; absent is no"},
		},
		sortBy: []string{"product_id"},
	},
	{
		name: "actions", event: "sent_at", unique: distinctRows, bucketed: true,
		doc: "One row for each action that was really sent: limits of contact count from it.",
		columns: []column{
			{"customer_id", textKind, true, "to whom"},
			{"action", textKind, true, "its name, as published"},
			{"sent_at", instantKind, true, "when"},
			{"channel", textKind, false, "through what"},
			{"decision_id", textKind, false, "of the published row that asked for it; kept for comparisons of groups"},
		},
		sortBy: []string{"customer_id", "sent_at", "action"},
	},
}

// as is the table as a source fills it: with Repeats, equal rows are rows of their own.
func (t *canonicalTable) as(s *Source) *canonicalTable {
	if !s.Repeats || t.unique != distinctRows {
		return t
	}
	repeating := *t
	repeating.unique = repeatable
	return &repeating
}

// names returns the column names in the order of the bucket files.
func (t *canonicalTable) names() []string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	return names
}

// totalOrder returns all columns, those of sortBy first.
func (t *canonicalTable) totalOrder() []string {
	order := slices.Clone(t.sortBy)
	for _, name := range t.names() {
		if !slices.Contains(order, name) {
			order = append(order, name)
		}
	}
	return order
}

// has reports whether the table has a column.
func (t *canonicalTable) has(name string) bool {
	return slices.Contains(t.names(), name)
}

// instants returns the columns that decide whether a row is known at a cutoff.
func (t *canonicalTable) instants() []string {
	var names []string
	for _, c := range t.columns {
		if c.kind == instantKind {
			names = append(names, c.name)
		}
	}
	return names
}

// checkKey checks the columns of a source's key.
func (t *canonicalTable) checkKey(key []string) error {
	for i, name := range key {
		switch {
		case !t.has(name):
			return configError("key: %s is not a column of %s (there are %s)", name, t.name, strings.Join(t.names(), ", "))
		case slices.Contains(key[:i], name):
			return configError("key: %s is there twice", name)
		}
	}
	if first := t.columns[0].name; len(key) > 0 && t.unique == distinctFirstColumn && !slices.Equal(key, []string{first}) {
		return configError("key: %s can only have [%s]", t.name, first)
	}
	return nil
}
