package publish

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// textWriter turns cells into text, reusing one buffer.
type textWriter struct {
	buffer  bytes.Buffer
	encoder *json.Encoder
}

func newTextWriter() *textWriter {
	t := new(textWriter)
	t.encoder = json.NewEncoder(&t.buffer)
	t.encoder.SetEscapeHTML(false) // product ids with & stay as they are
	return t
}

// json returns the cell as JSON, good until the next call.
func (t *textWriter) json(cell any) ([]byte, error) {
	t.buffer.Reset()
	err := t.encoder.Encode(cell)
	return bytes.TrimSuffix(t.buffer.Bytes(), []byte("\n")), err
}

// cell returns the cell as a CSV cell.
func (t *textWriter) cell(cell any) (string, error) {
	switch v := cell.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	}
	value, err := t.json(cell)
	return string(value), err
}
