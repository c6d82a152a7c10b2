package features

import (
	"math"

	"perennial/pipeline/history"
)

var orderChannel = []string{"orders.ordered_at", "orders.channel"}

const noChannel = "no order with a channel"

var channel = Family{
	Name: "channel",
	Doc:  "Where the customer buys.",
	Features: []Feature{
		{Name: "channels_total", Doc: "Distinct channels of the orders so far.", From: orderChannel, Unit: Count, Missing: noChannel,
			value: func(p *past) float64 { distinct, _, _ := p.channels(); return distinct }},
		{Name: "main_channel_share", Doc: "Share of orders in the channel used most.", From: orderChannel, Unit: Share, Missing: noChannel,
			value: func(p *past) float64 { _, share, _ := p.channels(); return share }},
		{Name: "channel_switch_share", Doc: "Share of repeat orders in another channel than the order before.", From: orderChannel, Unit: Share, Missing: "fewer than two orders, or no channels",
			value: func(p *past) float64 { _, _, switches := p.channels(); return switches }},
	},
}

// channels returns the number of distinct channels, the share of the one used
// most, and the share of repeat orders that switched. A shop has a handful of
// channels, so a list is searched, not a map.
func (p *past) channels() (distinct, mainShare, switchShare float64) {
	if !p.hasChannels || len(p.orders) == 0 {
		return math.NaN(), math.NaN(), math.NaN()
	}
	p.used = p.used[:0]
	switches, most := 0, 0
	for i := range p.orders {
		c := p.orders[i].channel
		if i > 0 && c != p.orders[i-1].channel {
			switches++
		}
		most = max(most, p.use(c))
	}
	n := float64(len(p.orders))
	return float64(len(p.used)), float64(most) / n, ratio(float64(switches), n-1)
}

// use counts one order in channel c and returns the new count.
func (p *past) use(c history.Code) int {
	for i := range p.used {
		if p.used[i].channel == c {
			p.used[i].orders++
			return p.used[i].orders
		}
	}
	p.used = append(p.used, channelUse{c, 1})
	return 1
}

type channelUse struct {
	channel history.Code
	orders  int
}
