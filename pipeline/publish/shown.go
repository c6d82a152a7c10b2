package publish

import (
	"bytes"
	"reflect"

	"github.com/parquet-go/parquet-go"
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

// shownAlone makes a reader of rows skip what no CRM shows, but for the keys: the
// rows of the commit before are read for comparison only.
var shownAlone = skippingHidden()

func skippingHidden() (options []parquet.ReaderOption) {
	skip := func(path ...string) { options = append(options, parquet.StructTag(`parquet:"-"`, path...)) }
	row := reflect.TypeFor[Score]()
	for i := range contract {
		if c := &contract[i]; c.crm == "" && c.name != "customer_id" && c.name != "row_hash" {
			skip(row.Field(c.field).Name)
		}
	}
	for i := range reasonContract {
		if field := reflect.TypeFor[Reason]().Field(reasonContract[i].field); field.Name != "Code" {
			skip("Reasons", field.Name)
		}
	}
	return options
}
