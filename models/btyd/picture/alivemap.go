package picture

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"perennial/models/btyd"
)

// AliveMap is P(alive) of customers who first ordered equally long ago, by how
// often and how lately they ordered since.
type AliveMap struct {
	Name  string    // of the model
	Age   float64   // T of the customers, in Unit
	Unit  string    // plural, as "weeks"
	Last  []float64 // t_x of the columns
	Alive [][]float64
	// Alive[x][i] is P(alive) with x repeat orders, the last at Last[i]; NaN where
	// there is no such customer: x = 0 after the first order.
}

// NewAliveMap asks a model for orders 0 to most in steps of the age.
func NewAliveMap(m btyd.Model, age float64, unit string, most int) AliveMap {
	const steps = 60
	a := AliveMap{Name: string(m.Family()), Age: age, Unit: unit}
	for i := range steps + 1 {
		a.Last = append(a.Last, age*float64(i)/steps)
	}
	for x := range most + 1 {
		row := unknown(len(a.Last))
		for i, last := range a.Last {
			if (x == 0) == (i == 0) {
				row[i] = m.Alive(btyd.Customer{Orders: x, Last: last, Age: age})
			}
		}
		a.Alive = append(a.Alive, row)
	}
	return a
}

// HeatMap draws the map with its scale of colours.
func (a AliveMap) HeatMap() (Picture, error) {
	if len(a.Last) < 2 || len(a.Alive) < 2 || !(a.Age > 0) {
		return Picture{}, fmt.Errorf("picture: a map of %d by %d cells", len(a.Last), len(a.Alive))
	}
	p := newPlot(fmt.Sprintf("Who is still a customer %.0f %s after the first order? (%s)", a.Age, a.Unit, a.Name),
		fmt.Sprintf("last order, %s after the first (t_x)", a.Unit), "repeat orders (x)")
	p.Add(a)
	half := (a.Last[1] - a.Last[0]) / 2
	p.X.Min, p.X.Max = -half, a.Age+half
	p.Y.Min, p.Y.Max = -0.5, float64(len(a.Alive))-0.5

	bar := newPlot("P(alive)", "", "")
	setFont(&bar.Title.TextStyle.Font, 12)
	bar.Add(&plotter.ColorBar{ColorMap: viridis{}, Vertical: true, Colors: 200})
	bar.HideX()
	bar.Y.Padding = 0
	return Picture{main: p, bar: bar}, nil
}

// Plot draws the cells, so that each covers the seams to those before it.
func (a AliveMap) Plot(c draw.Canvas, p *plot.Plot) {
	const overlap = vg.Length(0.5)
	toX, toY := p.Transforms(&c)
	half := (a.Last[1] - a.Last[0]) / 2
	for x, row := range a.Alive {
		bottom, top := toY(float64(x)-0.5), toY(float64(x)+0.5)+overlap
		for i, alive := range row {
			fill := color.Color(color.Gray{0xee})
			if !math.IsNaN(alive) {
				fill = viridis{}.color(alive)
			}
			left, right := toX(a.Last[i]-half), min(toX(a.Last[i]+half)+overlap, c.Max.X)
			c.FillPolygon(fill, []vg.Point{{X: left, Y: bottom}, {X: right, Y: bottom}, {X: right, Y: min(top, c.Max.Y)}, {X: left, Y: min(top, c.Max.Y)}})
		}
	}
}

// viridis is matplotlib's scale of colours from 0 to 1 (van der Walt & Smith
// 2015), between nine of its colours: even for the colour-blind, and in grey.
type viridis struct{}

func (viridis) color(z float64) color.Color {
	anchors := [...][3]float64{
		{68, 1, 84}, {71, 45, 123}, {59, 82, 139}, {44, 114, 142}, {33, 145, 140},
		{40, 174, 128}, {94, 201, 98}, {173, 220, 48}, {253, 231, 37},
	}
	place := z * float64(len(anchors)-1)
	low := min(int(place), len(anchors)-2)
	share := place - float64(low)
	var c [3]uint8
	for k := range c {
		c[k] = uint8(math.Round(anchors[low][k]*(1-share) + anchors[low+1][k]*share))
	}
	return color.RGBA{c[0], c[1], c[2], 0xff}
}

// At returns the colour of z in [0, 1].
func (v viridis) At(z float64) (color.Color, error) {
	switch {
	case math.IsNaN(z):
		return nil, palette.ErrNaN
	case z < 0:
		return nil, palette.ErrUnderflow
	case z > 1:
		return nil, palette.ErrOverflow
	}
	return v.color(z), nil
}

// What palette.ColorMap asks for besides; the scale is fixed.
func (viridis) Max() float64                { return 1 }
func (viridis) Min() float64                { return 0 }
func (viridis) SetMax(float64)              {}
func (viridis) SetMin(float64)              {}
func (viridis) Alpha() float64              { return 1 }
func (viridis) SetAlpha(float64)            {}
func (viridis) Palette(int) palette.Palette { return nil } // only heat maps ask for it
