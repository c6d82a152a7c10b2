package main

import (
	"github.com/spf13/cobra"

	"perennial/jobs"
)

// modelsCommand is the registry: what there is, and models from elsewhere.
func modelsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "models", Short: "List the shop's models, let those of analysts compete, promote one",
		Example: "  perennial models list -c perennial.yaml", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(modelsListCommand(), modelsImportCommand(), modelsWithdrawCommand(), modelsPromoteCommand())
	return cmd
}

func modelsListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "list", Short: "Show every model with its state and how it was judged",
		Long: `Show every model with its state and how it was judged: champion, former champion, challenger (judged and not
better, or imported and not judged yet) or rejected.`,
		Example: "  perennial models list -c perennial.yaml\n  perennial models list --json", Args: cobra.NoArgs,
	}
	load := configFlag(cmd)
	asJSON := cmd.Flags().Bool("json", false, "print the cards as JSON")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := load()
		if err != nil {
			return err
		}
		return jobs.ListModels(cmd.Context(), cfg, *asJSON, cmd.OutOrStdout())
	}
	return cmd
}

func modelsImportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "import FILE", Short: "Let a LightGBM model compete on training nights",
		Long: `Let a LightGBM model, trained on the feature tables that every night leaves in the store, compete on training
nights. It is judged beside the shop's own on the same customers, and if it wins it scores and explains as they do.

In Python, with the tables of 2026-03-01 and a Series ordered, by customer_id, of 1 for those who ordered within 90 days:
  table = pandas.concat(map(pandas.read_parquet, glob.glob("store/features/2026-03-01/part-*.parquet")))
  x = table[table.orders_total > 0].set_index("customer_id")
  data = lightgbm.Dataset(x, label=ordered.reindex(x.index, fill_value=0))
  model = lightgbm.train({"objective": "binary", "learning_rate": 0.05, "min_data_in_leaf": 100}, data, 200)
  model.save_model("model.txt")

The objective must be binary, and the label 1 for ordered and 0 for not: P(order), not churn. A day's table knows
orders before that day; the 90 days begin with it. Columns may be left out, but not added.

The file is used as it is: nothing is fitted, and its probabilities are taken at their word, because the rows that
could calibrate them may be those it has learnt by heart. For the same reason it is never judged on orders that it
may have seen: with --trained-as-of 2026-03-01 and purchase_90d it competes on training nights from 180 days after,
when the newest judged customers are those of 90 days after; until then, and if it fails, the board says so and the
night goes on. Train on an older table to compete at once.`,
		Example: `  perennial models import model.txt -c perennial.yaml --question purchase_90d --name autumn --trained-as-of 2026-03-01`,
		Args:    cobra.ExactArgs(1),
	}
	load, asOf := configFlag(cmd), dayFlag(cmd, "trained-as-of", "newest feature table that the model was trained on")
	opts := jobs.ImportOptions{}
	cmd.Flags().StringVar(&opts.Question, "question", "", "question that the model answers: purchase_90d")
	cmd.Flags().StringVar(&opts.Name, "name", "", "name on boards, after imported_; a model of that name is replaced")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var err error
		if opts.TrainedAsOf, err = asOf(); err != nil {
			return err
		}
		cfg, err := load()
		if err != nil {
			return err
		}
		opts.File = args[0]
		return jobs.ImportModel(cmd.Context(), cfg, opts, cmd.OutOrStdout())
	}
	return cmd
}

func modelsWithdrawCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "withdraw", Short: "Keep an imported model from competing again",
		Example: "  perennial models withdraw -c perennial.yaml --question purchase_90d --name autumn", Args: cobra.NoArgs,
	}
	load := configFlag(cmd)
	question := cmd.Flags().String("question", "", "question that the model answers")
	name := cmd.Flags().String("name", "", "name that it was imported by")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := load()
		if err != nil {
			return err
		}
		return jobs.WithdrawModel(cmd.Context(), cfg, *question, *name, cmd.OutOrStdout())
	}
	return cmd
}

func modelsPromoteCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "promote QUESTION VERSION", Short: "Put a judged model in office, such as the champion before",
		Long:    `Put a judged model in office, such as the champion before. The next training night judges it as any champion.`,
		Example: "  perennial models promote -c perennial.yaml purchase_90d 2026-06-01-3fa9c2d1", Args: cobra.ExactArgs(2),
	}
	load := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		cfg, err := load()
		if err != nil {
			return err
		}
		return jobs.PromoteModel(cmd.Context(), cfg, args[0], args[1], cmd.OutOrStdout())
	}
	return cmd
}
