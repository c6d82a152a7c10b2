package simulate

import "math/rand/v2"

// action is what the shop sent in the past, at random.
type action int8

const (
	reminder action = iota
	voucher
	actionCount
)

var actionNames = [actionCount]string{"reminder", "voucher"}

// waveShare is the probability of each action per wave; the rest get nothing.
const waveShare = 0.1

// sentAction is an action that reached the customer on a day.
type sentAction struct {
	day    int
	wave   int // from 1
	action action
}

// drawActions appends the actions of all waves after the customer's sign-up.
func drawActions(sent []sentAction, r *rand.Rand, cal *calendar, t *traits) []sentAction {
	if !t.email {
		return sent
	}
	for w, day := range cal.waves {
		if day <= t.day {
			continue
		}
		if a := action(r.Float64() / waveShare); a < actionCount {
			sent = append(sent, sentAction{day: day, wave: w + 1, action: a})
		}
	}
	return sent
}

// voucherActive reports whether an order on day can redeem a voucher.
func voucherActive(sent []sentAction, day int) bool {
	for _, s := range sent {
		if s.action == voucher && day > s.day && day <= s.day+actionDays {
			return true
		}
	}
	return false
}
