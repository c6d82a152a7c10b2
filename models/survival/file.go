package survival

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

const (
	fileFormat  = "perennial survival curve"
	fileVersion = 1
	// fileLimit bounds what Read takes into memory: a million steps.
	fileLimit = 64 << 20
)

// file is the JSON document of a curve.
type file struct {
	Format  string    `json:"format"`
	Version int       `json:"version"`
	Kind    Kind      `json:"kind"`
	End     float64   `json:"longest_follow_up_days"`
	Days    []float64 `json:"days"`
	Values  []float64 `json:"values"`
}

// Write saves the curve as JSON. Floats are written so that Read gives the same
// bits.
func (c *Curve) Write(w io.Writer) error {
	err := json.NewEncoder(w).Encode(file{fileFormat, fileVersion, c.kind, c.end, c.days, c.values})
	if err != nil {
		return fmt.Errorf("survival: write curve: %w", err)
	}
	return nil
}

// Read reads what Curve.Write wrote. Another format or version, a truncated file,
// one above 64 MiB, or steps that are no such curve are errors.
func Read(r io.Reader) (*Curve, error) {
	var f file
	decoder := json.NewDecoder(io.LimitReader(r, fileLimit))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&f); err != nil {
		return nil, fmt.Errorf("survival: read curve: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("survival: read curve: something follows the curve, or it is too long")
	}
	if err := f.validate(); err != nil {
		return nil, fmt.Errorf("survival: read curve: %w", err)
	}
	return newCurve(f.Kind, f.Days, f.Values, f.End), nil
}

func (f *file) validate() error {
	switch {
	case f.Format != fileFormat:
		return fmt.Errorf("format is %q, not %q", f.Format, fileFormat)
	case f.Version != fileVersion:
		return fmt.Errorf("version is %d; this program reads %d (estimate the curve again)", f.Version, fileVersion)
	case f.Kind != Survival && f.Kind != Hazard && f.Kind != MeanCount:
		return fmt.Errorf("kind is %q", f.Kind)
	case len(f.Days) != len(f.Values):
		return fmt.Errorf("%d days for %d values", len(f.Days), len(f.Values))
	case f.End < 0:
		return fmt.Errorf("longest follow-up is %v days", f.End)
	}
	for k, day := range f.Days {
		if day < 0 || day > f.End || (k > 0 && day <= f.Days[k-1]) {
			return fmt.Errorf("step %d is on day %v, out of order", k, day)
		}
		if !f.follows(k) {
			return fmt.Errorf("step %d goes to %v, which a %s cannot", k, f.Values[k], f.Kind)
		}
	}
	return nil
}

// follows reports whether step k moves in the curve's direction.
func (f *file) follows(k int) bool {
	v, before := f.Values[k], 0.0
	if f.Kind == Survival {
		before = 1
	}
	if k > 0 {
		before = f.Values[k-1]
	}
	if f.Kind == Survival {
		return v >= 0 && v <= before
	}
	return v >= before
}
