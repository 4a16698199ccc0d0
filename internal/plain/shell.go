package plain

import "strings"

// Shell joins the words of a command so that people can read it, and paste it into a POSIX
// shell, which then sees the same words, whatever they hold. Control characters but tabs and
// line feeds, which a terminal would obey when the command is shown, become question marks.
func Shell(words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		w = strings.Map(func(r rune) rune {
			if hidden(r) && r != '\n' && r != '\t' {
				return '?'
			}
			return r
		}, w)
		if w == "" || strings.ContainsAny(w, " \t\n\"'`$&|;<>()*?[]{}~#!\\^") {
			w = Quoted(w)
		}
		quoted[i] = w
	}
	return strings.Join(quoted, " ")
}

// Quoted puts a word into single quotes for a POSIX shell, whether it needs them or not.
func Quoted(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
