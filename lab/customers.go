package lab

import (
	"context"
	"fmt"
	"io"

	"perennial/command"
)

// Customers fits customer-base models to one plain table of orders, judges them
// on the orders that it holds out and prints which describes the customers best.
// With opts.Customers it writes what the chosen model says of everybody, with
// opts.Pictures how well the models do. Times are by env.Clock.
//
// Wrong options are errors with command.ExitUsage, tables that cannot be read or are too
// small with command.ExitData, absent ones with command.ExitInput. Nothing is written before
// everything is known.
func Customers(ctx context.Context, opts CustomersOptions, env command.Env, out io.Writer) error {
	if err := labCustomers(ctx, opts, env, out); err != nil {
		return fmt.Errorf("lab customers: %w", err)
	}
	return nil
}

func labCustomers(ctx context.Context, opts CustomersOptions, env command.Env, out io.Writer) error {
	families, err := opts.check()
	if err != nil {
		return err
	}
	base, err := readCustomerBase(ctx, opts, env.Progress)
	if err != nil {
		return err
	}
	result := &customersResult{base: base}
	if err := result.fit(ctx, families, len(opts.Models) > 0, env); err != nil {
		return err
	}
	if err := result.judge(ctx, env.Progress); err != nil {
		return err
	}
	if err := result.roll(ctx, env.Progress); err != nil {
		return err
	}
	result.choose()
	if err := result.save(ctx, opts, env.Progress); err != nil {
		return err
	}
	if opts.JSON {
		return result.printJSON(out)
	}
	return result.print(out)
}

// customersResult is what Customers has found out.
type customersResult struct {
	base   *customerBase
	trials []*customerTrial
	spend  orderValues

	actual struct {
		frequencies []float64 // customers with n repeat orders; the last, n or more
		held        heldOut
		tracking    []float64 // repeat orders by the end of base.weeks
		atNow       float64   // repeat orders by the end of calibration
		atEnd       float64   // and of the holdout
	}

	fitsBest *customerTrial // lowest BIC
	chosen   *customerTrial // best on the holdout; without one, fitsBest
	rolling  *rolling       // nil without a holdout
	reasons  []string       // for both
}
