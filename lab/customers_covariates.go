package lab

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"perennial/command"
)

// readCovariates reads what is known of customers from their first day: a CSV
// file, perhaps gzipped, whose first column is their id and whose others are
// numbers. Everybody needs a row; rows of others are ignored.
func (b *customerBase) readCovariates(path string) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return &command.Error{Code: command.ExitInput, Err: fmt.Errorf("--covariates: %w (name a CSV file)", err)}
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	text, err := perhapsGzipped(f)
	if err != nil {
		return command.Data("--covariates %s: %w", path, err)
	}
	if err := b.parseCovariates(text); err != nil {
		return command.Data("--covariates %s: %w", path, err)
	}
	return nil
}

// perhapsGzipped returns what a file holds.
func perhapsGzipped(f io.Reader) (io.Reader, error) {
	r := bufio.NewReader(f)
	if magic, err := r.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		return gzip.NewReader(r)
	}
	return r, nil
}

func (b *customerBase) parseCovariates(text io.Reader) error {
	r := csv.NewReader(text)
	r.ReuseRecord = true
	header, err := r.Read()
	if err != nil {
		return fmt.Errorf("header: %w", err)
	}
	if len(header) < 2 {
		return fmt.Errorf("one column (give the customer's id, then numbers)")
	}
	for _, name := range header[1:] {
		column := make([]float64, len(b.people))
		for i := range column {
			column[i] = math.NaN()
		}
		b.covariates, b.z = append(b.covariates, strings.TrimSpace(name)), append(b.z, column)
	}
	places := make(map[string]int, len(b.people))
	for i := range b.people {
		places[b.people[i].ID] = i
	}
	if err := b.fillCovariates(r, places); err != nil {
		return err
	}
	return b.missingCovariates()
}

// fillCovariates reads the rows; places are those of customers by id.
func (b *customerBase) fillCovariates(r *csv.Reader, places map[string]int) error {
	for {
		record, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		line, _ := r.FieldPos(0)
		i, known := places[strings.TrimSpace(record[0])]
		if !known {
			continue
		}
		if !math.IsNaN(b.z[0][i]) {
			return fmt.Errorf("line %d: customer %q has a row already (give one)", line, record[0])
		}
		for j, cell := range record[1:] {
			v, err := strconv.ParseFloat(strings.TrimSpace(cell), 64)
			if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("line %d: %q of customer %q is %q (give a number)", line, b.covariates[j], record[0], cell)
			}
			b.z[j][i] = v
		}
	}
}

// missingCovariates is the error of customers without a row.
func (b *customerBase) missingCovariates() error {
	missing, first := 0, ""
	for i, v := range b.z[0] {
		if !math.IsNaN(v) {
			continue
		}
		if missing == 0 {
			first = b.people[i].ID
		}
		missing++
	}
	if missing > 0 {
		return fmt.Errorf("%d of %d customers have no row, the first is %q (give everybody one)", missing, len(b.people), first)
	}
	return nil
}
