package perfaction

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"
)

// workflow tells GitHub what happens, by commands in the log and by files to which a
// step appends.
type workflow struct {
	log     io.Writer
	outputs string // file; empty: outputs are dropped
	summary string // file; empty: the summary goes to the log
	secret  string // ends the silence; empty while commands are obeyed
}

// mute makes GitHub obey no command in the log until unmute is called. What is printed
// meanwhile comes from programs that a pull request has built, so the word that ends the
// silence is one that they cannot know.
func (w *workflow) mute() {
	var word [16]byte
	rand.Read(word[:]) // never fails: see its documentation
	w.secret = hex.EncodeToString(word[:])
	fmt.Fprintf(w.log, "::stop-commands::%s\n", w.secret)
}

// unmute makes GitHub obey commands again.
func (w *workflow) unmute() {
	if w.secret != "" {
		fmt.Fprintf(w.log, "::%s::\n", w.secret)
	}
	w.secret = ""
}

// fail writes one annotation with an error. The text may contain what a pull request
// chose. It is escaped, because a line feed in it would end the command, and the next
// line could be a command of its own.
func (w *workflow) fail(title, text string) {
	text = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
	fmt.Fprintf(w.log, "::error title=%s::%s\n", title, text)
}

// output sets an output of the step.
func (w *workflow) output(name, value string) error {
	if w.outputs == "" {
		return nil
	}
	return appendTo(w.outputs, []byte(name+"="+value+"\n"))
}

// summarise adds Markdown to the summary of the job.
func (w *workflow) summarise(text []byte) error {
	if w.summary == "" {
		_, err := w.log.Write(text)
		return err
	}
	return appendTo(w.summary, text)
}

// appendTo appends to a file of the workflow. Earlier steps may have written to it.
func appendTo(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.Write(text); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
