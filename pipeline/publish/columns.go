package publish

import (
	"reflect"
	"strings"
	"time"

	"perennial/pipeline/history"
)

// column is one column of the contract, as the struct tags declare it.
type column struct {
	name     string
	field    int      // of the struct
	optional bool     // may be null
	date     bool     // an int32 of days since 1970-01-01
	values   []string // what a text may be; empty means anything
	crm      string   // yes, probability, money or codes; "" when a CRM shows none of it
	label    []byte   // the name as RowHash takes it in
}

// contract holds the columns of Score in order; the others those within them.
var (
	contract       = columnsOf(reflect.TypeFor[Score](), "")
	reasonContract = columnsOf(reflect.TypeFor[Reason](), "reasons.")
	changeContract = columnsOf(reflect.TypeFor[Change](), "change.")
)

func columnsOf(row reflect.Type, prefix string) []column {
	columns := make([]column, row.NumField())
	for i := range columns {
		tag := row.Field(i).Tag
		name, options, _ := strings.Cut(tag.Get("parquet"), ",")
		c := column{
			name:   prefix + name,
			field:  i,
			values: strings.Fields(tag.Get("values")),
			crm:    tag.Get("crm"),
			label:  appendText(nil, name),
		}
		for option := range strings.SplitSeq(options, ",") {
			c.optional = c.optional || option == "optional"
			c.date = c.date || option == "date"
		}
		columns[i] = c
	}
	return columns
}

// namesOf returns the names of the columns for which holds does.
func namesOf(columns []column, holds func(*column) bool) (names []string) {
	for i := range columns {
		if holds(&columns[i]) {
			names = append(names, columns[i].name)
		}
	}
	return names
}

// cell returns the column's value in a row: nil when null, a date or time as
// text, otherwise a string, bool, int32, float64, []string,
// []float64, []Reason or Change.
func (c *column) cell(row reflect.Value) any {
	v := row.Field(c.field)
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.String:
		if c.optional && v.Len() == 0 {
			return nil
		}
	case reflect.Slice:
		if v.IsNil() {
			return reflect.MakeSlice(v.Type(), 0, 0).Interface()
		}
	case reflect.Int32:
		if c.date {
			return history.Day(v.Int()).String()
		}
	case reflect.Struct:
		if t, isTime := v.Interface().(time.Time); isTime {
			return t.UTC().Format(time.RFC3339Nano)
		}
	}
	return v.Interface()
}
