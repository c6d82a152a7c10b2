// Package picture draws how well models of a customer base describe its customers.
//
// Cumulative and Frequencies turn Cohorts into what a model expects; the types
// Frequency, Tracking, Holdout, AliveMap and AlivePath hold what is drawn, and
// their methods return a Picture for Picture.Write or Save.
package picture

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Series is the numbers of one model, beside the actual ones.
type Series struct {
	Name   string
	Values []float64
}

// Picture is ready to be written.
type Picture struct {
	main   *plot.Plot
	legend *plot.Legend // at the right, where it hides nothing; nil without one
	bar    *plot.Plot   // colour scale at the right; nil without one
}

// withLegend takes the legend out of a plot, to the right of it.
func withLegend(p *plot.Plot) Picture {
	legend := p.Legend
	p.Legend = plot.NewLegend()
	return Picture{main: p, legend: &legend}
}

// Formats that a Picture can be written in.
const (
	PNG = "png"
	SVG = "svg"
)

const (
	width    = 8 * vg.Inch
	height   = 5 * vg.Inch
	barWidth = 1.1 * vg.Inch
	// legendTop is where a legend begins, below the height of a title.
	legendTop = vg.Length(32)
	dpi       = 144
)

// Write writes the picture, 8 by 5 inches, as PNG or SVG: the same bytes for the
// same content.
func (p Picture) Write(w io.Writer, format string) error {
	var canvas interface {
		vg.CanvasSizer
		io.WriterTo
	}
	switch format {
	case PNG:
		canvas = vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi))}
	case SVG:
		canvas = vgsvg.New(width, height)
	default:
		return fmt.Errorf("picture: format %q is not known (choose %s or %s)", format, PNG, SVG)
	}
	area := draw.Crop(draw.New(canvas), margin, -margin, margin, -margin)
	if p.legend != nil {
		size := p.legend.Rectangle(area).Size()
		p.legend.Draw(draw.Crop(area, width-2*margin-size.X, 0, 0, -legendTop))
		area = draw.Crop(area, 0, -size.X-margin, 0, 0)
	}
	if p.bar != nil {
		p.bar.Draw(draw.Crop(area, width-2*margin-barWidth, 0, 0, 0))
		area = draw.Crop(area, 0, -barWidth-margin, 0, 0)
	}
	p.main.Draw(area)
	_, err := canvas.WriteTo(w)
	return err
}

// Save writes the picture to a file, in the format that its name ends in.
func (p Picture) Save(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("picture: %w", err)
	}
	format := strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))
	if err := errors.Join(p.Write(f, format), f.Close()); err != nil {
		return fmt.Errorf("picture %s: %w", path, err)
	}
	return nil
}
