package command

import (
	"fmt"

	"github.com/spf13/cobra"
)

func validateCommand() *cobra.Command {
	var in inputs
	c := &cobra.Command{
		Use:   "validate FILE...",
		Short: "Check scenario files and say what is wrong with them, all at once",
		Example: `  harness validate scenarios/*.yaml
  harness validate my-server.yaml`,
		Args: someFiles,
		RunE: func(c *cobra.Command, args []string) error {
			in.files = args
			all, err := in.load()
			if err != nil {
				return err
			}
			for _, w := range all {
				fmt.Fprintf(c.OutOrStdout(), "%s: ok: scenario %s, %s, %s\n", w.File, w.Name, count(len(w.cells), "cell"), count(w.Blocks, "block"))
			}
			return nil
		},
	}
	c.Flags().StringArrayVar(&in.allowRemote, "allow-remote", nil, "`HOST` beyond loopback that may be attacked (repeatable)")
	return c
}
