package command

import (
	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/scenario"
)

// schemaCommand prints the schema of this version, for editors;
// scenarios/scenario.schema.json is a copy. The schema is made from the Go types
// that decode a scenario, and cannot differ from them.
func schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of scenario files, for editors",
		Example: `  assay schema > scenario.schema.json
  assay schema | jq '.properties | keys'`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			text, err := scenario.Schema()
			if err != nil {
				return err
			}
			_, err = c.OutOrStdout().Write(text)
			return err
		},
	}
}
