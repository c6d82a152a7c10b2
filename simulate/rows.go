package simulate

import "strconv"

// Header lines of the exports. A row is appended in the same order below.
const (
	orderHeader      = "customer_id,order_id,ordered_at,product_id,category,quantity,amount,discount,currency,channel\n"
	engagementHeader = "customer_id,occurred_at,kind,channel,campaign_id,product_id,value\n"
	customerHeader   = "customer_id,signed_up_at,email_consent,sms_consent,phone_consent,country\n"
	productHeader    = "product_id,name,category,price,available,consumable\n"
	actionHeader     = "customer_id,action,sent_at,channel,decision_id\n"
)

// No value needs quoting: names are ours and hold no comma, quote or newline.

// appendOrders appends the customer's lines; those that came back follow the
// lines of their order.
func appendOrders(dst []byte, s *shop, c *customer) []byte {
	for n := range c.basket.orders {
		o := &c.basket.orders[n]
		for i := range o.lines {
			l := &o.lines[i]
			dst = appendLine(dst, s, c, n, l, o.at, o.channel, 1)
		}
		for i := range o.lines {
			if l := &o.lines[i]; l.returned != 0 {
				dst = appendLine(dst, s, c, n, l, l.returned, o.channel, -1)
			}
		}
	}
	return dst
}

// appendLine appends a line of the n-th order: bought if sign is 1, returned if
// it is -1.
func appendLine(dst []byte, s *shop, c *customer, n int, l *line, when instant, where channel, sign int64) []byte {
	p := &s.products[l.product]
	dst = append(append(dst, c.id...), ",o"...)
	dst = append(append(dst, c.id[1:]...), '-')
	dst = append(strconv.AppendInt(dst, int64(n+1), 10), ',')
	dst = append(s.appendInstant(dst, when), ',')
	dst = append(append(dst, p.id...), ',')
	dst = append(append(dst, categories[p.category].name...), ',')
	dst = append(strconv.AppendInt(dst, sign*int64(l.quantity), 10), ',')
	dst = append(appendMoney(dst, sign*l.amount), ',')
	dst = appendMoney(dst, max(sign, 0)*l.discount)
	dst = append(dst, ","+currency+","...)
	return append(append(dst, channelNames[where]...), '\n')
}

func appendEngagements(dst []byte, s *shop, c *customer) []byte {
	for i := range c.trail.rows {
		e := &c.trail.rows[i]
		dst = append(append(dst, c.id...), ',')
		dst = append(s.appendInstant(dst, e.at), ',')
		dst = append(append(dst, kindNames[e.kind]...), ',')
		dst = append(append(dst, channelNames[e.channel]...), ',')
		if e.campaign > 0 {
			dst = strconv.AppendInt(append(dst, "newsletter-"...), int64(e.campaign), 10)
		}
		dst = append(dst, ',')
		if e.product >= 0 {
			dst = append(dst, s.products[e.product].id...)
		}
		dst = append(dst, ',')
		if e.value >= 0 {
			dst = strconv.AppendInt(dst, int64(e.value), 10)
		}
		dst = append(dst, '\n')
	}
	return dst
}

func appendCustomer(dst []byte, s *shop, c *customer) []byte {
	t := &c.traits
	dst = append(append(dst, c.id...), ',')
	dst = append(s.appendInstant(dst, t.signedUp()), ',')
	dst = append(strconv.AppendBool(dst, t.email), ',')
	dst = append(strconv.AppendBool(dst, t.sms), ',')
	dst = append(strconv.AppendBool(dst, t.phone), ',')
	return append(append(dst, t.country...), '\n')
}

func appendActions(dst []byte, s *shop, c *customer) []byte {
	const sentAt = 9 * hour
	for _, a := range c.sent {
		dst = append(append(dst, c.id...), ',')
		dst = append(append(dst, actionNames[a.action]...), ',')
		dst = append(s.appendInstant(dst, instant(a.day)*secondsPerDay+sentAt), ",email,w"...)
		dst = append(strconv.AppendInt(dst, int64(a.wave), 10), '-')
		dst = append(append(dst, c.id...), '\n')
	}
	return dst
}

// appendProducts appends the catalogue as of the end.
func appendProducts(dst []byte, s *shop) []byte {
	for i := range s.products {
		p := &s.products[i]
		dst = append(append(dst, p.id...), ',')
		dst = append(append(dst, p.name...), ',')
		dst = append(append(dst, categories[p.category].name...), ',')
		dst = append(appendMoney(dst, p.cents), ',')
		dst = append(strconv.AppendBool(dst, s.sold(int32(i), s.days)), ',')
		dst = append(strconv.AppendBool(dst, p.consumable), '\n')
	}
	return dst
}

// appendInstant appends 2006-01-02 15:04:05.
func (c *calendar) appendInstant(dst []byte, i instant) []byte {
	day := i.day()
	second := int(i) - day*secondsPerDay
	dst = append(append(dst, c.names[day]...), ' ')
	dst = append(appendTwo(dst, second/hour), ':')
	dst = append(appendTwo(dst, second/minute%60), ':')
	return appendTwo(dst, second%60)
}

func appendTwo(dst []byte, n int) []byte {
	return append(dst, byte('0'+n/10), byte('0'+n%10))
}

// appendMoney appends cents as units with two decimals.
func appendMoney(dst []byte, cents int64) []byte {
	if cents < 0 {
		dst, cents = append(dst, '-'), -cents
	}
	dst = append(strconv.AppendInt(dst, cents/100, 10), '.')
	return appendTwo(dst, int(cents%100))
}
