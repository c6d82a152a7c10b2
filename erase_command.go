package main

import (
	"errors"

	"github.com/spf13/cobra"

	"perennial/command"
	"perennial/jobs"
)

func eraseCommand(env command.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use: "erase [CUSTOMER …]", Short: "Forget customers for good: leave them out of every night, and remove them from the store",
		Long: `Forget customers for good.

They are put on a list that every night reads, as keyed hashes; the newest scores are published
again without them, with tombstones in the delta; and whatever else in the store holds them is
removed or rewritten. Without customers, erase goes on with what is on the list: run it so two days
later, when the tombstones have been applied, or after an erasure that was cut short.

The key of the hashes is taken from ` + "PERENNIAL_ERASURE_KEY" + `, or made once and kept in the store.`,
		Example: "  perennial erase c000123 --by Ada --reason \"letter of 2 May\" -c perennial.yaml\n  perennial erase -c perennial.yaml",
	}
	load, opts := configFlag(cmd), jobs.EraseOptions{}
	cmd.Flags().StringVar(&opts.By, "by", "", "who says so; kept, so name no customer")
	cmd.Flags().StringVar(&opts.Reason, "reason", "", "why; kept, so name no customer")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 && (opts.By == "" || opts.Reason == "") {
			return usageError(errors.New("erase needs --by and --reason"))
		}
		cfg, err := load()
		if err != nil {
			return err
		}
		opts.Customers = args
		return jobs.Erase(cmd.Context(), cfg, opts, env, cmd.OutOrStdout())
	}
	return cmd
}
