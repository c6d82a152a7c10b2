package extract

import (
	"fmt"
	"math"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"

	"perennial/pipeline/history"
	"perennial/pipeline/table"
)

// textColumn is a column of strings in one piece of memory; null is "".
type textColumn struct {
	data []byte
	ends []uint32 // value i ends at ends[i]
}

func (c *textColumn) rows() int { return len(c.ends) }

// at returns value i, valid as long as the column.
func (c *textColumn) at(i int) []byte {
	from := uint32(0)
	if i > 0 {
		from = c.ends[i-1]
	}
	return c.data[from:c.ends[i]]
}

func (c *textColumn) read(p *table.Parquet, name string) error {
	c.ends = make([]uint32, 0, room(p))
	return p.Pages(name, func(page parquet.Page) error {
		err := eachText(page, func(value []byte) { c.add(value) }, func() { c.add(nil) })
		if err == nil && len(c.data) > math.MaxUint32 {
			err = fmt.Errorf("more than 4 GiB of text (use more buckets)")
		}
		return err
	})
}

func (c *textColumn) add(value []byte) {
	c.data = append(c.data, value...)
	c.ends = append(c.ends, uint32(len(c.data)))
}

// room is how many values to make room for at once. The footer may be damaged.
func room(p *table.Parquet) int64 { return min(max(p.Rows(), 0), 1<<22) }

// eachText visits the strings of a page in order.
func eachText(page parquet.Page, value func([]byte), null func()) error {
	data := page.Data()
	var index []int32
	if d := page.Dictionary(); d != nil {
		index = data.Int32()
		data = d.Page().Data()
	}
	text, offsets := data.ByteArray()
	next := 0
	return eachLevel(page, func() {
		i := next
		if index != nil {
			i = int(index[next])
		}
		value(text[offsets[i]:offsets[i+1]])
		next++
	}, null)
}

// eachLevel visits the values of a page as there or null.
func eachLevel(page parquet.Page, present, null func()) error {
	levels := page.DefinitionLevels()
	if len(levels) == 0 {
		for range page.NumValues() {
			present()
		}
		return nil
	}
	for _, level := range levels {
		switch level {
		case 1:
			present()
		case 0:
			null()
		default:
			return fmt.Errorf("a flat column is nested")
		}
	}
	return nil
}

// codeColumn is a column of strings as codes of a dictionary; null is 0.
type codeColumn struct {
	dictionary history.Dictionary
	codes      []history.Code
}

func (c *codeColumn) read(p *table.Parquet, name string) error {
	var of parquet.Dictionary
	var byIndex []history.Code
	byText := map[string]history.Code{}
	c.codes = make([]history.Code, 0, room(p))
	return p.Pages(name, func(page parquet.Page) error {
		d := page.Dictionary()
		if d == nil {
			return eachText(page, func(value []byte) { c.codes = append(c.codes, c.lookup(byText, value)) }, c.absent)
		}
		if d != of {
			of, byIndex = d, c.lookupAll(d)
		}
		data := page.Data()
		index := data.Int32()
		next := 0
		return eachLevel(page, func() {
			c.codes = append(c.codes, byIndex[index[next]])
			next++
		}, c.absent)
	})
}

func (c *codeColumn) absent() { c.codes = append(c.codes, 0) }

func (c *codeColumn) lookup(known map[string]history.Code, value []byte) history.Code {
	code, ok := known[string(value)]
	if !ok {
		code = c.dictionary.Code(string(value))
		known[string(value)] = code
	}
	return code
}

// lookupAll returns the code of every entry of a Parquet dictionary.
func (c *codeColumn) lookupAll(d parquet.Dictionary) []history.Code {
	data := d.Page().Data()
	text, offsets := data.ByteArray()
	codes := make([]history.Code, d.Len())
	for i := range codes {
		codes[i] = c.dictionary.Code(string(text[offsets[i]:offsets[i+1]]))
	}
	return codes
}

// numbers reads a column of doubles; null is NaN.
func numbers(p *table.Parquet, name string) ([]float64, error) {
	return fixed(p, name, func(v *encoding.Values) []float64 { return v.Double() }, math.NaN())
}

// instants reads a column of wall clocks in microseconds.
func instants(p *table.Parquet, name string, null int64) ([]int64, error) {
	return fixed(p, name, func(v *encoding.Values) []int64 { return v.Int64() }, null)
}

// fixed reads a column of values of fixed size.
func fixed[T any](p *table.Parquet, name string, of func(*encoding.Values) []T, null T) ([]T, error) {
	column := make([]T, 0, room(p))
	err := p.Pages(name, func(page parquet.Page) error {
		data := page.Data()
		d := page.Dictionary()
		if d == nil && page.NumNulls() == 0 {
			column = append(column, of(&data)...)
			return nil
		}
		var index []int32
		if d != nil {
			index = data.Int32()
			data = d.Page().Data()
		}
		values := of(&data)
		next := 0
		return eachLevel(page, func() {
			if index != nil {
				column = append(column, values[index[next]])
			} else {
				column = append(column, values[next])
			}
			next++
		}, func() { column = append(column, null) })
	})
	return column, err
}

// answerColumn is a column of yes and no; null is unknown.
type answerColumn struct{ answers []history.Consent }

func (c *answerColumn) read(p *table.Parquet, name string) error {
	return p.Pages(name, func(page parquet.Page) error {
		values := make([]parquet.Value, page.NumValues())
		n, err := page.Values().ReadValues(values)
		if n < len(values) {
			return fmt.Errorf("a page ends early: %w", err)
		}
		for _, v := range values {
			answer := history.ConsentNo
			switch {
			case v.IsNull():
				answer = history.ConsentUnknown
			case v.Boolean():
				answer = history.ConsentYes
			}
			c.answers = append(c.answers, answer)
		}
		return nil
	})
}
