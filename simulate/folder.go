package simulate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/parquet-go/parquet-go"
)

// folder is the files of a shop being written.
type folder struct {
	files []*os.File // all of them, in the order made

	orders, engagements, customers, products, actions, configuration *os.File

	truth *parquet.GenericWriter[Truth]
}

// truthRowGroup bounds the rows that the truth holds in memory.
const truthRowGroup = 100_000

// create makes the files of a shop in dir, none of which may exist.
func create(dir string) (*folder, error) {
	f := new(folder)
	var truth *os.File
	for _, file := range []struct {
		to   **os.File
		name string
	}{
		{&f.orders, "orders.csv"},
		{&f.engagements, "engagements.csv"},
		{&f.customers, "customers.csv"},
		{&f.products, "products.csv"},
		{&f.actions, "actions.csv"},
		{&truth, "truth.parquet"},
		{&f.configuration, "perennial.yaml"},
	} {
		made, err := os.OpenFile(filepath.Join(dir, file.name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			err = fmt.Errorf("%w (choose an empty folder)", err)
		}
		if err != nil {
			return nil, f.close(err)
		}
		*file.to = made
		f.files = append(f.files, made)
	}
	f.truth = parquet.NewGenericWriter[Truth](truth,
		parquet.Compression(&parquet.Zstd), parquet.MaxRowsPerRowGroup(truthRowGroup))
	return f, nil
}

// writeShop writes what does not depend on the customers.
func (f *folder) writeShop(cfg Config, s *shop) error {
	var err error
	write := func(to *os.File, rows []byte) {
		if err == nil {
			_, err = to.Write(rows)
		}
	}
	write(f.orders, []byte(orderHeader))
	write(f.engagements, []byte(engagementHeader))
	write(f.customers, []byte(customerHeader))
	write(f.actions, []byte(actionHeader))
	write(f.products, appendProducts([]byte(productHeader), s))
	write(f.configuration, []byte(configuration(cfg.Seed, cfg.Customers, cfg.End())))
	return err
}

// writeBlock appends the rows of b.
func (f *folder) writeBlock(b *block) error {
	for _, part := range []struct {
		to   *os.File
		rows []byte
	}{
		{f.orders, b.orders},
		{f.engagements, b.engagements},
		{f.customers, b.customers},
		{f.actions, b.actions},
	} {
		if _, err := part.to.Write(part.rows); err != nil {
			return err
		}
	}
	if _, err := f.truth.Write(b.truth); err != nil {
		return fmt.Errorf("write truth.parquet: %w", err)
	}
	return nil
}

// close closes the files. If failure is not nil, or closing fails, it removes
// them and returns what went wrong first.
func (f *folder) close(failure error) error {
	if f.truth != nil && failure == nil {
		if err := f.truth.Close(); err != nil {
			failure = fmt.Errorf("write truth.parquet: %w", err)
		}
	}
	for _, file := range f.files {
		if err := file.Close(); err != nil && failure == nil {
			failure = err
		}
	}
	if failure == nil {
		return nil
	}
	for _, file := range f.files {
		if err := os.Remove(file.Name()); err != nil {
			failure = fmt.Errorf("%w; %w", failure, err)
		}
	}
	return failure
}
