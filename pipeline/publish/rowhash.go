package publish

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"reflect"
	"strconv"
)

// rowHashBytes is the length of a row hash: by chance, one change in 2^64 goes
// unnoticed.
const rowHashBytes = 8

// RowHash returns the hash over the columns of s that a CRM shows, as 16
// hexadecimal digits: probabilities rounded to 0.01, money to units, of reasons
// the codes. A null column adds nothing, so a column that is new and null leaves
// every hash as it was. WritePart fills it in.
func RowHash(s *Score) string {
	row := reflect.ValueOf(s).Elem()
	text := make([]byte, 0, 1024)
	for i := range contract {
		if c := &contract[i]; c.crm != "" {
			text = c.appendShown(text, row.Field(c.field))
		}
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:rowHashBytes])
}

// appendShown appends the column's name and what a CRM shows of v, unless null.
func (c *column) appendShown(text []byte, v reflect.Value) []byte {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return text
		}
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.String:
		if v.Len() == 0 {
			return text
		}
		return appendText(append(text, c.label...), v.String())
	case reflect.Slice:
		return appendList(append(text, c.label...), v)
	}
	text = append(text, c.label...)
	var number [32]byte
	return appendText(text, c.appendNumber(number[:0], v))
}

// appendNumber appends a number or bool as a CRM shows it.
func (c *column) appendNumber(text []byte, v reflect.Value) []byte {
	switch {
	case v.Kind() == reflect.Bool:
		return strconv.AppendBool(text, v.Bool())
	case v.Kind() == reflect.Int32:
		return strconv.AppendInt(text, v.Int(), 10)
	case c.crm == "probability":
		return appendRounded(text, v.Float()*100)
	}
	return appendRounded(text, v.Float())
}

func appendRounded(text []byte, x float64) []byte {
	if x = math.Round(x); math.Abs(x) < 1<<53 {
		return strconv.AppendInt(text, int64(x), 10) // -0 as 0
	}
	return strconv.AppendFloat(text, x, 'f', -1, 64)
}

// appendList appends the number of elements and each of them: texts, or the
// codes of reasons.
func appendList(text []byte, v reflect.Value) []byte {
	text = binary.AppendUvarint(text, uint64(v.Len()))
	for i := range v.Len() {
		element := v.Index(i)
		if element.Kind() == reflect.Struct {
			element = element.FieldByName("Code")
		}
		text = appendText(text, element.String())
	}
	return text
}

// appendText appends s after its length, so that no two lists of texts read alike.
func appendText[T string | []byte](text []byte, s T) []byte {
	return append(binary.AppendUvarint(text, uint64(len(s))), s...)
}
