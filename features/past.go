package features

import (
	"math"

	"perennial/pipeline/history"
)

// order is a purchase: the lines of one order id that are not returns, on the
// day of the first of them. An order of returns only is none.
type order struct {
	day      history.Day
	hour     int
	lines    int
	quantity float64
	revenue  float64 // >= 0
	discount float64
	channel  history.Code // of the first line that has one
}

// past is what one pass over a view finds; features read it. One past serves
// one worker and is filled anew for every view.
type past struct {
	view   *history.View
	cutoff history.Day
	in     [windows]tally

	orders   []order
	days     []history.Day // distinct order days, ascending
	gaps     []float64     // days between consecutive order days
	rhythm   gapStatistics
	channels channelUse

	hasDiscount    bool    // some purchase line says what was taken off
	topPrice       float64 // highest of one item, NaN without one
	lastReturn     history.Day
	lastDiscounted history.Day

	productLines    int     // purchase lines with a product
	repeatLines     int     // of a product that an earlier order held
	topProductLines int     // of the most bought product
	categorised     float64 // revenue of lines with a category

	lastEngaged history.Day
	lastOf      [kindCount]history.Day
	sinceOrder  [kindCount]int // engagements after the day of the last order
	lastNPS     float64        // NaN without an answer
	lastAction  history.Day

	kinds      kinds
	slots      []int32 // order ordinal → index in orders, -1 for none
	scratch    []float64
	used       []channelCount
	products   ledger
	categories ledger
}

// noDay marks an event that never happened.
const noDay = history.Day(math.MinInt32)

// read fills p from view.
func (p *past) read(view *history.View) {
	p.reset(view)
	for i := range view.Lines {
		p.readLine(&view.Lines[i])
	}
	p.readOrders()
	p.readGoods()
	p.rhythm = p.gapStatistics()
	p.channels = p.channelUse()
	p.readEngagements()
	for i := range view.Actions {
		day := view.Actions[i].At.Day()
		p.band(day).actions++
		p.lastAction = day
	}
	for w := last7d + 1; w < windows; w++ {
		p.in[w].add(&p.in[w-1])
	}
}

func (p *past) reset(view *history.View) {
	p.products.forget()
	p.categories.forget()
	*p = past{
		view: view, cutoff: view.Cutoff,
		lastReturn: noDay, lastDiscounted: noDay, lastAction: noDay, lastEngaged: noDay,
		lastNPS: math.NaN(), topPrice: math.NaN(),
		orders: p.orders[:0], days: p.days[:0], gaps: p.gaps[:0], slots: p.slots[:0],
		scratch: p.scratch, used: p.used, kinds: p.kinds, products: p.products, categories: p.categories,
	}
	for k := range p.lastOf {
		p.lastOf[k] = noDay
	}
}

// band returns the tally of the shortest window that holds day. Reading fills
// the bands; read adds them up to windows at its end.
func (p *past) band(day history.Day) *tally {
	return &p.in[windowOf(int32(p.cutoff-day))]
}

// readLine adds a purchase line to its order, and tallies a return.
func (p *past) readLine(line *history.Line) {
	amount := saturate(line.Amount)
	if line.Return() {
		p.lastReturn = line.At.Day()
		t := p.band(p.lastReturn)
		t.returns++
		t.returned -= amount
		return
	}
	i := p.orderIndex(line)
	o := &p.orders[i]
	o.lines++
	o.revenue += amount
	o.quantity += saturate(float64(line.Quantity))
	if o.channel == 0 {
		o.channel = line.Channel
	}
	if taken := float64(line.Discount); !math.IsNaN(taken) {
		p.hasDiscount = true
		o.discount += saturate(max(0, taken)) // a surcharge takes nothing off
	}
	if line.Quantity > 0 {
		if price := amount / float64(line.Quantity); !(price <= p.topPrice) {
			p.topPrice = price
		}
	}
	p.enter(line, amount, i)
}

// enter adds a purchase line of the order with index i to the ledgers.
func (p *past) enter(line *history.Line, amount float64, i int32) {
	day := p.orders[i].day
	if line.Product != 0 {
		product := p.products.add(line.Product, i, day, amount)
		p.productLines++
		p.topProductLines = max(p.topProductLines, int(product.lines))
		if product.order != i {
			p.repeatLines++
		}
	}
	if line.Category != 0 {
		p.categories.add(line.Category, i, day, amount)
		p.categorised += amount
	}
}

// orderIndex returns the index of the order that a purchase line belongs to.
// Lines come in time order, so orders do too.
func (p *past) orderIndex(line *history.Line) int32 {
	for int(line.Order) >= len(p.slots) {
		p.slots = append(p.slots, -1)
	}
	if p.slots[line.Order] < 0 {
		p.slots[line.Order] = int32(len(p.orders))
		p.orders = append(p.orders, order{day: line.At.Day(), hour: line.At.Hour()})
	}
	return p.slots[line.Order]
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
		n := len(p.days)
		if n > 0 && p.days[n-1] == o.day {
			continue
		}
		if n > 0 {
			p.gaps = append(p.gaps, float64(o.day-p.days[n-1]))
		}
		p.days = append(p.days, o.day)
	}
}

// readGoods counts a product or category in the windows that reach back to
// when it was last bought.
func (p *past) readGoods() {
	for _, code := range p.products.met {
		p.band(p.products.of[code].last).products++
	}
	for _, code := range p.categories.met {
		p.band(p.categories.of[code].last).categories++
	}
}

func (p *past) readEngagements() {
	lastOrder := p.orderDay(1)
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
		if answer := saturate(float64(e.Value)); kind == nps && !math.IsNaN(answer) {
			p.lastNPS = answer
		}
		if day > lastOrder {
			p.sinceOrder[kind]++
		}
	}
}

// orderDay returns the n-th last order day, 1 being the last, or noDay.
func (p *past) orderDay(n int) history.Day {
	if n > len(p.days) {
		return noDay
	}
	return p.days[len(p.days)-n]
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
func (p *past) tenure() float64 { return p.since(p.orderDay(max(1, len(p.days)))) }

// ratio returns a/b, NaN where b is not above zero.
func ratio(a, b float64) float64 {
	if !(b > 0) {
		return math.NaN()
	}
	return a / b
}

// saturate brings v into the range of the columns, so that an absurd amount
// spoils its customer's row and neither a sum nor the night. NaN stays.
func saturate(v float64) float64 { return max(-math.MaxFloat32, min(math.MaxFloat32, v)) }
