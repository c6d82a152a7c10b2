package jobs

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"perennial/command"
	"perennial/features"
	"perennial/models/evaluate"
	"perennial/models/leaderboard"
	"perennial/pipeline/history"
)

// EvaluateOptions say which nights are judged.
type EvaluateOptions struct {
	AsOf        history.Day // newest night to judge; 0 is the newest whose churn label is complete
	Cutoffs     int         // nights, a month apart; default 1
	HorizonDays int         // churn horizon; 0 takes the configuration's
	JSON        bool

	// Without are families of features, as in FEATURES.md, that models must do
	// without: the difference is what a family is worth.
	Without []string
}

// BackTest judges one past night by what happened after it.
type BackTest struct {
	AsOf      history.Day          `json:"as_of"`
	ChurnDays int                  `json:"churn_horizon_days"`
	Customers int                  `json:"customers"` // judged
	Boards    []*leaderboard.Board `json:"boards"`    // churn first
	Churn     evaluate.Report      `json:"churn"`     // of the winner; y is no order within the horizon
	When      *WhenReport          `json:"when"`
	Value     *ValueReport         `json:"value,omitempty"`
	What      *WhatReport          `json:"what,omitempty"`
}

// Evaluate is the rolling back-test: for each past night it trains on what was
// known then and judges on what came after, without erased customers. Nothing is
// published.
func Evaluate(ctx context.Context, cfg Config, opts EvaluateOptions, env command.Env, out io.Writer) (err error) {
	if opts.HorizonDays > 0 {
		cfg.Churn.HorizonDays = Horizon(opts.HorizonDays)
	}
	if err := checkFamilies(opts.Without); err != nil {
		return err
	}
	if cfg, err = withoutErased(ctx, cfg); err != nil {
		return err
	}
	var tests []BackTest
	err = withExtract(ctx, cfg, "evaluate", env, func(dir string, newest history.Day) error {
		asOf, err := newestJudge(ctx, cfg, opts, dir, newest+1, env.Progress)
		if err != nil {
			return err
		}
		for k := range max(1, opts.Cutoffs) {
			test, err := backTest(ctx, cfg, opts.Without, dir, asOf-history.Day(30*k), newest+1, env.Progress)
			if err != nil {
				return err
			}
			tests = append(tests, *test)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if opts.JSON {
		return command.WriteJSON(out, map[string]any{"shop": cfg.Shop, "back_tests": tests})
	}
	return printBackTests(out, cfg.Shop, tests)
}

// checkFamilies finds names that no family of features has.
func checkFamilies(names []string) error {
	var families []string
	for _, f := range features.Families() {
		families = append(families, f.Name)
	}
	for _, name := range names {
		if !slices.Contains(families, name) {
			return &command.Error{Code: command.ExitUsage, Err: fmt.Errorf("evaluate: --without %q is no family of features (choose from %s)", name, strings.Join(families, ", "))}
		}
	}
	return nil
}

// newestJudge returns the newest night that the facts until end can judge.
func newestJudge(ctx context.Context, cfg Config, opts EvaluateOptions, dir string, end history.Day, progress command.Progress) (history.Day, error) {
	if opts.AsOf != 0 {
		return opts.AsOf, nil
	}
	s, err := openShop(ctx, cfg, end, dir, progress)
	if err != nil {
		return 0, err
	}
	return end - history.Day(s.churnHorizon()), nil
}

// backTest judges the night as of asOf by facts until end.
func backTest(ctx context.Context, cfg Config, without []string, dir string, asOf, end history.Day, progress command.Progress) (*BackTest, error) {
	s, err := openShop(ctx, cfg, asOf, dir, progress)
	if err != nil {
		return nil, err
	}
	s.without = without
	churnDays := s.churnHorizon()
	if asOf+history.Day(churnDays) > end {
		return nil, &command.Error{Code: command.ExitUsage, Err: fmt.Errorf("evaluate: as of %s, churn within %d days is not known before %s but the orders end on %s (choose an earlier --as-of or a shorter --horizon)",
			asOf, churnDays, asOf+history.Day(churnDays), end-1)}
	}
	known := slices.DeleteFunc(horizons(churnDays), func(days int) bool { return asOf+history.Day(days) > end })
	t := planBackTest(asOf, s.survey.first, known, churnDays, cfg.Train.Cutoffs)
	all, err := s.train(ctx, t, churnDays, progress)
	if err != nil {
		return nil, err
	}
	if len(all.purchase) == 0 || all.purchase[0].days != churnDays {
		return nil, &command.Error{Code: command.ExitData, Err: fmt.Errorf("evaluate: as of %s there is too little history to train and judge churn within %d days (it takes 50 customers and %d days; try a shorter --horizon)",
			asOf, churnDays, 2*churnDays+30)}
	}
	test := &BackTest{AsOf: asOf, ChurnDays: churnDays, Customers: len(all.purchase[0].judge.Y)}
	for i := range all.purchase {
		test.Boards = append(test.Boards, all.purchase[i].board)
	}
	if all.value != nil {
		test.Boards = append(test.Boards, all.value.board)
	}
	test.Churn = churnReport(&all.purchase[0])
	if test.When, err = t.judgeWhen(all, end); err != nil {
		return nil, err
	}
	if test.Value, err = s.judgeValue(ctx, t, all, end, progress); err != nil {
		return nil, err
	}
	test.What, err = s.judgeWhat(ctx, churnDays, end, progress)
	return test, err
}

// churnReport turns P(order) into churn: what the complement says about the
// complement.
func churnReport(a *answer) evaluate.Report {
	p := a.board.Entry(a.board.Winner).Predictions
	churned, probability := make([]float64, len(p)), make([]float64, len(p))
	for i := range p {
		churned[i], probability[i] = 1-a.judge.Y[i], 1-p[i]
	}
	return evaluate.Binary(churned, probability)
}

func printBackTests(out io.Writer, shop string, tests []BackTest) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for i := range tests {
		test := &tests[i]
		fmt.Fprintf(w, "%s, night of %s judged by what happened after it: %d customers, churn is no order within %d days\n", shop, test.AsOf, test.Customers, test.ChurnDays)
		for _, board := range test.Boards {
			printBoard(w, board, test)
		}
		fmt.Fprintf(w, "\nThe winner's churn probabilities, most at risk first:\n%s", test.Churn)
		test.When.print(w, test.Boards[0].Winner)
		if test.Value != nil {
			test.Value.print(w)
		}
		if test.What != nil {
			test.What.print(w)
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}

func printBoard(w io.Writer, board *leaderboard.Board, test *BackTest) {
	fmt.Fprintf(w, "\n%s: %d training rows; winner %s, %s\n", board.Question, board.TrainRows, board.Winner, board.Why)
	names := sortedKeys(board.Entry(board.Winner).Metrics)
	fmt.Fprint(w, "candidate\trung\tloss\t")
	for _, name := range names {
		fmt.Fprintf(w, "%s\t", name)
	}
	first := board == test.Boards[0]
	if first {
		fmt.Fprint(w, "c_index\t")
	}
	fmt.Fprintln(w)
	for _, entry := range board.Entries {
		if entry.Failure != "" {
			fmt.Fprintf(w, "%s\t%s\t%s\n", entry.Name, entry.Rung, entry.Failure)
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%.4f\t", entry.Name, entry.Rung, entry.Loss)
		for _, name := range names {
			if v, ok := entry.Metrics[name]; ok {
				fmt.Fprintf(w, "%.4g", v)
			}
			fmt.Fprint(w, "\t")
		}
		if v, ok := test.When.CIndex[entry.Name]; first && ok {
			fmt.Fprintf(w, "%.4f\t", v)
		}
		fmt.Fprintln(w)
	}
}
