package publish

import (
	"bytes"
	"reflect"
	"slices"
)

// comparer tells which columns look different in a CRM. It keeps its buffers.
type comparer struct{ before, after []byte }

// changed returns the names of the columns that a CRM shows and that differ
// between two rows; with none before, those that are not null.
func (c *comparer) changed(before, after *Score) []string {
	var names []string
	now := reflect.ValueOf(after).Elem()
	for i := range contract {
		column := &contract[i]
		if column.crm == "" {
			continue
		}
		c.before = c.before[:0]
		if before != nil {
			c.before = column.appendShown(c.before, reflect.ValueOf(before).Elem().Field(column.field))
		}
		c.after = column.appendShown(c.after[:0], now.Field(column.field))
		if !bytes.Equal(c.before, c.after) {
			names = append(names, column.name)
		}
	}
	return names
}

// hiddenColumns are those that no CRM shows, but for the keys. Rows of the commit
// before are read without them, for comparison only.
var hiddenColumns = slices.Concat(
	namesOf(contract, func(c *column) bool { return c.crm == "" && c.name != "customer_id" && c.name != "row_hash" }),
	namesOf(reasonContract, func(c *column) bool { return c.name != "reasons.code" }))
