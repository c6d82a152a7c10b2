package simulate

// block is the rows of customers first to last, ready to be written.
type block struct {
	first, last int
	made        chan struct{} // receives when the rows are complete

	orders      []byte
	engagements []byte
	customers   []byte
	actions     []byte
	truth       []Truth
	count       count
}

// count is what a block adds to the summary.
type count struct{ orders, lines, returns, engagements, actions int }

func (n count) addTo(s *Summary) {
	s.Orders += n.orders
	s.Lines += n.lines + n.returns
	s.Returns += n.returns
	s.Engagements += n.engagements
	s.Actions += n.actions
}

func newBlock() *block { return &block{made: make(chan struct{}, 1)} }

// maker makes blocks; each worker has its own.
type maker struct {
	shop     *shop
	dice     *dice
	customer customer
	forecast forecast
}

func newMaker(s *shop) *maker { return &maker{shop: s, dice: newDice()} }

// make fills b with the rows of its customers.
func (m *maker) make(b *block) {
	b.orders, b.engagements = b.orders[:0], b.engagements[:0]
	b.customers, b.actions = b.customers[:0], b.actions[:0]
	b.truth, b.count = b.truth[:0], count{}
	s, c := m.shop, &m.customer
	for index := b.first; index <= b.last; index++ {
		c.simulate(s, m.dice, index)
		b.orders = appendOrders(b.orders, s, c)
		b.engagements = appendEngagements(b.engagements, s, c)
		b.customers = appendCustomer(b.customers, s, c)
		b.actions = appendActions(b.actions, s, c)
		b.truth = append(b.truth, m.forecast.tell(s, c))
		b.count.add(c)
	}
}

func (n *count) add(c *customer) {
	n.orders += len(c.basket.orders)
	n.lines += len(c.basket.lines)
	for i := range c.basket.lines {
		if c.basket.lines[i].returned != 0 {
			n.returns++
		}
	}
	n.engagements += len(c.trail.rows)
	n.actions += len(c.sent)
}
