package features

import (
	"math"

	"perennial/pipeline/history"
)

var orderChannel = []string{"orders.order_id", "orders.ordered_at", "orders.channel"}

const noChannel = "no order with a channel"

var channel = Family{
	Name: "channel",
	Doc:  "Where the customer buys. Orders without a channel do not count.",
	Features: []Feature{
		{Name: "channels_total", Doc: "Distinct channels of the orders so far.", From: orderChannel, Unit: Count, Missing: noChannel,
			value: func(p *past) float64 { return p.channels.distinct }},
		{Name: "main_channel_share", Doc: "Share of orders in the channel used most.", From: orderChannel, Unit: Share, Missing: noChannel,
			value: func(p *past) float64 { return p.channels.mainShare }},
		{Name: "channel_switch_share", Doc: "Share of repeat orders in another channel than the order before.", From: orderChannel, Unit: Share, Missing: "fewer than two orders with a channel",
			value: func(p *past) float64 { return p.channels.switchShare }},
	},
}

// channelUse says how the orders spread over channels, NaN where it cannot.
type channelUse struct {
	distinct, mainShare, switchShare float64
}

// channelUse counts orders by channel. A shop has a handful of channels, so a
// list is searched, not a map.
func (p *past) channelUse() channelUse {
	p.used = p.used[:0]
	var orders, switches, most int
	var before history.Code
	for i := range p.orders {
		channel := p.orders[i].channel
		if channel == 0 {
			continue
		}
		if orders > 0 && channel != before {
			switches++
		}
		orders++
		before = channel
		most = max(most, p.use(channel))
	}
	if orders == 0 {
		return channelUse{math.NaN(), math.NaN(), math.NaN()}
	}
	return channelUse{
		distinct:    float64(len(p.used)),
		mainShare:   ratio(float64(most), float64(orders)),
		switchShare: ratio(float64(switches), float64(orders-1)),
	}
}

type channelCount struct {
	channel history.Code
	orders  int
}

// use counts one order in channel and returns the new count.
func (p *past) use(channel history.Code) int {
	for i := range p.used {
		if p.used[i].channel == channel {
			p.used[i].orders++
			return p.used[i].orders
		}
	}
	p.used = append(p.used, channelCount{channel, 1})
	return 1
}
