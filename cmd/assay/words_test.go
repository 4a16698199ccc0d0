package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"mvdan.cc/sh/v3/syntax"
)

// calls are the commands of a piece of shell, as words without quotes, wherever they
// stand: in a list, a pipe or a substitution. A word that the shell would expand, such
// as "$X", stays as it is written.
func calls(script string) (all [][]string, err error) {
	file, err := syntax.NewParser().Parse(strings.NewReader(script), "")
	if err != nil {
		return nil, err
	}
	syntax.Walk(file, func(n syntax.Node) bool {
		if call, ok := n.(*syntax.CallExpr); ok && len(call.Args) > 0 {
			var words []string
			for _, w := range call.Args {
				words = append(words, word(script, w))
			}
			all = append(all, words)
		}
		return true
	})
	return all, nil
}

func word(script string, w *syntax.Word) string {
	var text strings.Builder
	for _, part := range w.Parts {
		switch p := part.(type) {
		case *syntax.Lit:
			text.WriteString(p.Value)
		case *syntax.SglQuoted:
			text.WriteString(p.Value)
		default:
			text.WriteString(strings.Trim(script[part.Pos().Offset():part.End().Offset()], `"`))
		}
	}
	return text.String()
}

// parses reports what is wrong with a command line of assay, without running it: the
// command exists, the flags have values of their kind, the arguments are as many as
// are wanted.
func parses(args []string) error {
	c, rest, err := root().Find(args)
	if err != nil {
		return err
	}
	if c.Hidden && !hiddenForScripts[c.Name()] {
		return fmt.Errorf("%s is hidden", c.Name())
	}
	if !c.HasParent() && len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		return fmt.Errorf("no command %q", args[0])
	}
	if c.DisableFlagParsing {
		return nil
	}
	c.InitDefaultHelpFlag()
	c.InitDefaultVersionFlag()
	if err := c.ParseFlags(rest); err != nil {
		return err
	}
	if help, _ := c.Flags().GetBool("help"); help {
		return nil
	}
	if err := c.ValidateArgs(c.Flags().Args()); err != nil {
		return err
	}
	return c.ValidateFlagGroups()
}

// hiddenForScripts are hidden commands that documents name for those who maintain
// what they make.
var hiddenForScripts = map[string]bool{"rates": true, "simulate": true, "bench-self": true, "man": true}

// called is how documents call this program.
var called = regexp.MustCompile(`^(bin/)?assay$`)

// assayCalls are the command lines of assay in a piece of shell, without its name.
func assayCalls(script string) (all [][]string, err error) {
	found, err := calls(script)
	for _, words := range found {
		if called.MatchString(words[0]) {
			all = append(all, words[1:])
		}
	}
	return all, err
}

// visible are the commands that help lists, with their subcommands.
func visible(c *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{}
	for _, sub := range c.Commands() {
		if !sub.Hidden {
			all = append(append(all, sub), visible(sub)...)
		}
	}
	return all
}
