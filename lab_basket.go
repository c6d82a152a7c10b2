package main

import (
	"github.com/spf13/cobra"

	"perennial/command"
	"perennial/lab"
)

func labBasketCommand(env command.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use: "basket DATA.jsonl", Short: "Predict every customer's next basket and judge the lists",
		Long: `Predict every customer's next basket from those before it, and judge the lists.

A line of the data is a customer: who she is, the items of her baskets, oldest first, and those of the next:
  {"u":"ann","h":[[1,2],[2]],"f":[2,3]}
A line of the folds is a split, as published ones are:
  {"train":["ann"],"val":["cid"],"test":["bob"]}
Files may be gzipped. What is to be predicted is never learnt from, whoever's it is.

Models:
  next               repeat rates, popularity, recency and what follows what, weighed on past baskets (the one in use)
  repeat             the closed form: shrunken repeat rate plus recent popularity
  gp_topfreq         her most frequent items, then popular ones; ties by popularity
  p_topfreq          her most frequent items
  g_topfreq          popular items
  gp_topfreq_stable, p_topfreq_stable   ties in the order of first purchase, as in the published scripts
  tifuknn, upcf      published peers of nearest neighbours (slow: not run unless named)
  next_chosen        next with its features and weighting chosen anew by the next baskets of those who are not tested
                     (slow: not run unless named)
  together           what goes with her latest basket; its recall of new items is what counts

Equal scores are ordered by popularity, then by item.`,
		Example: `  perennial lab basket baskets.jsonl
  perennial lab basket tafeng.jsonl.gz --folds folds.jsonl.gz --models next,gp_topfreq,tifuknn --k 10,20
  perennial lab basket baskets.jsonl --models next --k 5 --json`,
		Args: cobra.ExactArgs(1),
	}
	var opts lab.BasketOptions
	flags := cmd.Flags()
	flags.StringVar(&opts.Folds, "folds", "", "file of splits into train, val and test (default: everybody is tested)")
	flags.StringSliceVar(&opts.Models, "models", nil, "models, separated by commas (default: next, repeat and the counts)")
	flags.IntSliceVar(&opts.K, "k", nil, "lengths of the lists, separated by commas (default 10,20)")
	flags.BoolVar(&opts.JSON, "json", false, "print JSON and nothing else")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		opts.Data = args[0]
		return lab.Basket(cmd.Context(), opts, env, cmd.OutOrStdout())
	}
	return cmd
}
