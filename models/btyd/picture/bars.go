package picture

import (
	"fmt"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// Frequency is how many customers have made how many repeat orders.
type Frequency struct {
	Period string    // as "1997-01-01 to 1997-09-30"
	Actual []float64 // customers with n orders; the last cell, n or more
	Models []Series  // the same as each model expects it
}

// Histogram draws actual and expected customers side by side.
func (f Frequency) Histogram() (Picture, error) {
	p := newPlot("Who orders again, "+f.Period,
		"repeat orders (days with an order after the first)", "customers")
	return grouping{f.Actual, f.Models}.draw(p, classNames(len(f.Actual)))
}

// Holdout is how many orders customers make in a holdout by how many repeat
// orders they made before it.
type Holdout struct {
	Period    string    // in words
	Customers []int     // with n repeat orders before; the last cell, n or more
	Actual    []float64 // their mean number of orders in the holdout; NaN without customers
	Models    []Series  // the same as each model expects it
}

// ByFrequency draws actual and expected means against the orders before.
func (h Holdout) ByFrequency() (Picture, error) {
	p := newPlot("Orders held out, by orders made before",
		"repeat orders before the holdout (customers with so many)", "mean orders, "+h.Period)
	names := classNames(len(h.Actual))
	p.Add(horizontalGrid())
	x := make([]float64, len(h.Actual))
	for n := range x {
		x[n] = float64(n)
		names[n] = fmt.Sprintf("%s\n(%s)", names[n], grouped(float64(h.Customers[n])))
	}
	for i, m := range append([]Series{{"actual", h.Actual}}, h.Models...) {
		l, err := line(x, m.Values, seriesColor(i), seriesWidth(i), seriesDashes(i))
		if err != nil {
			return Picture{}, fmt.Errorf("picture: %s: %w", m.Name, err)
		}
		p.Add(l)
		p.Legend.Add(m.Name, l)
	}
	p.NominalX(names...)
	p.X.Min, p.X.Max, p.Y.Min = -0.3, float64(len(x))-0.7, 0
	p.Y.Max *= headroom
	return withLegend(p), nil
}

// grouping is bars of what happened beside those of each model.
type grouping struct {
	actual []float64
	models []Series
}

func (g grouping) draw(p *plot.Plot, names []string) (Picture, error) {
	p.Add(horizontalGrid())
	const share = 0.8 // of a class that is filled
	plotted := width - 3*vg.Inch
	bar := share * plotted / vg.Length(len(g.actual)*(len(g.models)+1))
	all := append([]Series{{"actual", g.actual}}, g.models...)
	for i, s := range all {
		bars, err := plotter.NewBarChart(plotter.Values(s.Values), bar)
		if err != nil {
			return Picture{}, fmt.Errorf("picture: %s: %w", s.Name, err)
		}
		bars.LineStyle.Width = 0
		bars.Offset = bar * (vg.Length(i) - vg.Length(len(all)-1)/2)
		bars.Color = seriesColor(i)
		p.Add(bars)
		p.Legend.Add(s.Name, bars)
	}
	p.NominalX(names...)
	p.X.Min, p.X.Max, p.Y.Min = -0.5, float64(len(names))-0.5, 0
	p.Y.Max *= headroom
	return withLegend(p), nil
}

// classNames are 0, 1, …, n+.
func classNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = strconv.Itoa(i)
	}
	names[n-1] += "+"
	return names
}
