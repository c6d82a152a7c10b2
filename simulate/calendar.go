package simulate

import (
	"math"
	"time"

	"perennial/pipeline/history"
)

const (
	truthDays     = 365 // after the end, that the truth looks at
	promotionDays = 7
	firstWave     = 56 // days after the start; a shop has customers before it writes to them
	waveEvery     = 28
	actionDays    = 14 // on which an action acts, from the day after it was sent
	doublingDays  = 730
)

// calendar is what the shop's days are like for everyone. Days are numbered from
// the start of the simulation, 0.
type calendar struct {
	start     history.Day
	days      int       // simulated; the end day has this number
	pace      []float64 // season × weekday of each day, truthDays beyond the end
	promotion []bool    // as long as pace
	names     []string  // 2006-01-02
	arrived   []float64 // arrived[d] is proportional to the customers signed up by the end of day d
	waves     []int     // days on which actions are sent
}

func newCalendar(start history.Day, days int) calendar {
	c := calendar{start: start, days: days}
	scale := 1 / meanSeason()
	for d := range days + truthDays {
		day := start + history.Day(d)
		yearDay := day.Date().YearDay()
		c.pace = append(c.pace, scale*season(yearDay)*weekday(day.Weekday()))
		c.promotion = append(c.promotion, inPromotion(yearDay))
		c.names = append(c.names, day.String())
	}
	total := 0.0
	for d := range days {
		total += c.pace[d] * math.Exp2(float64(d)/doublingDays)
		c.arrived = append(c.arrived, total)
	}
	for d := firstWave; d < days; d += waveEvery {
		c.waves = append(c.waves, d)
	}
	return c
}

// season is high in winter, highest in the weeks before Christmas.
func season(yearDay int) float64 {
	winter := 0.15 * math.Cos(2*math.Pi*float64(yearDay-15)/365.25)
	christmas := (float64(yearDay) - 343) / 12
	return 1 + winter + 0.6*math.Exp(-christmas*christmas/2)
}

func meanSeason() float64 {
	total := 0.0
	for d := 1; d <= 365; d++ {
		total += season(d)
	}
	return total / 365
}

// weekday averages 1 over a week.
func weekday(d time.Weekday) float64 {
	return [7]float64{0.80, 1.10, 1.00, 0.95, 1.00, 1.15, 1.00}[d]
}

func inPromotion(yearDay int) bool {
	for _, first := range [...]int{60, 152, 244, 326} {
		if yearDay >= first && yearDay < first+promotionDays {
			return true
		}
	}
	return false
}

// signUp returns the day and the part of it at which a customer with rank u in
// [0, 1) among the arrivals signs up.
func (c *calendar) signUp(u float64) (day int, part float64) {
	day = pick(c.arrived, u)
	before := 0.0
	if day > 0 {
		before = c.arrived[day-1]
	}
	part = (u*c.arrived[c.days-1] - before) / (c.arrived[day] - before)
	return day, min(max(part, 0), math.Nextafter(1, 0))
}

// instant is a time of the simulation in seconds since the start.
type instant int64

const secondsPerDay = 24 * 60 * 60

func (i instant) day() int { return int(i / secondsPerDay) }

// dayShare[h] is the share of a day's business done before hour h.
var dayShare = [25]float64{
	0, .008, .012, .014, .016, .019, .027, .047, .082, .127, .182, .242, .302,
	.362, .417, .467, .517, .572, .632, .702, .782, .867, .937, .982, 1,
}

// at returns the instant of day by which part of the day's business is done.
func at(day int, part float64) instant {
	h := 0
	for h < 23 && dayShare[h+1] <= part {
		h++
	}
	within := (part - dayShare[h]) / (dayShare[h+1] - dayShare[h])
	second := instant((float64(h) + within) * 3600)
	return instant(day)*secondsPerDay + min(second, secondsPerDay-1)
}
