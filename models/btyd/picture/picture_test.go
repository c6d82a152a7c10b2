package picture

import (
	"bytes"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"perennial/models/btyd"
)

// drawing is a picture, and the words that must stand in it.
type drawing struct {
	name  string
	draw  func() (Picture, error)
	words []string
}

func drawings(t *testing.T) []drawing {
	t.Helper()
	models := []Series{{"BG/NBD", []float64{3, 2, 1}}, {"NBD", []float64{2, 3, 0.5}}}
	nan := math.NaN()
	frequency := Frequency{Period: "May to June", Actual: []float64{1200, 2, 1}, Models: models}
	holdout := Holdout{Period: "July", Customers: []int{1200, 0, 1}, Actual: []float64{1, nan, 3}, Models: []Series{{"BG/NBD", []float64{1, nan, 2}}}}
	tracking := Tracking{Weeks: []float64{1, 2, 3}, Actual: []float64{0, 4, 5}, Models: models, Now: 2}
	m := testModel(t, btyd.MBGNBD)
	path, err := NewAlivePath(m, []btyd.Transaction{{Customer: "ann", Day: 10}, {Customer: "ann", Day: 40}}, 7, 60, 90)
	if err != nil {
		t.Fatal(err)
	}
	return []drawing{
		{"histogram", frequency.Histogram, []string{"Who orders again", "May to June", "customers", "actual", "BG/NBD", "2+", "1,000"}},
		{"holdout", holdout.ByFrequency, []string{"Orders held out", "July", "(1,200)", "2+", "actual", "BG/NBD"}},
		{"cumulative", tracking.Cumulative, []string{"Repeat orders so far", "weeks since", "calibration ends", "NBD"}},
		{"incremental", tracking.Incremental, []string{"week by week", "repeat orders in a week"}},
		{"map", NewAliveMap(m, 39, "weeks", 12).HeatMap, []string{"39 weeks after the first order", "MBG/NBD", "P(alive)", "t_x", "1.0"}},
		{"path", path.Plot, []string{"customer ann", "MBG/NBD", "days since her first order", "calibration ends"}},
	}
}

// TestPicturesSayWhatIsSeen reads titles, axes and legends from the SVG, and
// demands the same bytes for the same content.
func TestPicturesSayWhatIsSeen(t *testing.T) {
	for _, d := range drawings(t) {
		t.Run(d.name, func(t *testing.T) {
			first, second := svgOf(t, d.draw), svgOf(t, d.draw)
			if first != second {
				t.Error("two pictures of the same content differ")
			}
			for _, word := range d.words {
				if !strings.Contains(first, word) {
					t.Errorf("the picture does not say %q", word)
				}
			}
		})
	}
}

func svgOf(t *testing.T, draw func() (Picture, error)) string {
	t.Helper()
	p, err := draw()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := p.Write(&b, SVG); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSaveFollowsTheExtension(t *testing.T) {
	p, err := drawings(t)[0].draw()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "a.PNG")
	if err := p.Save(path); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	decoded, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if size := decoded.Bounds().Size(); size.X != 8*dpi || size.Y != 5*dpi {
		t.Errorf("the picture has %v pixels", size)
	}
	if err := p.Save(filepath.Join(dir, "a.bmp")); err == nil || !strings.Contains(err.Error(), "choose png or svg") {
		t.Errorf("bmp: %v", err)
	}
	if err := p.Save(filepath.Join(dir, "none", "a.svg")); err == nil {
		t.Error("saved into a folder that does not exist")
	}
}

// TestNothingToDraw gives errors, not panics.
func TestNothingToDraw(t *testing.T) {
	for name, draw := range map[string]func() (Picture, error){
		"histogram": Frequency{Actual: []float64{math.NaN()}}.Histogram,
		"tracking":  Tracking{}.Cumulative,
		"holdout":   Holdout{Actual: []float64{math.NaN()}, Customers: []int{0}}.ByFrequency,
		"map":       AliveMap{}.HeatMap,
		"path":      AlivePath{}.Plot,
	} {
		if _, err := draw(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func testModel(t testing.TB, family btyd.Family) btyd.Model {
	t.Helper()
	parameters := map[btyd.Family][]float64{btyd.NBD: {0.385, 12.072}, btyd.BGNBD: {0.243, 4.414, 0.793, 2.426}, btyd.MBGNBD: {0.525, 6.183, 0.891, 1.614}}
	m, err := btyd.New(family, parameters[family]...)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
