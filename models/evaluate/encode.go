package evaluate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// measure is a named number of a result.
type measure struct {
	name  string
	value *float64
}

// appendMeasures writes the members of a JSON object, null for what is not
// finite: JSON has no NaN.
func appendMeasures(b *bytes.Buffer, measures []measure) {
	for k, m := range measures {
		if k > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(b, "%q:", m.name)
		if v := *m.value; math.IsNaN(v) || math.IsInf(v, 0) {
			b.WriteString("null")
		} else {
			b.WriteString(strconv.FormatFloat(v, 'g', -1, 64))
		}
	}
}

func encodeMeasures(measures []measure) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	appendMeasures(&b, measures)
	b.WriteByte('}')
	return b.Bytes(), nil
}

// decodeMeasures reads the members that measures name; absent or null is NaN.
func decodeMeasures(data []byte, measures []measure) error {
	members := make(map[string]json.RawMessage)
	if err := json.Unmarshal(data, &members); err != nil {
		return fmt.Errorf("evaluate: read measures: %w", err)
	}
	for _, m := range measures {
		var v *float64
		if text, ok := members[m.name]; ok {
			if err := json.Unmarshal(text, &v); err != nil {
				return fmt.Errorf("evaluate: read measure %q: %w", m.name, err)
			}
		}
		*m.value = math.NaN()
		if v != nil {
			*m.value = *v
		}
	}
	return nil
}

// MarshalJSON writes the bin, null for NaN.
func (b Bin) MarshalJSON() ([]byte, error) { return encodeMeasures(b.measures()) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (b *Bin) UnmarshalJSON(data []byte) error { return decodeMeasures(data, b.measures()) }

func (b *Bin) measures() []measure {
	return []measure{
		{"weight", &b.Weight},
		{"predicted", &b.Predicted},
		{"observed", &b.Observed},
		{"lift", &b.Lift},
		{"captured", &b.Captured},
	}
}

// MarshalJSON writes the measures, null for NaN.
func (b Basket) MarshalJSON() ([]byte, error) { return encodeMeasures(b.measures()) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (b *Basket) UnmarshalJSON(data []byte) error { return decodeMeasures(data, b.measures()) }

// MarshalJSON writes the interval, null for NaN.
func (i Interval) MarshalJSON() ([]byte, error) { return encodeMeasures(i.measures()) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (i *Interval) UnmarshalJSON(data []byte) error { return decodeMeasures(data, i.measures()) }

func (i *Interval) measures() []measure {
	return []measure{{"difference", &i.Difference}, {"low", &i.Low}, {"high", &i.High}}
}

// MarshalJSON writes the measures, null for NaN, and the deciles.
func (r Report) MarshalJSON() ([]byte, error) {
	deciles, err := json.Marshal(r.Deciles)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteByte('{')
	appendMeasures(&b, r.measures())
	fmt.Fprintf(&b, `,"deciles":%s}`, deciles)
	return b.Bytes(), nil
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (r *Report) UnmarshalJSON(data []byte) error {
	if err := decodeMeasures(data, r.measures()); err != nil {
		return err
	}
	var rest struct {
		Deciles []Bin `json:"deciles"`
	}
	if err := json.Unmarshal(data, &rest); err != nil {
		return fmt.Errorf("evaluate: read deciles: %w", err)
	}
	r.Deciles = rest.Deciles
	return nil
}
