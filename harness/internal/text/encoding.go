package text

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// Problem is what is wrong with a text file, at a place in it.
type Problem struct {
	Line, Column int // counted from 1, the column in characters
	// Message says what is wrong, and Suggestion what to do; Suggestion may be empty.
	Message, Suggestion string
}

// Error returns the message with the suggestion, without the place, which whoever knows the
// name of the file puts in front.
func (p *Problem) Error() string {
	if p.Suggestion == "" {
		return p.Message
	}
	return fmt.Sprintf("%s (%s)", p.Message, p.Suggestion)
}

// marks are the byte order marks of the encodings that are not read, with their names. One is
// the beginning of another, so the order counts.
var marks = []struct{ mark, name string }{
	{"\xff\xfe\x00\x00", "UTF-32"}, {"\x00\x00\xfe\xff", "UTF-32"}, {"\xff\xfe", "UTF-16"}, {"\xfe\xff", "UTF-16"},
}

// Decode returns the text of a file, without the byte order mark that some editors and
// spreadsheets put before it. A file in another encoding than UTF-8 is named, with the place
// of the first byte that shows it: nothing is guessed, because a wrong guess would be sent to
// a server.
func Decode(file []byte) ([]byte, *Problem) {
	for _, m := range marks {
		if bytes.HasPrefix(file, []byte(m.mark)) {
			return nil, otherEncoding(m.name)
		}
	}
	// Letters of plain English have a zero byte beside them in UTF-16.
	if len(file) > 1 && (file[0] == 0) != (file[1] == 0) {
		return nil, otherEncoding("UTF-16")
	}
	text := bytes.TrimPrefix(file, []byte("\ufeff"))
	if utf8.Valid(text) {
		return text, nil
	}
	good := 0
	for {
		r, size := utf8.DecodeRune(text[good:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		good += size
	}
	line, column := Place(text, good)
	return nil, &Problem{line, column, "the file is not UTF-8", "save it as UTF-8"}
}

// otherEncoding is the problem of a file whose first bytes show another encoding.
func otherEncoding(name string) *Problem {
	return &Problem{1, 1, "the file is " + name + ", expected UTF-8", "save it as UTF-8"}
}

// Place is the line and the column, in characters, of a byte of a text.
func Place(text []byte, offset int) (line, column int) {
	before := text[:max(0, min(offset, len(text)))]
	begin := bytes.LastIndexByte(before, '\n') + 1
	return 1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[begin:])
}
