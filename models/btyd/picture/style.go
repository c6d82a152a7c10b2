package picture

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const margin = vg.Length(10)

// paletteColor is one of the colours of Okabe & Ito (2008), which the colour-blind tell apart.
func paletteColor(i int) color.Color {
	colors := []color.RGBA{
		{0xe6, 0x9f, 0x00, 0xff}, // orange
		{0x56, 0xb4, 0xe9, 0xff}, // sky blue
		{0x00, 0x9e, 0x73, 0xff}, // bluish green
		{0xcc, 0x79, 0xa7, 0xff}, // reddish purple
		{0x00, 0x72, 0xb2, 0xff}, // blue
		{0xd5, 0x5e, 0x00, 0xff}, // vermilion
		{0xf0, 0xe4, 0x42, 0xff}, // yellow
	}
	return colors[i%len(colors)]
}

// What happened is drawn first, in black; models follow.

func seriesColor(i int) color.Color {
	if i == 0 {
		return color.Black
	}
	return paletteColor(i - 1)
}

func seriesWidth(i int) vg.Length {
	if i == 0 {
		return vg.Points(2.5)
	}
	return vg.Points(2)
}

func seriesDashes(i int) []vg.Length {
	if i == 0 {
		return nil
	}
	return dashes(i - 1)
}

// headroom is how much higher a picture is than what it shows.
const headroom = 1.05

// dashes tell lines apart where colours do not.
func dashes(i int) []vg.Length {
	patterns := [][]vg.Length{nil, {6, 3}, {2, 2}, {8, 3, 2, 3}}
	return patterns[i%len(patterns)]
}

// newPlot returns an empty plot. The title says what is seen, the labels the
// quantity and its unit.
func newPlot(title, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text = title
	p.Title.Padding = vg.Points(10)
	p.X.Label.Text, p.Y.Label.Text = x, y
	p.X.Label.Padding, p.Y.Label.Padding = vg.Points(4), vg.Points(4)
	setFont(&p.Title.TextStyle.Font, 14)
	for _, f := range []*font.Font{&p.X.Label.TextStyle.Font, &p.Y.Label.TextStyle.Font, &p.Legend.TextStyle.Font} {
		setFont(f, 12)
	}
	setFont(&p.X.Tick.Label.Font, 11)
	setFont(&p.Y.Tick.Label.Font, 11)
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.TickerFunc(roundTicks), plot.TickerFunc(roundTicks)
	p.Legend.Top, p.Legend.Left = true, true
	p.Legend.Padding = vg.Points(3)
	p.Legend.ThumbnailWidth = vg.Points(26)
	p.Legend.YPosition = draw.PosCenter
	return p
}

func setFont(f *font.Font, size font.Length) {
	f.Typeface, f.Variant, f.Size = "Liberation", "Sans", size
}

// roundTicks are at multiples of 1, 2 or 5 times a power of ten, about six of them.
func roundTicks(low, high float64) []plot.Tick {
	const about = 6
	if !(high > low) {
		return []plot.Tick{{Value: low, Label: tickLabel(low, 0)}}
	}
	power := math.Pow(10, math.Floor(math.Log10((high-low)/about)))
	step := power
	for _, multiple := range []float64{2, 5, 10} {
		if (high-low)/step > about {
			step = multiple * power
		}
	}
	decimals := max(0, int(-math.Floor(math.Log10(step*1.001))))
	var ticks []plot.Tick
	for k := math.Ceil(low / step); k*step <= high*(1+1e-9); k++ {
		ticks = append(ticks, plot.Tick{Value: k * step, Label: tickLabel(k*step, decimals)})
	}
	return ticks
}

func tickLabel(v float64, decimals int) string {
	if decimals > 0 {
		return fmt.Sprintf("%.*f", decimals, v)
	}
	return grouped(v)
}

// grouped writes a whole number as 12,345.
func grouped(v float64) string {
	digits := fmt.Sprintf("%.0f", math.Abs(v))
	var b strings.Builder
	if v < 0 {
		b.WriteByte('-')
	}
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// horizontalGrid draws faint lines behind everything else.
func horizontalGrid() *plotter.Grid {
	g := plotter.NewGrid()
	g.Vertical.Color = nil
	g.Horizontal.Color = color.Gray{0xe4}
	return g
}

// line is a line through points at x. Missing values, NaN, are left out.
func line(x, y []float64, stroke color.Color, thickness vg.Length, dash []vg.Length) (*plotter.Line, error) {
	var points plotter.XYs
	for i := range x {
		if !math.IsNaN(y[i]) {
			points = append(points, plotter.XY{X: x[i], Y: y[i]})
		}
	}
	if len(points) == 0 {
		return nil, errors.New("no numbers to draw")
	}
	l, err := plotter.NewLine(points)
	if err != nil {
		return nil, err
	}
	l.Color, l.Width, l.Dashes = stroke, thickness, dash
	return l, nil
}

// marker is a vertical line at x over the whole height.
type marker struct {
	x     float64
	style draw.LineStyle
}

func newMarker(x float64) marker {
	return marker{x, draw.LineStyle{Color: color.Gray{0x60}, Width: vg.Points(1), Dashes: []vg.Length{4, 3}}}
}

// Plot draws the line.
func (m marker) Plot(c draw.Canvas, p *plot.Plot) {
	toX, _ := p.Transforms(&c)
	x := toX(m.x)
	c.StrokeLine2(m.style, x, c.Min.Y, x, c.Max.Y)
}

// Thumbnail draws the line in a legend.
func (m marker) Thumbnail(c *draw.Canvas) {
	y := c.Center().Y
	c.StrokeLine2(m.style, c.Min.X, y, c.Max.X, y)
}
