package calibrate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

const (
	fileFormat  = "perennial calibration"
	fileVersion = 1
	fileLimit   = 64 << 20 // bounds what Read takes into memory: a million knots
)

// file is the JSON document of a model; the curve's fields depend on the method.
type file struct {
	Format  string          `json:"format"`
	Version int             `json:"version"`
	Method  Method          `json:"method"`
	Status  Status          `json:"status"`
	Curve   json.RawMessage `json:"curve"`
}

// Write saves the model as indented JSON. Floats are written so that Read gives
// the same bits.
func (m *Model) Write(w io.Writer) error {
	curve, err := json.Marshal(m.curve)
	if err != nil {
		return fmt.Errorf("calibrate: write model: %w", err)
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(file{fileFormat, fileVersion, m.method, m.status, curve}); err != nil {
		return fmt.Errorf("calibrate: write model: %w", err)
	}
	return nil
}

// Read reads what Model.Write wrote. Another format or version, a truncated file,
// one above 64 MiB, or a curve that falls are errors.
func Read(r io.Reader) (*Model, error) {
	m, err := read(r)
	if err != nil {
		return nil, fmt.Errorf("calibrate: read model: %w", err)
	}
	return m, nil
}

func read(r io.Reader) (*Model, error) {
	var f file
	decoder := json.NewDecoder(io.LimitReader(r, fileLimit))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&f); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("something follows the model, or it is too long")
	}
	switch {
	case f.Format != fileFormat:
		return nil, fmt.Errorf("format is %q, not %q", f.Format, fileFormat)
	case f.Version != fileVersion:
		return nil, fmt.Errorf("version is %d; this program reads %d (fit the model again)", f.Version, fileVersion)
	case f.Status != Converged && f.Status != Boundary && f.Status != Limit:
		return nil, fmt.Errorf("status is %q", f.Status)
	}
	m := &Model{method: f.Method, status: f.Status}
	var err error
	switch f.Method {
	case None:
		m.curve, err = readCurve[identity](f.Curve)
	case Platt:
		m.curve, err = readCurve[platt](f.Curve)
	case Isotonic:
		m.curve, err = readCurve[isotonic](f.Curve)
	default:
		err = fmt.Errorf("method is %q", f.Method)
	}
	return m, err
}

func readCurve[C curve](text json.RawMessage) (C, error) {
	var c C
	if err := json.Unmarshal(text, &c); err != nil {
		return c, err
	}
	return c, c.validate()
}
