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
	columns []column // in the order of the bucket files
	event   string   // when it happened; "" for a table without time
	unique  uniqueness
	// sortBy are the columns by which a bucket is sorted; the others follow in
	// their order, so that the order is total and the bytes always the same.
	sortBy []string
	// bucketed tables are split by the hash of customer_id.
	bucketed bool
}

// tables are the canonical tables of DESIGN.md section 3.
var tables = []*canonicalTable{
	{
		name: "orders", event: "ordered_at", unique: distinctRows, bucketed: true,
		columns: []column{
			{"customer_id", textKind, true}, {"order_id", textKind, true}, {"ordered_at", instantKind, true},
			{"amount", moneyKind, true}, {"quantity", numberKind, false}, {"product_id", textKind, false},
			{"category", textKind, false}, {"discount", moneyKind, false}, {"currency", textKind, false},
			{"channel", textKind, false}, {"loaded_at", instantKind, false},
		},
		sortBy: []string{"customer_id", "ordered_at", "order_id", "product_id"},
	},
	{
		name: "engagements", event: "occurred_at", unique: repeatable, bucketed: true,
		columns: []column{
			{"customer_id", textKind, true}, {"occurred_at", instantKind, true}, {"kind", textKind, true},
			{"channel", textKind, false}, {"campaign_id", textKind, false}, {"product_id", textKind, false},
			{"value", numberKind, false}, {"loaded_at", instantKind, false},
		},
		sortBy: []string{"customer_id", "occurred_at", "kind"},
	},
	{
		name: "customers", event: "signed_up_at", unique: distinctFirstColumn, bucketed: true,
		columns: []column{
			{"customer_id", textKind, true}, {"signed_up_at", instantKind, false}, {"email_consent", answerKind, false},
			{"sms_consent", answerKind, false}, {"phone_consent", answerKind, false}, {"country", textKind, false},
		},
		sortBy: []string{"customer_id"},
	},
	{
		name: "products", unique: distinctFirstColumn,
		columns: []column{
			{"product_id", textKind, true}, {"category", textKind, false}, {"name", textKind, false},
			{"price", numberKind, false}, {"available", answerKind, false}, {"consumable", answerKind, false},
		},
		sortBy: []string{"product_id"},
	},
	{
		name: "actions", event: "sent_at", unique: distinctRows, bucketed: true,
		columns: []column{
			{"customer_id", textKind, true}, {"action", textKind, true}, {"sent_at", instantKind, true},
			{"channel", textKind, false}, {"decision_id", textKind, false},
		},
		sortBy: []string{"customer_id", "sent_at", "action"},
	},
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
