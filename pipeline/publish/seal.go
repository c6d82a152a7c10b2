package publish

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// A sealed record is indented JSON whose last field is the SHA-256 of all bytes
// before it. The seal is over bytes, not fields, so a reader checks it on records
// with fields it does not know.
const (
	sealOpening = ",\n  \"sha256\": \""
	sealClosing = "\"\n}\n"
)

// seal returns record, a struct, as sealed JSON.
func seal(record any) ([]byte, error) {
	body, err := json.MarshalIndent(record, "", "  ")
	if err != nil {
		return nil, err
	}
	body = bytes.TrimSuffix(body, []byte("\n}"))
	return append(body, sealOpening+digest(body)+sealClosing...), nil
}

// unseal checks the seal and decodes body into record.
func unseal(body []byte, record any) error {
	end := bytes.LastIndex(body, []byte(sealOpening))
	if end < 0 {
		return fmt.Errorf("%w: no seal", ErrCorrupt)
	}
	if string(body[end:]) != sealOpening+digest(body[:end])+sealClosing {
		return fmt.Errorf("%w: the seal does not match", ErrCorrupt)
	}
	if err := json.Unmarshal(body, record); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return nil
}
