package command

import (
	"encoding/json"
	"io"
)

// WriteJSON writes what --json asks for, indented.
func WriteJSON(w io.Writer, document any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(document)
}
