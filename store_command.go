package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"perennial/command"
	"perennial/jobs"
)

func scoresCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "scores", Short: "Write a commit, or what changed after one, verified, to standard output",
		Long: `Write a commit, or what changed after one, verified, to standard output.

With --since N come the rows to apply on top of commit N, oldest first: op is upsert or delete, changed lists the
columns that differ, previous_row_hash is what was shown until then. A last line on standard error names the commit
to ask from next time. Exit code 66 says that changes cannot be followed from N (its successor is the first commit,
was collected or is damaged): read everything, then follow from there.`,
		Example: `  perennial scores -c perennial.yaml > scores.csv
  perennial scores -c perennial.yaml --commit 41 --format json
  perennial scores -c perennial.yaml --as-of 2026-05-01
  perennial scores -c perennial.yaml --since 41 --format json`, Args: cobra.NoArgs,
	}
	load, asOf := configFlag(cmd), asOfFlag(cmd, "the scores of a day, published or backfilled")
	opts := jobs.ScoresOptions{}
	cmd.Flags().Uint64Var(&opts.Commit, "commit", 0, "number of the commit (default: the newest)")
	cmd.Flags().StringVar(&opts.Format, "format", "csv", "csv, json or parquet")
	since := cmd.Flags().Uint64("since", 0, "number of the commit that is applied already: write what changed after it")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		err := oneOf(cmd, "commit", "since", "as-of")
		if err != nil {
			return err
		}
		if opts.AsOf, err = asOf(); err != nil {
			return err
		}
		cfg, err := load()
		if err != nil {
			return err
		}
		if !cmd.Flags().Changed("since") {
			return jobs.Scores(cmd.Context(), cfg, opts, cmd.OutOrStdout())
		}
		applied, err := jobs.Changes(cmd.Context(), cfg, *since, opts.Format, cmd.OutOrStdout())
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.ErrOrStderr(), "changes up to commit %d; ask next time with --since %d\n", applied, applied)
		return err
	}
	return cmd
}

// oneOf returns an error if more than one of the flags is given.
func oneOf(cmd *cobra.Command, names ...string) error {
	given := slices.DeleteFunc(names, func(name string) bool { return !cmd.Flags().Changed(name) })
	if len(given) > 1 {
		return usageError(fmt.Errorf("--%s: only one of them can be given", strings.Join(given, " and --")))
	}
	return nil
}

func verifyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "verify", Short: "Check every byte of a commit against its record",
		Example: "  perennial verify -c perennial.yaml\n  perennial verify -c perennial.yaml --all", Args: cobra.NoArgs,
	}
	load, asOf := configFlag(cmd), asOfFlag(cmd, "the scores of a day, published or backfilled")
	opts := jobs.VerifyOptions{}
	cmd.Flags().Uint64Var(&opts.Commit, "commit", 0, "number of the commit (default: the newest)")
	cmd.Flags().BoolVar(&opts.All, "all", false, "every commit whose scores are kept, those of past days too")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		err := oneOf(cmd, "commit", "all", "as-of")
		if err != nil {
			return err
		}
		if opts.AsOf, err = asOf(); err != nil {
			return err
		}
		cfg, err := load()
		if err != nil {
			return err
		}
		return jobs.Verify(cmd.Context(), cfg.Store, opts, cmd.OutOrStdout())
	}
	return cmd
}

func backfillCommand(env command.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use: "backfill", Short: "Score past days, each into a series of its own",
		Long: `Score past days, oldest first, each into a series of its own: backfill/DATE in the store. What readers of the
store see does not move. A day is scored by what was known on it: facts before it, and models that the backfill has
trained on that day or less than train.every before. Facts count from their loaded_at where the sources have one;
without it, what was entered late is taken for known at once. Read a day with scores --as-of and verify --as-of.

--reprocess missing works on the days that have neither scores nor failed, failed on those that failed as well, all
on every day: one that is published is published again only if it is damaged, or sources, configuration or program
have changed.
A day that fails is on record and the others go on; the exit code is that of the first failure.`,
		Example: "  perennial backfill -c perennial.yaml --from 2026-05-01 --to 2026-05-31\n" +
			"  perennial backfill -c perennial.yaml --from 2026-05-01 --to 2026-05-31 --reprocess failed", Args: cobra.NoArgs,
	}
	opts := jobs.BackfillOptions{}
	load, span := configFlag(cmd), spanFlags(cmd, &opts.From, &opts.To, "first day", "last day")
	reprocess := cmd.Flags().String("reprocess", string(jobs.ReprocessMissing), "missing, failed or all")
	acceptFlags(cmd, &opts.Accept, &opts.Reason, &opts.By)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		opts.Reprocess = jobs.Reprocess(*reprocess)
		if err := span(); err != nil {
			return err
		}
		cfg, err := load()
		if err != nil {
			return err
		}
		return jobs.Backfill(cmd.Context(), cfg, opts, env, cmd.OutOrStdout())
	}
	return cmd
}

