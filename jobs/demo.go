package jobs

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"perennial/command"
	"perennial/pipeline/publish"
	"perennial/simulate"
)

// Simulate writes a shop whose truth is known.
func Simulate(ctx context.Context, cfg simulate.Config, dir string, env command.Env, out io.Writer) error {
	tick := env.Progress.Counter("simulate")
	summary, err := simulate.Run(ctx, cfg, dir, tick)
	if err != nil {
		return &command.Error{Code: command.ExitIO, Err: err}
	}
	_, err = fmt.Fprintf(out, "%d customers, %d orders with %d lines, %d engagements from %s to %s\nrun a night: perennial nightly -c %s --as-of %s\n",
		summary.Customers, summary.Orders, summary.Lines, summary.Engagements, summary.Start, summary.End-1, filepath.Join(dir, "perennial.yaml"), summary.End)
	return err
}

// Demo simulates a shop in dir, runs its night and shows ten customers. An
// empty dir makes a new folder.
func Demo(ctx context.Context, cfg simulate.Config, dir string, env command.Env, out io.Writer) error {
	var err error
	if dir == "" {
		if dir, err = os.MkdirTemp("", "perennial-demo-"); err != nil {
			return err
		}
	}
	if err := Simulate(ctx, cfg, dir, env, io.Discard); err != nil {
		return err
	}
	shop, err := Load(filepath.Join(dir, "perennial.yaml"), os.LookupEnv)
	if err != nil {
		return err
	}
	summary, err := Nightly(ctx, shop, NightlyOptions{AsOf: cfg.End()}, env)
	if err != nil {
		return err
	}
	if err := summary.Print(out); err != nil {
		return err
	}
	if err := printCustomers(out, summary.Samples); err != nil {
		return err
	}
	yaml := filepath.Join(dir, "perennial.yaml")
	_, err = fmt.Fprintf(out, "\nAll scores: perennial scores -c %s\nReport:     %s\n", yaml, filepath.Join(summary.Store, "runs", summary.RunID, "report.html"))
	return err
}

// printCustomers shows rows the way a person reads them.
func printCustomers(out io.Writer, rows []publish.Score) error {
	fmt.Fprintf(out, "\n%d customers, one of each action first:\n", len(rows))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for i := range rows {
		row := &rows[i]
		fmt.Fprintf(w, "\n%s\t%s, %s\tchurn %s (%s)\tworth %s a year\n", row.CustomerID, row.LifecycleStage, orDash(row.RFMGroup), percent(row.ChurnProbability), orDash(row.ChurnRisk), amount(row.PredictedRevenue365d))
		for _, reason := range row.Reasons {
			fmt.Fprintf(w, "  %s\n", reason.Text)
		}
		action := row.Action
		if row.ActionChannel != "" {
			action += " by " + row.ActionChannel
		}
		fmt.Fprintf(w, "  → %s\n", strings.TrimSuffix(action+": "+row.ActionReason, ": "))
	}
	return w.Flush()
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func percent(p *float64) string {
	if p == nil {
		return "unknown"
	}
	return fmt.Sprintf("%.0f%%", 100**p)
}

func amount(v *float64) string {
	if v == nil {
		return "unknown"
	}
	return fmt.Sprintf("%.2f", *v)
}
