package lab

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"perennial/command"
	"perennial/models/btyd"
	"perennial/models/btyd/picture"
	"perennial/pipeline/history"
)

// customerHorizons are what customers are scored for, in days.
func customerHorizons() []int { return []int{30, 90, 365} }

// save makes everything that opts asks for, and then writes it.
func (r *customersResult) save(ctx context.Context, opts CustomersOptions, progress command.Progress) error {
	pictures, err := r.pictures(opts)
	if err != nil {
		return err
	}
	if opts.Customers != "" {
		sheet, err := r.scoreSheet(ctx, opts, progress)
		if err != nil {
			return err
		}
		if err := writeLabFile(opts.Customers, sheet.write); err != nil {
			return err
		}
		r.base.notes = append(r.base.notes, fmt.Sprintf("%s holds what %s says of every customer at the end of %v", opts.Customers, r.chosen.name, history.Day(r.base.now)))
	}
	return r.savePictures(pictures, opts, progress)
}

// customerSheet is the columns of the file of customers.
type customerSheet struct {
	base     *customerBase
	scores   btyd.Scores
	orders   customerRanges
	revenue  customerRanges // empty unless asked for
	valued   bool
	discount bool
}

// scoreSheet asks the chosen model about everybody.
func (r *customersResult) scoreSheet(ctx context.Context, opts CustomersOptions, progress command.Progress) (*customerSheet, error) {
	b, t := r.base, r.chosen
	config := btyd.ScoreConfig{Spend: r.spendModel(), Rate: b.discountRate(opts.DiscountRate)}
	for _, days := range customerHorizons() {
		config.Horizons = append(config.Horizons, b.units(days))
	}
	s := &customerSheet{base: b, valued: r.spend.fit != nil, discount: config.Rate > 0}
	if err := t.score(ctx, &s.scores, b.customers, config, progress.Step("score", blocks(len(b.customers)))); err != nil {
		return nil, err
	}
	year := config.Horizons[len(config.Horizons)-1]
	var err error
	if s.orders, err = t.orderRanges(ctx, b, year, progress); err != nil {
		return nil, err
	}
	if opts.Intervals && s.valued {
		tick := progress.Step("revenue", blocks(len(b.customers)))
		s.revenue, err = t.revenueRanges(ctx, b, r.spend.fit.Plausible(), year, tick)
	}
	return s, err
}

// header names the columns.
func (s *customerSheet) header() []string {
	unit := s.base.unit.name + "s"
	names := []string{"customer_id", "first_order", "x", "t_x_" + unit, "T_" + unit, "p_alive"}
	for _, days := range customerHorizons() {
		names = append(names, fmt.Sprintf("orders_%dd", days), fmt.Sprintf("p_order_%dd", days))
	}
	names = append(names, "orders_365d_low", "orders_365d_high", "next_order_early", "next_order_median", "next_order_late")
	if s.discount {
		names = append(names, "discounted_orders_365d")
	}
	if s.valued {
		names = append(names, "mean_value", "order_value", "revenue_365d")
		if s.revenue.low != nil {
			names = append(names, "revenue_365d_low", "revenue_365d_high")
		}
		if s.discount {
			names = append(names, "discounted_revenue_365d")
		}
	}
	return names
}

// write writes the sheet as CSV, numbers with 6 digits.
func (s *customerSheet) write(w io.Writer) error {
	out := csv.NewWriter(w)
	record := s.header()
	for i := range s.base.people {
		if err := out.Write(record); err != nil {
			return err
		}
		record = s.appendRow(record[:0], i)
	}
	if err := out.Write(record); err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// appendRow adds the cells of customer i, in the order of header.
func (s *customerSheet) appendRow(row []string, i int) []string {
	number := func(v float64) { row = append(row, strconv.FormatFloat(v, 'g', 6, 64)) }
	p, scores, year := s.base.people[i], &s.scores, len(customerHorizons())-1
	row = append(row, p.ID, history.Day(p.FirstDay).String(), strconv.Itoa(p.Customer.Orders))
	number(p.Customer.Last)
	number(p.Customer.Age)
	number(scores.Alive[i])
	for h := range scores.Expected {
		number(scores.Expected[h][i])
		number(scores.AtLeastOne[h][i])
	}
	number(s.orders.low[i])
	number(s.orders.high[i])
	row = s.appendDates(row, scores.Early[i], scores.Median[i], scores.Late[i])
	if s.discount {
		number(scores.Discounted[year][i])
	}
	if !s.valued {
		return row
	}
	number(p.Customer.Value)
	number(scores.OrderValue[i])
	number(scores.Expected[year][i] * scores.OrderValue[i])
	if s.revenue.low != nil {
		number(s.revenue.low[i])
		number(s.revenue.high[i])
	}
	if s.discount {
		number(scores.Discounted[year][i] * scores.OrderValue[i])
	}
	return row
}

// appendDates adds the first day, the middle and the last day of an interval of times
// from now on: tomorrow is the first day there is, and one belongs to the interval if
// its middle does.
func (s *customerSheet) appendDates(row []string, early, median, late float64) []string {
	unit := s.base.unit.days
	middle := max(math.Ceil(median*unit), 1)
	first := max(min(math.Ceil(early*unit+0.5), middle), 1)
	last := max(math.Floor(late*unit+0.5), middle)
	for _, days := range []float64{first, middle, last} {
		row = append(row, history.Day(s.base.now+int(days)).String())
	}
	return row
}

// namedPicture is a picture and the name of its file.
type namedPicture struct {
	name    string
	picture picture.Picture
}

// savePictures writes pictures into a folder, which it makes if need be.
func (r *customersResult) savePictures(pictures []namedPicture, opts CustomersOptions, progress command.Progress) error {
	if len(pictures) == 0 {
		return nil
	}
	if err := os.Mkdir(opts.Pictures, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return &command.Error{Code: command.ExitIO, Err: fmt.Errorf("--pictures: %w", err)}
	}
	format := opts.PictureFormat
	if format == "" {
		format = picture.PNG
	}
	tick := progress.Step("draw", len(pictures))
	for _, p := range pictures {
		if err := p.picture.Save(filepath.Join(opts.Pictures, p.name+"."+format)); err != nil {
			return &command.Error{Code: command.ExitIO, Err: err}
		}
		tick()
	}
	return nil
}
