package work

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// A message between hosts is read or refused, and no more of it than its limit.
func FuzzMessage(f *testing.F) {
	for _, text := range []string{"", "{}", "null", `{"ID":1,"Do":"cancel","Body":2}`, `{"ID":-1}`, `{"Error":"x","Void":true,"Body":{}}`, `[[[[`, `{"Body":"` + strings.Repeat("x", 2000) + `"}`} {
		f.Add([]byte(text))
	}
	const most = 1000
	f.Fuzz(func(t *testing.T, data []byte) {
		var o order
		var r result
		for _, into := range []any{&o, &r} {
			in := bytes.NewReader(data)
			err := decode(in, most, into)
			if read := len(data) - in.Len(); read > most+1 {
				t.Errorf("%d bytes were read", read)
			}
			if err != nil {
				continue
			}
			if _, err := json.Marshal(into); err != nil {
				t.Errorf("%+v is no message again: %v", into, err)
			}
		}
	})
}
