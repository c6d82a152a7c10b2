package picture

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"perennial/models/btyd"
)

// AlivePath is how P(alive) of one customer rose and fell.
type AlivePath struct {
	ID     string
	Name   string    // of the model
	Days   []int     // since the first order: 0, 1, …
	Alive  []float64 // at the end of each day, from what was known then
	Orders []int     // days with an order, rising
	Now    int       // day on which calibration ends; the last of Days without a holdout
}

// NewAlivePath follows the customer of a log from her first order to the end of
// day end. Days count as in the log; the model was fitted on what was known at
// the end of day now. A log of more than one customer, or of one who came after
// now, is an error.
func NewAlivePath(m btyd.Model, log []btyd.Transaction, unitDays float64, now, end int) (AlivePath, error) {
	start, err := asOf(log, unitDays, now)
	if err != nil {
		return AlivePath{}, err
	}
	first := start.FirstDay
	path := AlivePath{ID: start.ID, Name: string(m.Family()), Now: now - first}
	for day := first; day <= end; day++ {
		known, err := asOf(log, unitDays, day)
		if err != nil {
			return AlivePath{}, err
		}
		path.Days = append(path.Days, day-first)
		path.Alive = append(path.Alive, m.Alive(known.Customer))
	}
	for _, order := range log {
		if order.Day <= end {
			path.Orders = append(path.Orders, order.Day-first)
		}
	}
	slices.Sort(path.Orders)
	path.Orders = slices.Compact(path.Orders)
	return path, nil
}

// asOf returns the one customer of a log as she was known at the end of a day.
func asOf(log []btyd.Transaction, unitDays float64, day int) (btyd.Prepared, error) {
	known, err := btyd.Prepare(log, btyd.Period{Now: day, UnitDays: unitDays})
	if err != nil {
		return btyd.Prepared{}, fmt.Errorf("picture: %w", err)
	}
	if len(known) != 1 {
		return btyd.Prepared{}, fmt.Errorf("picture: %d customers by day %d in the log of one", len(known), day)
	}
	return known[0], nil
}

// Plot draws the path over the days with an order.
func (a AlivePath) Plot() (Picture, error) {
	p := newPlot(fmt.Sprintf("Is customer %s still one?", shortened(a.ID)), "days since her first order", "P(alive) by "+a.Name)
	days := make([]float64, len(a.Days))
	for i, day := range a.Days {
		days[i] = float64(day)
	}
	l, err := line(days, a.Alive, paletteColor(4), vg.Points(2), nil)
	if err != nil {
		return Picture{}, fmt.Errorf("picture: %w", err)
	}
	orders := rug{a.Orders, draw.LineStyle{Color: paletteColor(5), Width: vg.Points(1.5)}}
	p.Add(horizontalGrid(), l, orders)
	p.Legend.Add("P(alive)", l)
	p.Legend.Add("order", orders)
	if len(a.Days) > 0 && a.Now < a.Days[len(a.Days)-1] {
		m := newMarker(float64(a.Now))
		p.Add(m)
		p.Legend.Add("calibration ends", m)
	}
	p.X.Min, p.X.Max = 0, days[len(days)-1]
	p.Y.Min, p.Y.Max = 0, 1.02
	return withLegend(p), nil
}

// shortened keeps a long id within a title.
func shortened(id string) string {
	const most = 24
	runes := []rune(id)
	if len(runes) <= most {
		return id
	}
	return string(runes[:most-1]) + "…"
}

// rug marks days by short lines at the bottom.
type rug struct {
	days  []int
	style draw.LineStyle
}

// Plot draws a line for each day.
func (r rug) Plot(c draw.Canvas, p *plot.Plot) {
	toX, _ := p.Transforms(&c)
	for _, day := range r.days {
		x := toX(float64(day))
		c.StrokeLine2(r.style, x, c.Min.Y, x, c.Min.Y+vg.Points(14))
	}
}

// Thumbnail draws one of them.
func (r rug) Thumbnail(c *draw.Canvas) {
	x := c.Center().X
	c.StrokeLine2(r.style, x, c.Min.Y, x, c.Max.Y)
}
