package logistic

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
)

const (
	fileFormat  = "perennial logistic"
	fileVersion = 1
	// fileLimit bounds what Read takes into memory: 300 bytes a term leave room
	// for two hundred thousand.
	fileLimit = 64 << 20
)

// file is the JSON document of a model.
type file struct {
	Format       string   `json:"format"`
	Version      int      `json:"version"`
	Status       Status   `json:"status"`
	Iterations   int      `json:"iterations"`
	Lambda       float64  `json:"lambda"`
	Intercept    float64  `json:"intercept"`
	InterceptErr float64  `json:"intercept_standard_error,omitempty"`
	Columns      []column `json:"columns"`
}

// Write saves the model as indented JSON. Floats are written so that Read gives
// the same bits.
func (m *Model) Write(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	err := encoder.Encode(file{
		fileFormat, fileVersion, m.status, m.iterations, m.lambda, m.intercept, m.interceptErr, m.columns,
	})
	if err != nil {
		return fmt.Errorf("logistic: write model: %w", err)
	}
	return nil
}

// Read reads what Model.Write wrote. Another format or version, a truncated or
// altered file that cannot be a model, or one above 64 MiB is an error.
func Read(r io.Reader) (*Model, error) {
	f, err := decode(r)
	if err != nil {
		return nil, fmt.Errorf("logistic: read model: %w", err)
	}
	m := &Model{
		columns: f.Columns, intercept: f.Intercept, interceptErr: f.InterceptErr,
		lambda: f.Lambda, status: f.Status, iterations: f.Iterations,
	}
	m.link()
	return m, nil
}

func decode(r io.Reader) (*file, error) {
	var f file
	decoder := json.NewDecoder(io.LimitReader(r, fileLimit))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&f); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("something follows the model, or it is too long")
	}
	return &f, f.validate()
}

func (f *file) validate() error {
	switch {
	case f.Format != fileFormat:
		return fmt.Errorf("format is %q, not %q", f.Format, fileFormat)
	case f.Version != fileVersion:
		return fmt.Errorf("version is %d; this program reads %d (fit the model again)", f.Version, fileVersion)
	case f.Status != Converged && f.Status != Limit:
		return fmt.Errorf("status is %q", f.Status)
	case f.Iterations < 0 || !(f.Lambda > 0) || f.InterceptErr < 0:
		return errors.New("iterations, lambda or a standard error is out of range")
	case len(f.Columns) == 0:
		return errors.New("no columns")
	}
	seen := make(map[string]bool, len(f.Columns))
	reach := math.Abs(f.Intercept) // the largest margin possible
	for i := range f.Columns {
		c := &f.Columns[i]
		if seen[c.Name] {
			return fmt.Errorf("two columns are named %q", c.Name)
		}
		seen[c.Name] = true
		if err := c.validate(); err != nil {
			return fmt.Errorf("column %q: %w", c.Name, err)
		}
		reach += c.reach()
	}
	if math.IsInf(reach, 0) || math.IsNaN(reach) {
		return errors.New("coefficients are so large that probabilities are undefined")
	}
	return nil
}

func (c *column) validate() error {
	if c.Low > c.High {
		return fmt.Errorf("low %g is above high %g", c.Low, c.High)
	}
	for _, t := range []*term{c.Value, c.Missing} {
		if t != nil && (!(t.SD > 0) || t.StdErr < 0) {
			return errors.New("a standard deviation or error is out of range")
		}
	}
	return nil
}

// reach returns the largest contribution of a cell to the margin, in absolute
// value; not a number or infinite where float32 cannot hold the term.
func (c *column) reach() float64 {
	sum := 0.0
	add := func(t *term, ends ...float64) {
		farthest := 0.0
		for _, end := range ends {
			farthest = max(farthest, math.Abs(float64(float32((end-t.Mean)/t.SD))))
		}
		sum += farthest * math.Abs(t.Coefficient)
	}
	if c.Value != nil {
		low, high := c.Low, c.High
		if c.Log {
			low, high = signedLog(low), signedLog(high)
		}
		add(c.Value, low, high)
	}
	if c.Missing != nil {
		add(c.Missing, 0, 1)
	}
	return sum
}
