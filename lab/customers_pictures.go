package lab

import (
	"fmt"
	"slices"
	"strings"

	"perennial/command"
	"perennial/models/btyd"
	"perennial/models/btyd/picture"
	"perennial/pipeline/history"
)

// drawing is a picture to be made, and the name of its file.
type drawing struct {
	name string
	draw func() (picture.Picture, error)
}

// pictures draws everything that opts asks for.
func (r *customersResult) pictures(opts CustomersOptions) ([]namedPicture, error) {
	if opts.Pictures == "" {
		return nil, nil
	}
	path, err := r.alivePath(opts.CustomerID)
	if err != nil {
		return nil, err
	}
	tracking := r.tracking()
	drawings := []drawing{
		{"repeat_orders", r.frequency().Histogram}, {"tracking_cumulative", tracking.Cumulative}, {"tracking_weekly", tracking.Incremental},
		{"alive_map", r.aliveMap().HeatMap}, {"alive_customer", path.Plot},
	}
	if r.base.heldOutDays() > 0 {
		drawings = append(drawings, drawing{"holdout_by_frequency", r.holdout().ByFrequency})
	}
	var drawn []namedPicture
	for _, d := range drawings {
		p, err := d.draw()
		if err != nil {
			return nil, err
		}
		drawn = append(drawn, namedPicture{d.name, p})
	}
	return drawn, nil
}

// series gives numbers of every model its name.
func (r *customersResult) series(values func(t *customerTrial) []float64) []picture.Series {
	var all []picture.Series
	for _, t := range r.trials {
		all = append(all, picture.Series{Name: t.name, Values: values(t)})
	}
	return all
}

func (r *customersResult) frequency() picture.Frequency {
	b := r.base
	return picture.Frequency{
		Period: fmt.Sprintf("%v to %v", history.Day(b.first), history.Day(b.now)), Actual: r.actual.frequencies,
		Models: r.series(func(t *customerTrial) []float64 { return t.frequencies }),
	}
}

func (r *customersResult) tracking() picture.Tracking {
	b := r.base
	weeks := make([]float64, len(b.weeks))
	for i := range weeks {
		weeks[i] = float64(i + 1)
	}
	return picture.Tracking{
		Weeks: weeks, Actual: r.actual.tracking, Now: float64(b.now-b.first+1) / 7,
		Models: r.series(func(t *customerTrial) []float64 { return t.tracking }),
	}
}

func (r *customersResult) holdout() picture.Holdout {
	b := r.base
	return picture.Holdout{
		Period:    fmt.Sprintf("%v to %v", history.Day(b.now+1), history.Day(b.end)),
		Customers: r.actual.held.past, Actual: r.actual.held.byPast,
		Models: r.series(func(t *customerTrial) []float64 { return t.held.byPast }),
	}
}

// aliveMap is of the chosen model, for the oldest customers.
func (r *customersResult) aliveMap() picture.AliveMap {
	const least, most = 10, 30
	rows := least
	for _, c := range r.base.customers {
		rows = max(rows, min(c.Orders, most))
	}
	return picture.NewAliveMap(r.chosen.fit.Model(), r.base.oldest(), r.base.unit.name+"s", rows)
}

// alivePath is of the customer called id, or, of those with most orders by the end
// of calibration, the first.
func (r *customersResult) alivePath(id string) (picture.AlivePath, error) {
	b := r.base
	chosen := 0
	if id != "" {
		place, known := slices.BinarySearchFunc(b.people, id, func(p btyd.Prepared, id string) int { return strings.Compare(p.ID, id) })
		if !known {
			return picture.AlivePath{}, command.Usage("--customer-id %q: nobody with an order until %v is called so (look into the table)", id, history.Day(b.now))
		}
		chosen = place
	} else {
		for i, c := range b.customers {
			if c.Orders > b.customers[chosen].Orders {
				chosen = i
			}
		}
	}
	return picture.NewAlivePath(r.chosen.modelOf(chosen), b.log(chosen), b.unit.days, b.now, b.end)
}
