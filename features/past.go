package features

import (
	"math"

	"perennial/pipeline/history"
)

// window is one of the spans before the cutoff over which facts are tallied.
// A span of n days covers the days cutoff-n to cutoff-1.
type window int

const (
	last7d window = iota
	last30d
	last90d
	last180d
	last365d
	ever
	windows
)

var windowDays = [windows]int32{7, 30, 90, 180, 365, math.MaxInt32}

// windowOf returns the shortest window that reaches back age days.
func windowOf(age int32) window {
	w := last7d
	for age > windowDays[w] {
		w++
	}
	return w
}

// order is a purchase: the lines of one order id that are not returns. An
// order of returns only is none.
type order struct {
	day       history.Day
	hour      int
	lines     int
	quantity  float64
	revenue   float64
	discount  float64
	topPrice  float64 // of one item
	channel   history.Code
	firstLine int // index in the view
}

// tally is what happened within one window.
type tally struct {
	orders     int
	days       int // days with an order
	revenue    float64
	discounted int // orders with a discount
	discount   float64
	returns    int     // lines taken back
	returned   float64 // money given back, >= 0
	products   int     // distinct
	categories int     // distinct
	actions    int
	engaged    int // days with any engagement
	kind       [kindCount]int
}

// past is what one pass over a view finds; features read it. One past serves
// one worker and is filled anew for every view.
type past struct {
	view   *history.View
	cutoff history.Day

	orders []order
	days   []history.Day // distinct order days, ascending
	gaps   []float64     // days between consecutive order days
	in     [windows]tally

	hasDiscount, hasProducts, hasCategories, hasChannels bool

	repeatLines    int // lines of a product that an earlier order held
	purchaseLines  int
	topProduct     int     // lines of the most bought product
	topCategory    float64 // revenue of the category most spent on
	entropy        float64 // of revenue over categories, nats
	categorised    float64 // revenue with a known category
	lastReturn     history.Day
	lastDiscounted history.Day
	lastAction     history.Day
	lastOf         [kindCount]history.Day // last day of each kind of engagement
	lastEngaged    history.Day
	lastNPS        float64
	sinceOrder     [kindCount]int // engagements after the last order

	kinds      kinds
	slots      []int32 // order ordinal → index in orders
	sorted     []float64
	used       []channelUse
	products   counter
	categories counter
}

// noDay marks an event that never happened.
const noDay = history.Day(math.MinInt32)

func newPast(s *Set) *past {
	return &past{
		kinds:      s.kinds,
		products:   newCounter(s.products),
		categories: newCounter(s.category),
	}
}

// read fills p from view.
func (p *past) read(view *history.View) {
	p.reset(view)
	p.readLines()
	p.readOrders()
	p.readProducts()
	p.readCategories()
	p.readEngagements()
	p.readActions()
	for w := last7d + 1; w < windows; w++ {
		p.in[w].add(&p.in[w-1])
	}
}

func (p *past) reset(view *history.View) {
	*p = past{
		view: view, cutoff: view.Cutoff,
		orders: p.orders[:0], days: p.days[:0], gaps: p.gaps[:0],
		lastReturn: noDay, lastDiscounted: noDay, lastAction: noDay, lastEngaged: noDay,
		lastNPS: math.NaN(),
		kinds:   p.kinds, slots: p.slots[:0], sorted: p.sorted, used: p.used, products: p.products, categories: p.categories,
	}
	for k := range p.lastOf {
		p.lastOf[k] = noDay
	}
}

// band returns the tally of the shortest window that holds day.
func (p *past) band(day history.Day) *tally {
	return &p.in[windowOf(int32(p.cutoff-day))]
}

// readLines collapses lines into orders and tallies returns.
func (p *past) readLines() {
	for i := range p.view.Lines {
		line := &p.view.Lines[i]
		p.hasProducts = p.hasProducts || line.Product != 0
		p.hasCategories = p.hasCategories || line.Category != 0
		p.hasChannels = p.hasChannels || line.Channel != 0
		if line.Return() {
			day := line.At.Day()
			t := p.band(day)
			t.returns++
			t.returned -= line.Amount
			p.lastReturn = max(p.lastReturn, day)
			continue
		}
		o := p.orderOf(line, i)
		o.lines++
		o.revenue += line.Amount
		o.quantity += float64(line.Quantity)
		if line.Quantity > 0 {
			o.topPrice = max(o.topPrice, line.Amount/float64(line.Quantity))
		}
		if !math.IsNaN(float64(line.Discount)) {
			p.hasDiscount = true
			o.discount += float64(line.Discount)
		}
	}
}

// orderOf returns the order that line belongs to. Lines come in time order,
// so orders do too.
func (p *past) orderOf(line *history.Line, i int) *order {
	for int(line.Order) >= len(p.slots) {
		p.slots = append(p.slots, -1)
	}
	if p.slots[line.Order] < 0 {
		p.slots[line.Order] = int32(len(p.orders))
		p.orders = append(p.orders, order{day: line.At.Day(), hour: line.At.Hour(), channel: line.Channel, firstLine: i})
	}
	return &p.orders[p.slots[line.Order]]
}

