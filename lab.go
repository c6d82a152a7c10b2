package main

import (
	"github.com/spf13/cobra"

	"perennial/command"
	"perennial/lab"
)

// labCommand is the bench of analysts: one model on one plain table, outside
// any shop.
func labCommand(env command.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use: "lab", Short: "Try one model on one plain table, outside any shop",
		Example: "  perennial lab learn --train train.csv --test test.csv --label churned", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(labLearnCommand(env))
	cmd.AddCommand(labBasketCommand(env))
	cmd.AddCommand(labCustomersCommand(env))
	return cmd
}

func labLearnCommand(env command.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use: "learn", Short: "Fit learners on one table and judge them on another",
		Long: `Fit learners on one table and judge them on another, beside the base rate.

Tables are CSV, TSV, JSON or Parquet. Numbers are features as they are; of texts, the 20 most frequent values
are. Columns that are constant or look like an id are left out, and the output says so.

Learners and their parameters:
  logistic           lambda, shape (skewed, logarithmic, linear), max_iterations
  boosting           trees, leaves, max_depth, learning_rate, min_data, min_gain, lambda_l1, lambda_l2, bins,
                     feature_fraction, bagging_fraction, bagging_freq, monotone, categorical, early_stopping,
                     held_back, seed; objective is binary, as the label has two values
  golearn_forest     trees, features, min_split, max_rows, seed
  golearn_liblinear  c, tolerance, max_rows, seed
  base_rate          none; always reported
golearn's learners see at most max_rows rows (10,000 and 200,000), drawn by a hash of what they hold.

boosting takes texts as categories, all of them. monotone=recency_days:-1+orders:1 never lets the probability
rise with the first and fall with the second; categorical=store+plan_code names numbers that are categories.
early_stopping=30 stops when 30 trees have not helped the last held_back=0.2 of the training rows (sort the
table by time), and then grows as many on all rows.

--predictions writes the test rows in their order and, as last column, probability. With several learners there
is a column probability_LEARNER for each of them before it, and probability is that of the one with the lowest
log loss, whose file --save writes: for boosting, LightGBM's model text, which Python reads too.
--model judges such a file beside the learners, LightGBM's own included: its columns are those of the test table,
space as "_", and texts were of the type category in pandas.
--shap writes what each feature adds to the log-odds of each test row, and base, to which they are added; it
needs logistic, boosting or --model. --importance writes for each column of the table: gain and splits of the
trees, mean |SHAP|, and how much the log loss of the test rows rises when the column is shuffled.`,
		Example: `  perennial lab learn --train train.csv --test test.csv --label churned
  perennial lab learn --train train.csv --test test.csv --label churned --param lambda=1 --predictions predictions.csv --save model.json
  perennial lab learn --train train.parquet --test test.parquet --label churned --learner logistic,golearn_forest --param golearn_forest.trees=20 --json
  perennial lab learn --train train.csv --test test.csv --label churned --learner boosting --param leaves=8 --param monotone=recency_days:-1 --save model.txt
  perennial lab learn --train train.csv --test test.csv --label churned --learner logistic,boosting --shap shap.parquet --importance - --learning-curve
  perennial lab learn --train train.csv --test test.csv --label churned --model model.txt --learner logistic`,
		Args: cobra.NoArgs,
	}
	var opts lab.LearnOptions
	flags := cmd.Flags()
	flags.StringVar(&opts.Train, "train", "", "table to learn from")
	flags.StringVar(&opts.Test, "test", "", "table to judge by, with the columns of the training table")
	flags.StringVar(&opts.Label, "label", "", "column to predict: 0 and 1, yes and no, or any two values")
	flags.StringVar(&opts.Positive, "positive", "", "value of the label whose probability is predicted (default: 1, yes, true, the larger number or the later text)")
	flags.StringSliceVar(&opts.Learners, "learner", nil, "learners, separated by commas (default: logistic, or none beside --model)")
	flags.StringArrayVar(&opts.Params, "param", nil, "parameter as key=value, or learner.key=value with several learners; may be repeated")
	flags.StringVar(&opts.Predictions, "predictions", "", "CSV file for the test rows with their probabilities")
	flags.StringVar(&opts.Save, "save", "", "file for the model of the best learner")
	flags.StringVar(&opts.Model, "model", "", "LightGBM model text to judge beside the learners")
	flags.StringVar(&opts.Shap, "shap", "", "CSV or .parquet file for what moved each prediction of the best learner that can say")
	flags.StringVar(&opts.Importance, "importance", "", "CSV file for the importance of each column, or - to print it")
	flags.BoolVar(&opts.Curve, "learning-curve", false, "judge fits on 1/8, 1/4 and 1/2 of the training rows, too")
	flags.BoolVar(&opts.JSON, "json", false, "print JSON and nothing else")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return lab.Learn(cmd.Context(), opts, env, cmd.OutOrStdout())
	}
	return cmd
}
