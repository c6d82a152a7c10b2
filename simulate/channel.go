package simulate

import "math/rand/v2"

// channel is where something happened.
type channel int8

const (
	web channel = iota
	store
	app
	email
	channelCount
)

var channelNames = [channelCount]string{"web", "store", "app", "email"}

// drawChannel draws where people order.
func drawChannel(r *rand.Rand) channel {
	return channel(pick([]float64{web: 0.55, store: 0.80, app: 1}, r.Float64()))
}

// online returns c, or the web for a channel that cannot be visited.
func (c channel) online() channel {
	if c == store {
		return web
	}
	return c
}
