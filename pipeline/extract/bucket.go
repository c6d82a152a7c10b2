package extract

import (
	"bytes"
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"perennial/pipeline/history"
	"perennial/pipeline/table"
)

// bucketReader reads the four tables of one bucket. Every table is sorted by
// customer, so each customer's rows are a range of it.
type bucketReader struct {
	extract *Extract
	index   int

	lines       []history.Line
	engagements []history.Engagement
	actions     []history.Sent
	profiles    []history.Profile

	lineRanges, engagementRanges, actionRanges, profileRanges []customerRange
}

// never stands for a wall clock that the file does not have.
const never = int64(history.Never)

// customerRange is the rows [from, to) of one customer.
type customerRange struct {
	customer []byte
	from, to int
}

// ranges splits a sorted column of customers.
func ranges(customers *textColumn) ([]customerRange, error) {
	var all []customerRange
	for i := range customers.rows() {
		id := customers.at(i)
		if n := len(all); n > 0 && bytes.Equal(all[n-1].customer, id) {
			all[n-1].to = i + 1
			continue
		} else if n > 0 && bytes.Compare(all[n-1].customer, id) > 0 || len(id) == 0 {
			return nil, fmt.Errorf("customers are not sorted")
		}
		all = append(all, customerRange{id, i, i + 1})
	}
	return all, nil
}

// read opens the bucket's file of a table, if the extract has the table, and
// reads the customers' ranges and what fill wants.
func (b *bucketReader) read(name string, fill func(p *table.Parquet) error) ([]customerRange, error) {
	source := b.extract.report.Source(name)
	if source == nil {
		return nil, nil
	}
	if len(source.BucketRows) != b.extract.Buckets() {
		return nil, dataError("%s: counts of %d buckets, not %d (run extract again)", filepath.Join(b.extract.dir, reportFile), len(source.BucketRows), b.extract.Buckets())
	}
	var found []customerRange
	err := readFile(bucketPath(b.extract.dir, name, b.index), source.BucketRows[b.index], func(p *table.Parquet) error {
		var customers textColumn
		err := customers.read(p, "customer_id")
		if err == nil {
			found, err = ranges(&customers)
		}
		if err == nil {
			err = fill(p)
		}
		return err
	})
	return found, err
}

