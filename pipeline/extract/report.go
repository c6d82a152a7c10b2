package extract

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"perennial/pipeline/history"
)

// Report is what one extract read and kept. It is stored as extract.json, whose
// presence marks the extract as complete.
type Report struct {
	Format      int            `json:"format"` // of the extract's files; Open refuses another
	Shop        string         `json:"shop"`
	AsOf        history.Day    `json:"as_of"`
	Timezone    string         `json:"timezone"`
	Currency    string         `json:"currency"`
	Fingerprint string         `json:"fingerprint"` // see Fingerprint
	Buckets     int            `json:"buckets"`
	Sources     []SourceReport `json:"sources"` // in the order orders, engagements, customers, products, actions
}

// SourceReport counts the rows of one canonical table.
// Read = Kept + Rejected + Filtered + Replaced + Erased, always.
type SourceReport struct {
	Table    string       `json:"table"`
	Files    []FileReport `json:"files"`
	Read     int64        `json:"read"`
	Kept     int64        `json:"kept"`
	Rejected int64        `json:"rejected"`
	Filtered int64        `json:"filtered"`         // left out by the SQL
	Replaced int64        `json:"replaced"`         // by rows of a newer load with the same key
	Erased   int64        `json:"erased,omitempty"` // of customers who must not be known any more
	After    int64        `json:"after"`            // of the as-of day or later: not part of this extract, and not in Read
	Reasons  []Reason     `json:"reasons,omitempty"`

	First     *history.Day `json:"first,omitempty"` // day of the earliest kept row
	Last      *history.Day `json:"last,omitempty"`  // day of the latest kept row
	Customers int64        `json:"customers,omitempty"`
	Orders    int64        `json:"orders,omitempty"`
	Revenue   float64      `json:"revenue,omitempty"` // sum of amount, shop currency

	// BucketRows[k] is the number of kept rows in bucket k. Nil for products.
	BucketRows []int64 `json:"bucket_rows,omitempty"`
	// Arrivals is nil where all files were read: then nothing tells new rows from old.
	Arrivals *Arrivals `json:"arrivals,omitempty"`
	// Listed holds the first rejected rows; all of them are counted in Reasons.
	Listed []*RowError `json:"-"`
}

// FileReport is one file that was read.
type FileReport struct {
	Name   string `json:"name"` // base name
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Reason counts the rows rejected for one reason.
type Reason struct {
	Field  string `json:"field,omitempty"` // "" when the row as a whole is bad
	Reason string `json:"reason"`
	Rows   int64  `json:"rows"`
}

// Source returns the counts of a canonical table, or nil if it was not configured.
func (r *Report) Source(table string) *SourceReport {
	for i := range r.Sources {
		if r.Sources[i].Table == table {
			return &r.Sources[i]
		}
	}
	return nil
}

// String is the summary for people, a line for each source and reason.
func (r *Report) String() string {
	var b strings.Builder
	for i := range r.Sources {
		r.Sources[i].print(&b, r.Currency)
	}
	return b.String()
}

func (s *SourceReport) print(w io.Writer, currency string) {
	fmt.Fprintf(w, "%-12s read %d = kept %d + rejected %d + filtered %d", s.Table, s.Read, s.Kept, s.Rejected, s.Filtered)
	if s.Replaced > 0 {
		fmt.Fprintf(w, " + replaced %d", s.Replaced)
	}
	if s.Erased > 0 {
		fmt.Fprintf(w, " + erased %d", s.Erased)
	}
	if s.After > 0 {
		fmt.Fprintf(w, "; %d later than the as-of day", s.After)
	}
	if s.First != nil {
		fmt.Fprintf(w, "; %v to %v", *s.First, *s.Last)
	}
	if s.Customers > 0 && s.Table != "customers" {
		fmt.Fprintf(w, "; %d customers", s.Customers)
	}
	if s.Orders > 0 {
		fmt.Fprintf(w, ", %d orders, %s", s.Orders, strings.TrimSpace(fmt.Sprintf("%.2f %s", s.Revenue, currency)))
	}
	fmt.Fprintln(w)
	if s.Arrivals.total() > 0 {
		fmt.Fprintf(w, "%12d new rows: %v\n", s.Arrivals.total(), s.Arrivals)
	}
	for _, reason := range s.Reasons {
		fmt.Fprintf(w, "%12d rejected: %s\n", reason.Rows, strings.TrimPrefix(reason.Field+": "+reason.Reason, ": "))
	}
}

// reject counts rows rejected for one reason.
func (s *SourceReport) reject(field, reason string, rows int64) {
	if rows == 0 {
		return
	}
	s.Rejected += rows
	for i := range s.Reasons {
		if s.Reasons[i].Field == field && s.Reasons[i].Reason == reason {
			s.Reasons[i].Rows += rows
			return
		}
	}
	s.Reasons = append(s.Reasons, Reason{field, reason, rows})
}

// sortReasons puts the most frequent reason first.
func (s *SourceReport) sortReasons() {
	slices.SortStableFunc(s.Reasons, func(a, b Reason) int {
		if a.Rows != b.Rows {
			return int(min(max(b.Rows-a.Rows, -1), 1))
		}
		return strings.Compare(a.Field+"\x00"+a.Reason, b.Field+"\x00"+b.Reason)
	})
}

// tooMany returns an ErrBadData if more than the share limit of the rows read
// were rejected.
func (s *SourceReport) tooMany(limit float64) error {
	if float64(s.Rejected) <= limit*float64(s.Read) {
		return nil
	}
	const shown = 3
	var first []string
	for _, row := range s.Listed[:min(len(s.Listed), shown)] {
		first = append(first, row.Error())
	}
	if len(first) == 0 {
		first = append(first, s.Reasons[0].Field+": "+s.Reasons[0].Reason)
	}
	return dataError("%s: %d of %d rows rejected, more than max_rejects %g: %s (%s)",
		s.Table, s.Rejected, s.Read, limit, strings.Join(first, "; "), s.remedy())
}

// remedy says what to do about the most frequent reason.
func (s *SourceReport) remedy() string {
	switch reason := s.Reasons[0].Reason; {
	case reason == notANumber && len(s.Listed) > 0 && strings.ContainsAny(s.Listed[0].Value, "0123456789"):
		return "read amounts such as 1.234,50 € with decimal_comma in sql, $1,234.50 with decimal_point; else fix the rows, or raise max_rejects"
	case reason == repeatedRow:
		return "they are equal in all columns that are read: if they are lines of their own, say repeats: true; else raise max_rejects"
	}
	return "fix the rows, or raise max_rejects"
}
