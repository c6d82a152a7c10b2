package lab

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"perennial/command"
	"perennial/models/btyd"
	"perennial/models/btyd/picture"
	"perennial/pipeline/history"
)

// CustomersOptions says which customer-base models are judged on which orders.
type CustomersOptions struct {
	Orders         string   // file: CSV, TSV, JSON or Parquet
	Customer       string   // column; "" means what its name says, as of Date and Amount
	Date           string   // column
	Amount         string   // column
	DateFormat     string   // strptime format; "" means ISO 8601 or what the values show
	CalibrateUntil string   // last day that models know; "" means the last day with an order, and no holdout
	HoldoutUntil   string   // last day that they are judged by; "" means the last day with an order
	Unit           string   // of time: day, week or month; "" means week
	Models         []string // names; none means all of them
	Covariates     string   // CSV: the customer's id, then numbers; "" means none
	Customers      string   // CSV to write, a row per customer; "" means none
	Intervals      bool     // in Customers, also of the revenue
	DiscountRate   float64  // a year, 0.1 for 10%
	Pictures       string   // folder to draw into; "" means none
	PictureFormat  string   // png or svg; "" means png
	CustomerID     string   // who is drawn; "" means somebody with most orders
	JSON           bool     // print JSON instead of tables for people
}

// customerFamily is a family of models and its name on the command line.
type customerFamily struct {
	name   string
	family btyd.Family
}

func customerFamilies() []customerFamily {
	return []customerFamily{
		{"nbd", btyd.NBD}, {"bg_nbd", btyd.BGNBD}, {"mbg_nbd", btyd.MBGNBD},
		{"bg_cnbd_k", btyd.BGCNBD}, {"mbg_cnbd_k", btyd.MBGCNBD}, {"pareto_nbd", btyd.ParetoNBD},
	}
}

// timeUnit is a unit of time for people and for models.
type timeUnit struct {
	name string
	days float64
}

func timeUnits() []timeUnit {
	const month = 365.25 / 12
	return []timeUnit{{"day", 1}, {"week", 7}, {"month", month}}
}

// unit returns the unit of time, or why there is none.
func (o CustomersOptions) unit() (timeUnit, error) {
	name := o.Unit
	if name == "" {
		name = "week"
	}
	for _, u := range timeUnits() {
		if u.name == name {
			return u, nil
		}
	}
	return timeUnit{}, command.Usage("--unit %q: unknown (choose day, week or month)", o.Unit)
}

// check returns the families to fit, or why the options are wrong.
func (o CustomersOptions) check() ([]customerFamily, error) {
	if _, err := o.unit(); err != nil {
		return nil, err
	}
	if _, _, err := o.days(); err != nil {
		return nil, err
	}
	switch {
	case o.Orders == "":
		return nil, command.Usage("no file (name a table of orders)")
	case !(o.DiscountRate >= 0 && o.DiscountRate <= 10):
		return nil, command.Usage("--discount-rate %v: not between 0 and 10 (0.1 is 10%% a year)", o.DiscountRate)
	case o.PictureFormat != "" && o.PictureFormat != picture.PNG && o.PictureFormat != picture.SVG:
		return nil, command.Usage("--picture-format %q: unknown (choose %s or %s)", o.PictureFormat, picture.PNG, picture.SVG)
	case o.Pictures == "" && (o.CustomerID != "" || o.PictureFormat != ""):
		return nil, command.Usage("--customer-id and --picture-format are of pictures (name a folder with --pictures)")
	case o.Customers == "" && o.Intervals:
		return nil, command.Usage("--revenue-intervals are columns of --customers (name its file)")
	}
	if err := o.checkOutputs(); err != nil {
		return nil, err
	}
	families, err := chooseCustomerFamilies(o.Models)
	if err == nil && o.Covariates != "" && !slices.ContainsFunc(families, func(f customerFamily) bool { return takesCovariates(f.family) }) {
		return nil, command.Usage("--covariates: none of --models takes them (choose bg_nbd or pareto_nbd)")
	}
	return families, err
}

// takesCovariates reports whether a family can be fitted with covariates.
func takesCovariates(family btyd.Family) bool {
	return family == btyd.BGNBD || family == btyd.ParetoNBD
}

// days returns the last days of calibration and holdout; nil where it is not said.
func (o CustomersOptions) days() (now, end *history.Day, err error) {
	parse := func(flag, text string) (*history.Day, error) {
		if text == "" {
			return nil, nil
		}
		day, err := history.ParseDay(text)
		if err != nil {
			return nil, command.Usage("--%s %q: no day (write it as 2026-06-30)", flag, text)
		}
		return &day, nil
	}
	if now, err = parse("calibrate-until", o.CalibrateUntil); err != nil {
		return nil, nil, err
	}
	if end, err = parse("holdout-until", o.HoldoutUntil); err != nil {
		return nil, nil, err
	}
	switch {
	case end != nil && now == nil:
		return nil, nil, command.Usage("--holdout-until needs --calibrate-until (say where the holdout begins)")
	case end != nil && *end <= *now:
		return nil, nil, command.Usage("--holdout-until %v is not after --calibrate-until %v (choose a later day)", *end, *now)
	}
	return now, end, nil
}

// checkOutputs finds what would fail only after the work, or overwrite an input.
func (o CustomersOptions) checkOutputs() error {
	if o.Customers != "" {
		for _, input := range []struct{ what, path string }{{"the table of orders", o.Orders}, {"--covariates", o.Covariates}} {
			if input.path != "" && sameFile(o.Customers, input.path) {
				return command.Usage("--customers %s is also %s (write to another file)", o.Customers, input.what)
			}
		}
		if _, err := os.Stat(filepath.Dir(o.Customers)); err != nil {
			return command.Usage("--customers: %w (make the folder first)", err)
		}
	}
	if o.Pictures == "" {
		return nil
	}
	switch info, err := os.Stat(o.Pictures); {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(filepath.Dir(filepath.Clean(o.Pictures))); err != nil {
			return command.Usage("--pictures: %w (make the folder that it is in first)", err)
		}
	case err != nil:
		return command.Usage("--pictures: %w", err)
	case !info.IsDir():
		return command.Usage("--pictures %s is a file (name a folder)", o.Pictures)
	}
	return nil
}

// chooseCustomerFamilies returns the families called names, or all.
func chooseCustomerFamilies(names []string) ([]customerFamily, error) {
	families := customerFamilies()
	if len(names) == 0 {
		return families, nil
	}
	var all []string
	for _, f := range families {
		all = append(all, f.name)
	}
	places, err := namedOf("--models", names, all)
	var chosen []customerFamily
	for _, k := range places {
		chosen = append(chosen, families[k])
	}
	return chosen, err
}