func (b *bucketReader) readOrders() (err error) {
	v := &b.extract.vocabulary
	var orders textColumn
	products, categories, channels := codeColumn{dictionary: v.Products}, codeColumn{dictionary: v.Categories}, codeColumn{dictionary: v.Channels}
	b.lineRanges, err = b.read("orders", func(p *table.Parquet) error {
		r := columnReader{p: p}
		at, known := r.instants("ordered_at", never), r.instants("loaded_at", math.MinInt64)
		amount, quantity, discount := r.numbers("amount"), r.numbers("quantity"), r.numbers("discount")
		r.read("order_id", orders.read)
		r.read("product_id", products.read)
		r.read("category", categories.read)
		r.read("channel", channels.read)
		if err := r.check(len(at), len(known), len(amount), len(quantity), len(discount), orders.rows(), len(products.codes), len(categories.codes), len(channels.codes)); err != nil {
			return err
		}
		b.lines = make([]history.Line, len(at))
		for i := range b.lines {
			b.lines[i] = history.Line{
				At: history.Instant(at[i]), KnownAt: history.Instant(max(at[i], known[i])), Amount: amount[i],
				Product: products.codes[i], Category: categories.codes[i], Channel: channels.codes[i],
				Quantity: float32(quantity[i]), Discount: float32(discount[i]),
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	numbers := orderNumbers{seen: map[string]int32{}}
	for _, r := range b.lineRanges {
		numbers.reset()
		for i := r.from; i < r.to; i++ {
			b.lines[i].Order = numbers.of(orders.at(i))
		}
	}
	return nil
}

func (b *bucketReader) readEngagements() (err error) {
	v := &b.extract.vocabulary
	kinds, channels := codeColumn{dictionary: v.Kinds}, codeColumn{dictionary: v.Channels}
	campaigns, products := codeColumn{dictionary: v.Campaigns}, codeColumn{dictionary: v.Products}
	b.engagementRanges, err = b.read("engagements", func(p *table.Parquet) error {
		r := columnReader{p: p}
		at, known := r.instants("occurred_at", never), r.instants("loaded_at", math.MinInt64)
		value := r.numbers("value")
		r.read("kind", kinds.read)
		r.read("channel", channels.read)
		r.read("campaign_id", campaigns.read)
		r.read("product_id", products.read)
		if err := r.check(len(at), len(known), len(value), len(kinds.codes), len(channels.codes), len(campaigns.codes), len(products.codes)); err != nil {
			return err
		}
		b.engagements = make([]history.Engagement, len(at))
		for i := range b.engagements {
			b.engagements[i] = history.Engagement{
				At: history.Instant(at[i]), KnownAt: history.Instant(max(at[i], known[i])), Kind: kinds.codes[i], Channel: channels.codes[i],
				Campaign: campaigns.codes[i], Product: products.codes[i], Value: float32(value[i]),
			}
		}
		return nil
	})
	return err
}

func (b *bucketReader) readActions() (err error) {
	v := &b.extract.vocabulary
	actions, channels := codeColumn{dictionary: v.Actions}, codeColumn{dictionary: v.Channels}
	b.actionRanges, err = b.read("actions", func(p *table.Parquet) error {
		r := columnReader{p: p}
		at := r.instants("sent_at", never)
		r.read("action", actions.read)
		r.read("channel", channels.read)
		if err := r.check(len(at), len(actions.codes), len(channels.codes)); err != nil {
			return err
		}
		b.actions = make([]history.Sent, len(at))
		for i := range b.actions {
			b.actions[i] = history.Sent{At: history.Instant(at[i]), Action: actions.codes[i], Channel: channels.codes[i]}
		}
		return nil
	})
	return err
}

func (b *bucketReader) readCustomers() (err error) {
	countries := codeColumn{dictionary: b.extract.vocabulary.Countries}
	var email, sms, phone, excluded answerColumn
	b.profileRanges, err = b.read("customers", func(p *table.Parquet) error {
		r := columnReader{p: p}
		signedUp := r.instants("signed_up_at", never)
		r.read("email_consent", email.read)
		r.read("sms_consent", sms.read)
		r.read("phone_consent", phone.read)
		r.read("country", countries.read)
		r.read("excluded", excluded.read)
		if err := r.check(len(signedUp), len(email.answers), len(sms.answers), len(phone.answers), len(countries.codes), len(excluded.answers)); err != nil {
			return err
		}
		b.profiles = make([]history.Profile, len(signedUp))
		for i := range b.profiles {
			b.profiles[i] = history.Profile{
				SignedUpAt: history.Instant(signedUp[i]), EmailConsent: email.answers[i], SMSConsent: sms.answers[i],
				PhoneConsent: phone.answers[i], Country: countries.codes[i], Excluded: excluded.answers[i] == history.ConsentYes,
			}
		}
		return nil
	})
	return err
}

// merge joins the four tables by customer.
func (b *bucketReader) merge() *history.Bucket {
	lists := [][]customerRange{b.lineRanges, b.engagementRanges, b.actionRanges, b.profileRanges}
	out := &history.Bucket{Index: b.index, Histories: make([]history.History, 0, len(slices.MaxFunc(lists, func(x, y []customerRange) int { return len(x) - len(y) })))}
	for {
		var least []byte
		for _, list := range lists {
			if len(list) > 0 && (least == nil || bytes.Compare(list[0].customer, least) < 0) {
				least = list[0].customer
			}
		}
		if least == nil {
			return out
		}
		var of [4]customerRange // from == to: no rows
		for i := range lists {
			if len(lists[i]) > 0 && bytes.Equal(lists[i][0].customer, least) {
				of[i] = lists[i][0]
				lists[i] = lists[i][1:]
			}
		}
		h := history.History{
			Customer:    history.CustomerID(least),
			Profile:     history.Profile{SignedUpAt: history.Never},
			Lines:       b.lines[of[0].from:of[0].to:of[0].to],
			Engagements: b.engagements[of[1].from:of[1].to:of[1].to],
			Actions:     b.actions[of[2].from:of[2].to:of[2].to],
		}
		if of[3].to > of[3].from {
			h.Profile = b.profiles[of[3].from]
		}
		out.Histories = append(out.Histories, h)
	}
}

// columnReader reads columns of one file and keeps the first error.
type columnReader struct {
	p   *table.Parquet
	err error
}

func (r *columnReader) read(name string, read func(*table.Parquet, string) error) {
	if r.err == nil {
		r.err = read(r.p, name)
	}
}

func (r *columnReader) instants(name string, null int64) (column []int64) {
	r.read(name, func(p *table.Parquet, name string) (err error) {
		column, err = instants(p, name, null)
		return err
	})
	return column
}

func (r *columnReader) numbers(name string) (column []float64) {
	r.read(name, func(p *table.Parquet, name string) (err error) {
		column, err = numbers(p, name)
		return err
	})
	return column
}

// check returns the first error; columns of unequal length are one.
func (r *columnReader) check(lengths ...int) error {
	for _, n := range lengths {
		if r.err == nil && int64(n) != r.p.Rows() {
			r.err = fmt.Errorf("a column has %d rows, the footer says %d", n, r.p.Rows())
		}
	}
	return r.err
}

// orderNumbers numbers the orders of a customer by first appearance.
type orderNumbers struct {
	seen   map[string]int32
	last   []byte // and its number: lines of an order mostly stand together
	number int32
}

func (o *orderNumbers) reset() {
	o.last = nil
	clear(o.seen)
}

func (o *orderNumbers) of(id []byte) int32 {
	if o.last != nil && bytes.Equal(id, o.last) {
		return o.number
	}
	o.last = id
	number, ok := o.seen[string(id)]
	if !ok {
		number = int32(len(o.seen))
		o.seen[string(id)] = number
	}
	o.number = number
	return number
}
