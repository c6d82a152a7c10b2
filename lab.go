package main

import (
	"github.com/spf13/cobra"

	"perennial/jobs"
)

// labCommand is the bench of analysts: one model on one plain table, outside
// any shop.
func labCommand(env jobs.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use: "lab", Short: "Try one model on one plain table, outside any shop",
		Example: "  perennial lab learn --train train.csv --test test.csv --label churned", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(labLearnCommand(env))
	cmd.AddCommand(labBasketCommand(env))
	return cmd
}

func labLearnCommand(env jobs.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use: "learn", Short: "Fit learners on one table and judge them on another",
		Long: `Fit learners on one table and judge them on another, beside the base rate.

Tables are CSV, TSV, JSON or Parquet. Numbers are features as they are; of texts, the 20 most frequent values
are. Columns that are constant or look like an id are left out, and the output says so.

Learners and their parameters:
  logistic           lambda, shape (skewed, logarithmic, linear), max_iterations
  golearn_forest     trees, features, min_split, max_rows, seed
  golearn_liblinear  c, tolerance, max_rows, seed
  base_rate          none; always reported
golearn's learners see at most max_rows rows (10,000 and 200,000), drawn by a hash of what they hold.

--predictions writes the test rows in their order and, as last column, probability. With several learners there
is a column probability_LEARNER for each of them before it, and probability is that of the one with the lowest
log loss, whose file --model writes.`,
		Example: `  perennial lab learn --train train.csv --test test.csv --label churned
  perennial lab learn --train train.csv --test test.csv --label churned --param lambda=1 --predictions predictions.csv --model model.json
  perennial lab learn --train train.parquet --test test.parquet --label churned --learner logistic,golearn_forest --param golearn_forest.trees=20 --json`,
		Args: cobra.NoArgs,
	}
	var opts jobs.LearnOptions
	flags := cmd.Flags()
	flags.StringVar(&opts.Train, "train", "", "table to learn from")
	flags.StringVar(&opts.Test, "test", "", "table to judge by, with the columns of the training table")
	flags.StringVar(&opts.Label, "label", "", "column to predict: 0 and 1, yes and no, or any two values")
	flags.StringVar(&opts.Positive, "positive", "", "value of the label whose probability is predicted (default: 1, yes, true, the larger number or the later text)")
	flags.StringSliceVar(&opts.Learners, "learner", nil, "learners, separated by commas (default: logistic)")
	flags.StringArrayVar(&opts.Params, "param", nil, "parameter as key=value, or learner.key=value with several learners; may be repeated")
	flags.StringVar(&opts.Predictions, "predictions", "", "CSV file for the test rows with their probabilities")
	flags.StringVar(&opts.Model, "model", "", "file for the model of the best learner")
	flags.BoolVar(&opts.JSON, "json", false, "print JSON and nothing else")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return jobs.Learn(cmd.Context(), opts, env, cmd.OutOrStdout())
	}
	return cmd
}
