package simulate

import (
	"fmt"

	"perennial/pipeline/history"
)

// shop is what all customers share. It is not changed once made.
type shop struct {
	calendar
	catalogue
	seed            uint64
	engagementShare float64
}

func newShop(cfg Config) *shop {
	s := &shop{
		calendar:        newCalendar(cfg.Start, cfg.Days),
		catalogue:       newCatalogue(cfg.Seed, cfg.Products, cfg.Days),
		seed:            cfg.Seed,
		engagementShare: cfg.EngagementShare,
	}
	if cfg.NoActions {
		s.waves = nil
	}
	return s
}

// customer is one customer, made by simulate; its storage is reused.
type customer struct {
	id     []byte
	traits traits
	sent   []sentAction
	clock  clock
	life   life
	basket basket
	trail  trail
}

// simulate makes customer number index, from 1, of shop s up to its end.
func (c *customer) simulate(s *shop, d *dice, index int) {
	d.reseed(s.seed, index)
	c.id = fmt.Appendf(c.id[:0], "c%06d", index)
	c.traits.draw(d.of(traitStream), s)
	c.sent = drawActions(c.sent[:0], d.of(actionStream), &s.calendar, &c.traits)
	c.clock.set(&s.calendar, &c.traits, c.sent, s.days)
	c.life.live(d.of(lifeStream), &c.traits, &c.clock, s.days)
	c.basket.fill(d.of(basketStream), s, c)
	c.trail.follow(d.of(engagementStream), s, c)
}

// configuration returns perennial.yaml for the files of this folder.
func configuration(seed uint64, customers int, end history.Day) string {
	return fmt.Sprintf(`# A simulated shop of %d customers; truth.parquet has what no shop can know.
# Run its night: perennial nightly -c perennial.yaml --as-of %s
shop: simulated
timezone: %s
currency: %s
store: ./store
seed: %d
sources:
  orders:
    files: [orders.csv]
  engagements:
    files: [engagements.csv]
  customers:
    files: [customers.csv]
  products:
    files: [products.csv]
  actions:
    files: [actions.csv]
`, customers, end, timezone, currency, seed)
}
