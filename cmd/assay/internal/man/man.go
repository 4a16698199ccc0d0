// Package man writes the manual pages of a program from its commands, with the same
// text as their help.
package man

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// Command returns a command that writes the manual pages of the program that it
// belongs to. The command is hidden, because people use `make man` instead.
func Command() *cobra.Command {
	return &cobra.Command{
		Use:    "man DIR",
		Short:  "Write the manual pages into man1 in a folder (used by make man)",
		Hidden: true,
		Example: `  assay man bin/man
  assay man ~/.local/share/man`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			dir := filepath.Join(args[0], "man1")
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return fmt.Errorf("write manual pages: %w", err)
			}
			return Write(c.Root(), dir)
		},
	}
}

// Write writes a page for the program, and one for each command that help lists. The
// date of the pages is SOURCE_DATE_EPOCH, or else today.
func Write(root *cobra.Command, dir string) error {
	root.DisableAutoGenTag = true // the tag contains today's date, which the page already has
	header := &doc.GenManHeader{Section: "1", Source: root.Name() + " " + root.Version, Manual: "Assay"}
	if err := doc.GenManTree(root, header, dir); err != nil {
		return fmt.Errorf("write manual pages: %w", err)
	}
	return nil
}
