package extract

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
)

// erasedAmong returns those of the customers in rows who must not be known any
// more. The list holds keyed hashes, so every customer is looked up by hand, once
// and not for each of her rows.
func (p *pass) erasedAmong(ctx context.Context, db *database, rows string) ([]string, error) {
	if p.config.Erased.Len() == 0 || !p.table.bucketed {
		return nil, nil
	}
	var found []string
	err := db.each(ctx, "SELECT DISTINCT customer_id FROM "+rows+" WHERE customer_id IS NOT NULL", func(scan func(...any) error) error {
		var customer string
		if err := scan(&customer); err != nil {
			return err
		}
		if p.config.Erased.Erased(customer) {
			found = append(found, customer)
		}
		return nil
	})
	return found, err
}

// withoutErased returns what is left of rows without those of erased customers,
// and how many these are.
func (p *pass) withoutErased(ctx context.Context, db *database, rows string) (left string, erased int64, err error) {
	customers, err := p.erasedAmong(ctx, db, rows)
	if err != nil || len(customers) == 0 {
		return rows, 0, err
	}
	theirs := ofCustomers(customers)
	if err := db.row(ctx, "SELECT count(*) FROM "+rows+" WHERE "+theirs, &erased); err != nil {
		return "", 0, err
	}
	return "(FROM " + rows + " WHERE NOT " + theirs + ")", erased, nil
}

// rejectedErased holds, in SQL over rejected rows, for those of erased customers:
// they are counted and never shown.
func (p *pass) rejectedErased(ctx context.Context) (string, error) {
	rows, ok, err := p.staged(newRows, rejectedRows)
	if err != nil || !ok {
		return "false", err
	}
	customers, err := p.erasedAmong(ctx, p.db, rows)
	return ofCustomers(customers), err
}

// ofCustomers holds, in SQL, for the rows of customers.
func ofCustomers(customers []string) string {
	if len(customers) == 0 {
		return "false"
	}
	texts := make([]string, len(customers))
	for i, customer := range customers {
		// Statements are C strings, in which not every byte can stand.
		texts[i] = "decode(from_hex('" + hex.EncodeToString([]byte(customer)) + "'))"
	}
	return fmt.Sprintf("coalesce(customer_id IN (%s), false)", strings.Join(texts, ", "))
}

// withheld returns rows as they may be shown. Whose record it is that cannot be
// split into cells nobody can tell, so once anybody is erased, its text is not shown.
func (c *Config) withheld(faults []*RowError) []*RowError {
	if c.Erased.Len() == 0 {
		return faults
	}
	shown := make([]*RowError, len(faults))
	for i, fault := range faults {
		shown[i] = &RowError{File: fault.File, Line: fault.Line, Field: fault.Field, Err: fault.Err}
	}
	return shown
}
