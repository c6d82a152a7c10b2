package golearn

import (
	"encoding/json"
	"fmt"
	"io"
)

const liblinearFormat = "perennial golearn liblinear 1"

// liblinearFile is a Liblinear in a file.
type liblinearFile struct {
	Format string `json:"format"`
	imputation
	Intercept float64         `json:"intercept"`
	Features  []linearFeature `json:"features"`
}

type linearFeature struct {
	Name string `json:"name"`
	scaling
	Weight float64 `json:"weight"`
}

// Write saves the model as indented JSON: columns, then one entry per feature.
func (m *Liblinear) Write(w io.Writer) error {
	f := liblinearFile{Format: liblinearFormat, imputation: m.imputer.file(), Intercept: m.intercept}
	for k := range m.weights {
		f.Features = append(f.Features, linearFeature{m.imputer.name(k), m.scaling[k], m.weights[k]})
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(f); err != nil {
		return fmt.Errorf("golearn: write liblinear: %w", err)
	}
	return nil
}

// ReadLiblinear reads what Liblinear.Write wrote. A file that is cut short,
// altered in its features or followed by anything is an error.
func ReadLiblinear(r io.Reader) (*Liblinear, error) {
	m, err := readLiblinear(json.NewDecoder(r))
	if err != nil {
		return nil, fmt.Errorf("golearn: read liblinear: %w", err)
	}
	return m, nil
}

func readLiblinear(decoder *json.Decoder) (*Liblinear, error) {
	var f liblinearFile
	if err := decoder.Decode(&f); err != nil {
		return nil, unexpected(err)
	}
	if f.Format != liblinearFormat {
		return nil, fmt.Errorf("format is %q, not %q", f.Format, liblinearFormat)
	}
	p, err := f.imputer()
	if err != nil {
		return nil, err
	}
	if len(f.Features) != p.width() {
		return nil, fmt.Errorf("%d features, the columns make %d", len(f.Features), p.width())
	}
	m := &Liblinear{imputer: p, intercept: f.Intercept}
	for k, feature := range f.Features {
		if feature.Name != p.name(k) {
			return nil, fmt.Errorf("feature %d is %q, not %q", k, feature.Name, p.name(k))
		}
		m.scaling = append(m.scaling, feature.scaling)
		m.weights = append(m.weights, feature.Weight)
	}
	return m, atEnd(decoder)
}
