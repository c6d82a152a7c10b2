package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"perennial/command"
	"perennial/jobs"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
	"perennial/simulate"
)

// joinLines makes one line of several.
func joinLines(text string) string { return strings.ReplaceAll(text, "\n", "; ") }

// commands returns the command line of perennial.
func commands(env command.Env) *cobra.Command {
	root := &cobra.Command{
		Use:           "perennial",
		Short:         "Score a shop's customers every night, with reasons and a recommended action",
		Example:       "  perennial demo\n  perennial init orders.csv\n  perennial nightly -c perennial.yaml",
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       env.Version,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError(fmt.Errorf("%w (see: %s --help)", err, cmd.CommandPath()))
	})
	root.AddCommand(
		demoCommand(env), simulateCommand(env), initCommand(), checkCommand(env), nightlyCommand(env),
		stepCommand(env, jobs.StepExtract, "Read the sources into the store"),
		stepCommand(env, jobs.StepFeatures, "Read the sources and write the feature table"),
		stepCommand(env, jobs.StepTrain, "Train models when due and promote those that win"),
		stepCommand(env, jobs.StepScore, "Score every customer and stage the result without publishing it"),
		publishCommand(env), evaluateCommand(env), effectsCommand(env), explainCommand(), scoresCommand(),
		backfillCommand(env), rollbackCommand(env), verifyCommand(), repairCommand(), gcCommand(env), eraseCommand(env), modelsCommand(), labCommand(env),
	)
	for _, cmd := range root.Commands() {
		wrapUsage(cmd)
	}
	return root
}

// wrapUsage makes wrong arguments usage errors.
func wrapUsage(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return usageError(fmt.Errorf("%w (see: %s --help)", err, cmd.CommandPath()))
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		wrapUsage(sub)
	}
}

func usageError(err error) error { return &command.Error{Code: command.ExitUsage, Err: err} }

// configFlag adds -c and returns what loads the configuration.
func configFlag(cmd *cobra.Command) func() (jobs.Config, error) {
	name := cmd.Flags().StringP("config", "c", "perennial.yaml", "configuration of the shop")
	return func() (jobs.Config, error) { return jobs.Load(*name, os.LookupEnv) }
}

// asOfFlag adds --as-of and returns what reads it.
func asOfFlag(cmd *cobra.Command, usage string) func() (history.Day, error) {
	return dayFlag(cmd, "as-of", usage)
}

// dayFlag adds a flag for a day and returns what reads it, 0 if it is not given.
func dayFlag(cmd *cobra.Command, name, usage string) func() (history.Day, error) {
	text := cmd.Flags().String(name, "", usage)
	return func() (history.Day, error) {
		if *text == "" {
			return 0, nil
		}
		day, err := history.ParseDay(*text)
		if err != nil {
			return 0, usageError(fmt.Errorf("--%s %q is not a date (write 2026-11-22)", name, *text))
		}
		return day, nil
	}
}

// spanFlags adds --from and --to and returns what reads them into from and to.
func spanFlags(cmd *cobra.Command, from, to *history.Day, first, last string) func() error {
	parseFrom, parseTo := dayFlag(cmd, "from", first), dayFlag(cmd, "to", last)
	return func() (err error) {
		if *from, err = parseFrom(); err == nil {
			*to, err = parseTo()
		}
		return err
	}
}

func demoCommand(env command.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use: "demo", Short: "Simulate a shop, run its night and show the scores; needs no input",
		Example: "  perennial demo\n  perennial demo --customers 5000 --out ./demo", Args: cobra.NoArgs,
	}
	cfg := simulateFlags(cmd)
	out := cmd.Flags().String("out", "", "folder for the shop and its store (default: a new temporary folder)")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return jobs.Demo(cmd.Context(), *cfg, *out, env, cmd.OutOrStdout())
	}
	return cmd
}

func simulateCommand(env command.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use: "simulate", Short: "Write a shop's orders, engagements, customers and products with the truth behind them",
		Example: "  perennial simulate --customers 10000 --days 730 --seed 7 --out ./shop", Args: cobra.NoArgs,
	}
	cfg := simulateFlags(cmd)
	out := cmd.Flags().String("out", "shop", "folder to write")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return jobs.Simulate(cmd.Context(), *cfg, *out, env, cmd.OutOrStdout())
	}
	return cmd
}

