package main

import (
	"github.com/spf13/cobra"

	"perennial/command"
	"perennial/lab"
)

func labCustomersCommand(env command.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use: "customers ORDERS", Short: "Fit customer-base models to a table of orders and judge them",
		Long: `Fit customer-base models ("buy till you die") to a table of orders and judge them on later orders.

The table is CSV, TSV, JSON or Parquet, with a row for each order or line: who, when, how much. A customer's rows
of one day are one order; a day on which things only came back is none. Models learn what was known at the end of
--calibrate-until and are judged by what followed, until --holdout-until.

Models:
  nbd          never stop ordering: the floor
  bg_nbd       may stop after any repeat order
  mbg_nbd      may stop after any order
  bg_cnbd_k    bg_nbd with regular times between orders (left out where they are not)
  mbg_cnbd_k   mbg_nbd with regular times between orders
  pareto_nbd   may stop at any time
and Gamma-Gamma for order values. The best fit has the lowest BIC, the best forecast the lowest log loss of an
order held out; the latter fills --customers. Beside it stands what would have been chosen without the holdout: by
looking back from within the calibration period, recalibrated, and judged once.

--covariates is a CSV file: the customer's id, then numbers of about unit size that were known on the first day.
bg_nbd and pareto_nbd are fitted without and with them.

--customers writes a row per customer as of the end of calibration: x, t_x and T in units of time, P(alive),
expected orders and P(an order) in 30, 90 and 365 days, the 80% interval of the orders in 365 days, the median and
the 80% interval of the next order's date given that it comes within 365 days, discounted orders, order value and
revenue.

--pictures draws repeat orders, tracking, the holdout by orders before, P(alive) by how often and how lately
somebody ordered, and P(alive) of one customer through time.`,
		Example: `  perennial lab customers orders.csv --calibrate-until 2026-03-31
  perennial lab customers cdnow_sample.csv.gz --calibrate-until 1997-09-30 --holdout-until 1998-06-30 --pictures pictures
  perennial lab customers orders.parquet --customer client --date day --amount paid --models bg_nbd,pareto_nbd --customers scores.csv
  perennial lab customers orders.csv --calibrate-until 2026-03-31 --covariates channel.csv --unit day --json`,
		Args: cobra.ExactArgs(1),
	}
	var opts lab.CustomersOptions
	flags := cmd.Flags()
	flags.StringVar(&opts.Customer, "customer", "", "column of the customer's id (default: by its name)")
	flags.StringVar(&opts.Date, "date", "", "column of the day or time of the order (default: by its name)")
	flags.StringVar(&opts.Amount, "amount", "", "column of the amount (default: by its name)")
	flags.StringVar(&opts.DateFormat, "date-format", "", "form of the dates, as %d/%m/%Y (default: ISO 8601 or what they show)")
	flags.StringVar(&opts.CalibrateUntil, "calibrate-until", "", "last day that models know (default: the last day with an order, and no holdout)")
	flags.StringVar(&opts.HoldoutUntil, "holdout-until", "", "last day that models are judged by (default: the last day with an order)")
	flags.StringVar(&opts.Unit, "unit", "week", "unit of time: day, week or month (30.4375 days)")
	flags.StringSliceVar(&opts.Models, "models", nil, "models, separated by commas (default: all)")
	flags.StringVar(&opts.Covariates, "covariates", "", "CSV file of customers' ids and numbers, for bg_nbd and pareto_nbd")
	flags.StringVar(&opts.Customers, "customers", "", "CSV file for what the best forecast says of every customer")
	flags.BoolVar(&opts.Intervals, "revenue-intervals", false, "in --customers, also the 80% interval of the revenue in 365 days (a millisecond or more each)")
	flags.Float64Var(&opts.DiscountRate, "discount-rate", 0.1, "of future orders in --customers, a year; 0 for none")
	flags.StringVar(&opts.Pictures, "pictures", "", "folder for pictures")
	flags.StringVar(&opts.PictureFormat, "picture-format", "", "png or svg (default png)")
	flags.StringVar(&opts.CustomerID, "customer-id", "", "customer whose P(alive) is drawn (default: one with most orders)")
	flags.BoolVar(&opts.JSON, "json", false, "print JSON and nothing else")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		opts.Orders = args[0]
		return lab.Customers(cmd.Context(), opts, env, cmd.OutOrStdout())
	}
	return cmd
}