func (p *past) readOrders() {
	for i := range p.orders {
		o := &p.orders[i]
		t := p.band(o.day)
		t.orders++
		t.revenue += o.revenue
		t.discount += o.discount
		if o.discount > 0 {
			t.discounted++
			p.lastDiscounted = o.day
		}
		if n := len(p.days); n == 0 || p.days[n-1] != o.day {
			if n > 0 {
				p.gaps = append(p.gaps, float64(o.day-p.days[n-1]))
			}
			p.days = append(p.days, o.day)
			t.days++
		}
	}
}

// readProducts counts distinct and repeated products. Going back in time, a
// product counts in the window where it is met first.
func (p *past) readProducts() {
	if !p.hasProducts {
		return
	}
	p.products.clear()
	for i := len(p.view.Lines) - 1; i >= 0; i-- {
		line := &p.view.Lines[i]
		if line.Return() || line.Product == 0 {
			continue
		}
		n := p.products.add(line.Product, 1)
		if n == 1 {
			p.band(line.At.Day()).products++
		}
		p.topProduct = max(p.topProduct, int(n))
		p.purchaseLines++
	}
	p.repeatLines = p.purchaseLines - len(p.products.touched)
}

// readCategories counts distinct categories and how revenue spreads over them.
func (p *past) readCategories() {
	if !p.hasCategories {
		return
	}
	p.categories.clear()
	for i := len(p.view.Lines) - 1; i >= 0; i-- {
		line := &p.view.Lines[i]
		if line.Return() || line.Category == 0 {
			continue
		}
		if !p.categories.has(line.Category) {
			p.band(line.At.Day()).categories++
		}
		p.categories.add(line.Category, line.Amount)
		p.categorised += line.Amount
	}
	for _, c := range p.categories.touched {
		revenue := p.categories.of[c]
		p.topCategory = max(p.topCategory, revenue)
		if revenue > 0 {
			share := revenue / p.categorised
			p.entropy -= share * math.Log(share)
		}
	}
}

func (p *past) readEngagements() {
	lastOrder := p.lastOrder()
	for i := range p.view.Engagements {
		e := &p.view.Engagements[i]
		day := e.At.Day()
		t := p.band(day)
		if day != p.lastEngaged {
			t.engaged++
			p.lastEngaged = day
		}
		kind := p.kinds.of(e.Kind)
		if kind == otherKind {
			continue
		}
		t.kind[kind]++
		p.lastOf[kind] = day
		if kind == nps {
			p.lastNPS = float64(e.Value)
		}
		if day > lastOrder {
			p.sinceOrder[kind]++
		}
	}
}

func (p *past) readActions() {
	for i := range p.view.Actions {
		day := p.view.Actions[i].At.Day()
		p.band(day).actions++
		p.lastAction = day
	}
}

// lastOrder returns the day of the last order, or noDay.
func (p *past) lastOrder() history.Day {
	if len(p.days) == 0 {
		return noDay
	}
	return p.days[len(p.days)-1]
}

// since returns the days from day to the cutoff, NaN if day never came.
func (p *past) since(day history.Day) float64 {
	if day == noDay {
		return math.NaN()
	}
	return float64(p.cutoff - day)
}

// tenure returns the age T in days from the first order to the cutoff, NaN
// without an order.
func (p *past) tenure() float64 {
	if len(p.days) == 0 {
		return math.NaN()
	}
	return float64(p.cutoff - p.days[0])
}

// add makes t the sum of itself and a shorter window.
func (t *tally) add(shorter *tally) {
	t.orders += shorter.orders
	t.days += shorter.days
	t.revenue += shorter.revenue
	t.discounted += shorter.discounted
	t.discount += shorter.discount
	t.returns += shorter.returns
	t.returned += shorter.returned
	t.products += shorter.products
	t.categories += shorter.categories
	t.actions += shorter.actions
	t.engaged += shorter.engaged
	for k := range t.kind {
		t.kind[k] += shorter.kind[k]
	}
}

// net returns revenue less returns.
func (t *tally) net() float64 { return t.revenue - t.returned }

// counter sums values by code and forgets them in time proportional to the
// codes met, not to the vocabulary.
type counter struct {
	of      []float64
	seen    []bool
	touched []history.Code
}

func newCounter(codes int) counter {
	return counter{of: make([]float64, codes+1), seen: make([]bool, codes+1)}
}

func (c *counter) clear() {
	for _, code := range c.touched {
		c.of[code], c.seen[code] = 0, false
	}
	c.touched = c.touched[:0]
}

func (c *counter) has(code history.Code) bool { return c.seen[code] }

// add returns the new sum of code.
func (c *counter) add(code history.Code, value float64) float64 {
	if !c.seen[code] {
		c.seen[code] = true
		c.touched = append(c.touched, code)
	}
	c.of[code] += value
	return c.of[code]
}

// ratio returns a/b, NaN where b is not above zero.
func ratio(a, b float64) float64 {
	if b <= 0 {
		return math.NaN()
	}
	return a / b
}