func simulateFlags(cmd *cobra.Command) *simulate.Config {
	cfg := &simulate.Config{}
	cmd.Flags().IntVar(&cfg.Customers, "customers", 2000, "number of customers")
	cmd.Flags().IntVar(&cfg.Days, "days", 730, "days of history")
	cmd.Flags().Uint64Var(&cfg.Seed, "seed", 1, "seed of the simulation")
	return cfg
}

func initCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "init FILE …", Short: "Look at exports and write perennial.yaml",
		Example: "  perennial init orders.csv customers.csv", Args: cobra.MinimumNArgs(1),
	}
	out := cmd.Flags().String("out", "perennial.yaml", "file to write; an existing one is never overwritten")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return jobs.Init(cmd.Context(), args, *out, cmd.OutOrStdout())
	}
	return cmd
}

func checkCommand(env command.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use: "check", Short: "Read configuration and data and say what tonight would do; nothing is written",
		Example: "  perennial check -c perennial.yaml", Args: cobra.NoArgs,
	}
	load, asOf := configFlag(cmd), asOfFlag(cmd, "business day (default: today in the shop's time zone)")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, opts, err := nightOf(load, asOf, env)
		if err != nil {
			return err
		}
		return jobs.Check(cmd.Context(), cfg, opts.AsOf, env, cmd.OutOrStdout())
	}
	return cmd
}

// nightOf loads the configuration and settles the business day.
func nightOf(load func() (jobs.Config, error), asOf func() (history.Day, error), env command.Env) (jobs.Config, jobs.NightlyOptions, error) {
	day, err := asOf()
	if err != nil {
		return jobs.Config{}, jobs.NightlyOptions{}, err
	}
	cfg, err := load()
	if err == nil && day == 0 {
		day = cfg.Today(env.Clock())
	}
	return cfg, jobs.NightlyOptions{AsOf: day}, err
}

func nightlyCommand(env command.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use: "nightly", Short: "Run the night: extract, train when due, score, act, publish",
		Example: "  perennial nightly -c perennial.yaml\n  perennial nightly -c perennial.yaml --as-of 2026-11-22", Args: cobra.NoArgs,
	}
	load, asOf := configFlag(cmd), asOfFlag(cmd, "business day (default: today in the shop's time zone)")
	publishing := publishFlags(cmd)
	refreshFlag(cmd, publishing)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, opts, err := nightOf(load, asOf, env)
		if err != nil {
			return err
		}
		publishing.AsOf = opts.AsOf
		return report(cmd, func() (*jobs.Summary, error) { return jobs.Nightly(cmd.Context(), cfg, *publishing, env) })
	}
	return cmd
}

// publishFlags adds what may be said about publishing.
func publishFlags(cmd *cobra.Command) *jobs.NightlyOptions {
	opts := &jobs.NightlyOptions{}
	cmd.Flags().BoolVar(&opts.Force, "force", false, "publish though this night, or a later one, is published already")
	acceptFlags(cmd, &opts.Accept, &opts.Reason, &opts.By)
	waitFlag(cmd, &opts.Wait)
	return opts
}

// acceptFlags adds what lets gates fail this once.
func acceptFlags(cmd *cobra.Command, accept *[]string, reason, by *string) {
	cmd.Flags().StringSliceVar(accept, "accept", nil, "gates to pass this once, by name: H8,H9")
	cmd.Flags().StringVar(reason, "reason", "", "why gates are passed; kept in the commit")
	cmd.Flags().StringVar(by, "by", "", "who passes them")
	cmd.PreRunE = func(*cobra.Command, []string) error {
		for _, name := range *accept {
			if !publish.Acceptable(name) {
				return usageError(fmt.Errorf("--accept %q: only H8, H9 and H12 can be accepted", name))
			}
		}
		if len(*accept) > 0 && strings.TrimSpace(*reason) == "" {
			return usageError(errors.New("--accept needs a --reason"))
		}
		return nil
	}
}

// refreshFlag adds --full-refresh.
func refreshFlag(cmd *cobra.Command, opts *jobs.NightlyOptions) {
	cmd.Flags().BoolVar(&opts.FullRefresh, "full-refresh", false, "read everything again: files that have not changed, and all rows of databases")
}

// waitFlag adds how long to wait for another run.
func waitFlag(cmd *cobra.Command, wait *time.Duration) {
	cmd.Flags().DurationVar(wait, "wait", 0, "wait so long for another run at work, such as 30m, instead of ending with exit code 75")
}

