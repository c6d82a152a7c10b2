package gbdt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// categoriesKey begins the line in which LightGBM's Python package keeps the
// categories of a data frame: a list of texts for every column of them.
const categoriesKey = "pandas_categorical:"

// WriteCategories adds to a model text, after Write, the texts behind the codes of
// each categorical column, as LightGBM's Python package does.
func WriteCategories(w io.Writer, categories [][]string) error {
	text, err := json.Marshal(categories)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "\n%s%s\n", categoriesKey, text)
	return err
}

// ReadClassifier reads LightGBM's model text, as Read does, of a model that
// predicts a probability, and the categories of the data frame that it was trained
// on: the texts of each categorical column in the order of their codes, nil where
// the file has none.
func ReadClassifier(text []byte) (m *Model, categories [][]string, err error) {
	if m, err = Read(bytes.NewReader(text)); err != nil {
		return nil, nil, err
	}
	if m.Objective.Loss != Binary {
		return nil, nil, fmt.Errorf(`the objective is %s, which gives no probability (train with "objective": "binary")`, m.Objective.Loss)
	}
	if i := bytes.LastIndex(text, []byte("\n"+categoriesKey)); i >= 0 {
		line := bytes.TrimSpace(text[i+1+len(categoriesKey):])
		if err := json.Unmarshal(line, &categories); err != nil {
			return nil, nil, fmt.Errorf("%s %w (only texts may be categories of a data frame; leave numbers as they are)", categoriesKey, err)
		}
	}
	return m, categories, nil
}
