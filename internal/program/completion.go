package program

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/internal/usage"
)

// completionCommand prints a script with which a shell completes the command line.
//
// Note: cobra adds such a command by itself. That one has no examples, and it writes
// to the output that the root command had when it was created.
func completionCommand(name string) *cobra.Command {
	var plain bool
	c := &cobra.Command{
		Use:   "completion (bash | zsh | fish | powershell)",
		Short: "Print a script with which a shell completes commands and flags",
		Example: fmt.Sprintf(`  source <(%[1]s completion bash)                              # in ~/.bashrc
  %[1]s completion zsh > "${fpath[1]}/_%[1]s"
  %[1]s completion fish > ~/.config/fish/completions/%[1]s.fish
  %[1]s completion powershell > %[1]s.ps1                      # and run it in the profile`, name),
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		Args:      oneShell,
		RunE: func(c *cobra.Command, args []string) error {
			root, out := c.Root(), c.OutOrStdout()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(out, !plain)
			case "zsh":
				if plain {
					return root.GenZshCompletionNoDesc(out)
				}
				return root.GenZshCompletion(out)
			case "fish":
				return root.GenFishCompletion(out, !plain)
			}
			if plain {
				return root.GenPowerShellCompletion(out)
			}
			return root.GenPowerShellCompletionWithDesc(out)
		},
	}
	c.Flags().BoolVar(&plain, "no-descriptions", false, "complete names only, without descriptions")
	return c
}

// oneShell wants one argument, the name of a shell. Every mistake is wrong usage.
func oneShell(c *cobra.Command, args []string) error {
	err := cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs)(c, args)
	if err != nil {
		return usage.Errorf("completion: %w (see `%s --help`)", err, c.CommandPath())
	}
	return nil
}
