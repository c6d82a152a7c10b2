package extract

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"perennial/pipeline/history"
	"perennial/pipeline/table"
)

// Extract is a complete extract. It is safe to share.
type Extract struct {
	dir        string
	report     *Report
	vocabulary history.Vocabulary
	products   []history.Product
}

// Open opens the extract that Run has completed in dir. It is ErrMissing if
// there is none, ErrBadData if one of its files is damaged.
func Open(dir string) (*Extract, error) {
	report, err := readReport(dir)
	if err != nil {
		return nil, fmt.Errorf("extract: open: %w", err)
	}
	e := &Extract{dir: dir, report: report}
	if err := e.readVocabulary(); err != nil {
		return nil, fmt.Errorf("extract: open: %w", err)
	}
	if err := e.readProducts(); err != nil {
		return nil, fmt.Errorf("extract: open: %w", err)
	}
	return e, nil
}

// Report returns what was read and kept.
func (e *Extract) Report() *Report { return e.report }

// Buckets returns the number of buckets.
func (e *Extract) Buckets() int { return e.report.Buckets }

// Vocabulary returns the dictionaries that all buckets share.
func (e *Extract) Vocabulary() history.Vocabulary { return e.vocabulary }

// Products returns every product of the vocabulary, that of code c at c-1.
func (e *Extract) Products() []history.Product { return e.products }

func (e *Extract) readVocabulary() error {
	names := map[string][]string{}
	err := readFile(filepath.Join(e.dir, vocabularyFile), -1, func(p *table.Parquet) error {
		var dictionary, name textColumn
		if err := dictionary.read(p, "dictionary"); err != nil {
			return err
		}
		if err := name.read(p, "name"); err != nil {
			return err
		}
		for i := range name.rows() {
			key := string(dictionary.at(i))
			names[key] = append(names[key], string(name.at(i)))
		}
		return nil
	})
	e.vocabulary = history.Vocabulary{
		Products:   history.NewDictionary(names["products"]),
		Categories: history.NewDictionary(names["categories"]),
		Channels:   history.NewDictionary(names["channels"]),
		Kinds:      history.NewDictionary(names["kinds"]),
		Campaigns:  history.NewDictionary(names["campaigns"]),
		Actions:    history.NewDictionary(names["actions"]),
		Countries:  history.NewDictionary(names["countries"]),
	}
	return err
}

func (e *Extract) readProducts() error {
	products := e.vocabulary.Products
	return readFile(filepath.Join(e.dir, productsFile), int64(products.Len()), func(p *table.Parquet) error {
		var id, name textColumn
		categories := codeColumn{dictionary: e.vocabulary.Categories}
		var available, consumable answerColumn
		r := columnReader{p: p}
		r.read("product_id", id.read)
		r.read("name", name.read)
		r.read("category", categories.read)
		r.read("available", available.read)
		r.read("consumable", consumable.read)
		if err := r.check(id.rows(), name.rows(), len(categories.codes), len(available.answers), len(consumable.answers)); err != nil {
			return err
		}
		e.products = make([]history.Product, products.Len())
		for i := range e.products {
			code := history.Code(i + 1)
			if string(id.at(i)) != products.Name(code) {
				return dataError("product %d is %q, not %q", i+1, id.at(i), products.Name(code))
			}
			e.products[i] = history.Product{
				Code: code, Category: categories.codes[i], Name: string(name.at(i)),
				Available: available.answers[i] != history.ConsentNo, Consumable: consumable.answers[i] == history.ConsentYes,
			}
		}
		return nil
	})
}

// readFile opens a Parquet file of the extract, which must have rows rows; -1
// accepts any number.
func readFile(path string, rows int64, read func(*table.Parquet) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	p, err := table.OpenParquet(f, info.Size())
	if err == nil && rows >= 0 && p.Rows() != rows {
		err = fmt.Errorf("%d rows, not %d", p.Rows(), rows)
	}
	if err == nil {
		err = read(p)
	}
	if err != nil {
		return dataError("%s: %w (run extract again)", path, err)
	}
	return nil
}

// Bucket reads the histories of bucket k: customers sorted by id, each one's rows
// by time. It needs memory for that bucket only. Buckets may be read at the same
// time.
func (e *Extract) Bucket(ctx context.Context, k int) (*history.Bucket, error) {
	if k < 0 || k >= e.Buckets() {
		return nil, fmt.Errorf("extract: no bucket %d (there are %d)", k, e.Buckets())
	}
	b := &bucketReader{extract: e, index: k}
	for _, read := range []func() error{b.readOrders, b.readEngagements, b.readActions, b.readCustomers} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := read(); err != nil {
			return nil, fmt.Errorf("extract: bucket %d: %w", k, err)
		}
	}
	return b.merge(), nil
}