func rollbackCommand(env command.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use: "rollback", Short: "Show the scores of an earlier commit again, by a new commit",
		Long: `Show the scores of an earlier commit again, by a new commit that names its parts: history is never rewound, so
whoever follows the changes takes a step forward. Every byte of the old commit is verified first. The nights after it
count as undone: run again unchanged, they end with exit code 69 until they are forced.`,
		Example: `  perennial rollback -c perennial.yaml --to 41 --reason "wrong prices in the export of 2026-05-03" --by anna`, Args: cobra.NoArgs,
	}
	load := configFlag(cmd)
	opts := jobs.RollbackOptions{}
	cmd.Flags().Uint64Var(&opts.To, "to", 0, "number of the commit to show again")
	cmd.Flags().StringVar(&opts.Reason, "reason", "", "why; kept in the commit")
	cmd.Flags().StringVar(&opts.By, "by", "", "who says so")
	waitFlag(cmd, &opts.Wait)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		switch {
		case opts.To == 0:
			return usageError(errors.New("rollback needs --to, the number of a commit (see: perennial verify --all)"))
		case opts.Reason == "":
			return usageError(errors.New("rollback needs a --reason"))
		}
		cfg, err := load()
		if err != nil {
			return err
		}
		return jobs.Rollback(cmd.Context(), cfg, opts, env, cmd.OutOrStdout())
	}
	return cmd
}

func repairCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "repair", Short: "Mend the store where that needs no person, and say what to do where it does",
		Long: `Mend the store where that needs no person, and say what to do where it does. CURRENT.json, a hint, is set right; the
newest commits, and those of past days, are read byte by byte. Nothing is deleted and no commit is touched.`,
		Example: "  perennial repair -c perennial.yaml\n  perennial repair -c perennial.yaml --commits 0", Args: cobra.NoArgs,
	}
	load := configFlag(cmd)
	commits := cmd.Flags().Uint("commits", 3, "how many of the newest commits of a series to read; 0 is all")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := load()
		if err != nil {
			return err
		}
		return jobs.Repair(cmd.Context(), cfg, int(*commits), cmd.OutOrStdout())
	}
	return cmd
}

func gcCommand(env command.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use: "gc", Short: "Delete what no kept commit needs",
		Long: `Delete what no kept commit needs: scores and changes of older commits, histories and features of their days, and
what killed nights have left for more than 48 hours. The newest commits stay (publish.keep of the configuration), and
everything younger than 30 days. Commit records are never deleted. It may run beside a night and beside readers.`,
		Example: "  perennial gc -c perennial.yaml --dry-run\n  perennial gc -c perennial.yaml --keep 30", Args: cobra.NoArgs,
	}
	load := configFlag(cmd)
	opts := jobs.CollectOptions{}
	cmd.Flags().IntVar(&opts.Keep, "keep", 0, "newest commits to keep (default: publish.keep of the configuration)")
	cmd.Flags().BoolVar(&opts.DryRun, "dry-run", false, "list what would go, and delete nothing")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if opts.Keep < 0 || cmd.Flags().Changed("keep") && opts.Keep < 1 {
			return usageError(errors.New("--keep must be 1 or more"))
		}
		cfg, err := load()
		if err != nil {
			return err
		}
		return jobs.Collect(cmd.Context(), cfg, opts, env, cmd.OutOrStdout())
	}
	return cmd
}