// report prints the summary of a job that ended well. That of a failed night is in
// its manifest and report.
func report(cmd *cobra.Command, job func() (*jobs.Summary, error)) error {
	summary, err := job()
	if err != nil {
		return err
	}
	return summary.Print(cmd.OutOrStdout())
}

func stepCommand(env command.Env, step jobs.Step, short string) *cobra.Command {
	cmd := &cobra.Command{
		Use: string(step), Short: short,
		Example: fmt.Sprintf("  perennial %s -c perennial.yaml", step), Args: cobra.NoArgs,
	}
	load, asOf := configFlag(cmd), asOfFlag(cmd, "business day (default: today in the shop's time zone)")
	told := &jobs.NightlyOptions{}
	waitFlag(cmd, &told.Wait)
	if step == jobs.StepExtract {
		refreshFlag(cmd, told)
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, opts, err := nightOf(load, asOf, env)
		if err != nil {
			return err
		}
		opts.Wait, opts.FullRefresh = told.Wait, told.FullRefresh
		return report(cmd, func() (*jobs.Summary, error) { return jobs.RunStep(cmd.Context(), cfg, step, opts, env) })
	}
	return cmd
}

func publishCommand(env command.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use: "publish", Short: "Publish what score staged last",
		Example: "  perennial score -c perennial.yaml && perennial publish -c perennial.yaml", Args: cobra.NoArgs,
	}
	load, opts := configFlag(cmd), publishFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := load()
		if err != nil {
			return err
		}
		return report(cmd, func() (*jobs.Summary, error) { return jobs.PublishStaged(cmd.Context(), cfg, *opts, env) })
	}
	return cmd
}

func evaluateCommand(env command.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use: "evaluate", Short: "Judge past nights by what happened after them: leaderboards, calibration, lift",
		Example: "  perennial evaluate -c perennial.yaml\n  perennial evaluate -c perennial.yaml --as-of 2026-06-01 --horizon 90 --cutoffs 3 --json\n  perennial evaluate -c perennial.yaml --without customer_base", Args: cobra.NoArgs,
	}
	load, asOf := configFlag(cmd), asOfFlag(cmd, "newest night to judge (default: the newest whose outcome is known)")
	opts := jobs.EvaluateOptions{}
	cmd.Flags().IntVar(&opts.Cutoffs, "cutoffs", 1, "nights to judge, a month apart")
	cmd.Flags().IntVar(&opts.HorizonDays, "horizon", 0, "churn horizon in days (default: the configuration's)")
	cmd.Flags().StringSliceVar(&opts.Without, "without", nil, "families of features to do without, as named in FEATURES.md")
	cmd.Flags().BoolVar(&opts.JSON, "json", false, "print JSON")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		day, err := asOf()
		if err != nil {
			return err
		}
		cfg, err := load()
		if err != nil {
			return err
		}
		opts.AsOf = day
		return jobs.Evaluate(cmd.Context(), cfg, opts, env, cmd.OutOrStdout())
	}
	return cmd
}

func effectsCommand(env command.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use: "effects", Short: "Say what the actions have brought: the groups of the experiment compared",
		Long: `Say what the actions have brought. Customers are drawn into groups by lot (actions.holdout and baseline of the
configuration): what those under the policy ordered and spent is compared with those who were left alone, less what the
same number of days before tells of each customer, which takes away noise. All customers count who had ordered before
the first day, contacted or not.`,
		Example: "  perennial effects -c perennial.yaml\n  perennial effects -c perennial.yaml --from 2026-05-01 --to 2026-06-30 --json", Args: cobra.NoArgs,
	}
	load := configFlag(cmd)
	opts := jobs.EffectsOptions{}
	span := spanFlags(cmd, &opts.From, &opts.To, "first day (default: that of the first night)", "last day (default: that of the newest order)")
	cmd.Flags().BoolVar(&opts.JSON, "json", false, "print JSON")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := span(); err != nil {
			return err
		}
		cfg, err := load()
		if err != nil {
			return err
		}
		return jobs.Effects(cmd.Context(), cfg, opts, env, cmd.OutOrStdout())
	}
	return cmd
}

func explainCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "explain CUSTOMER", Short: "Show everything known and said about one customer",
		Example: "  perennial explain -c perennial.yaml c000123", Args: cobra.ExactArgs(1),
	}
	load := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		cfg, err := load()
		if err != nil {
			return err
		}
		return jobs.Explain(cmd.Context(), cfg, args[0], cmd.OutOrStdout())
	}
	return cmd
}
