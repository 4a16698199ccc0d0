package secret

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// forms returns the texts in which a value may appear, the longest first, each once.
func forms(value string) []string {
	all := []string{value}
	all = append(all, escaped(value)...)
	all = append(all, percent(value)...)
	all = append(all, hex.EncodeToString([]byte(value)), strings.ToUpper(hex.EncodeToString([]byte(value))))
	all = append(all, inBase64(value)...)
	for _, f := range slices.Clone(all) { // a text in JSON that is itself in JSON, as logs are in bundles
		all = append(all, escaped(f)...)
	}
	slices.SortFunc(all, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(all)
}

// escaped returns the value inside the quotes of JSON and of Go.
func escaped(value string) []string {
	var all []string
	inner := func(quoted string) { all = append(all, quoted[1:len(quoted)-1]) }
	if html, err := json.Marshal(value); err == nil {
		inner(string(html))
	}
	var plain strings.Builder
	e := json.NewEncoder(&plain)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err == nil {
		quoted := strings.TrimSuffix(plain.String(), "\n")
		inner(quoted)
		all = append(all, strings.ReplaceAll(quoted[1:len(quoted)-1], "/", `\/`))
	}
	inner(strconv.Quote(value))
	inner(strconv.QuoteToASCII(value))
	return all
}

// percent returns the value as the parts of a URL hold it: as Go writes them, with
// everything escaped but the unreserved characters of RFC 3986, and with everything
// escaped; each with capital and with small digits.
func percent(value string) []string {
	var strict, every strings.Builder
	for _, b := range []byte(value) {
		code := fmt.Sprintf("%%%02X", b)
		every.WriteString(code)
		if b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || strings.IndexByte("-._~", b) >= 0 {
			code = string(b)
		}
		strict.WriteString(code)
	}
	all := []string{url.QueryEscape(value), url.PathEscape(value), strict.String(), every.String()}
	for _, s := range slices.Clone(all) {
		all = append(all, smallDigits(s))
	}
	return all
}

// smallDigits returns percent-encoded text with small hexadecimal digits.
func smallDigits(s string) string {
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:i+3], strings.ToLower(string(b[i+1:i+3])))
			i += 2
		}
	}
	return string(b)
}

// inBase64 returns what is left of the value in base64, in both alphabets: encoded by
// itself, and in the middle of other text. There it stands at one of three offsets
// within a group of three bytes. The characters that it shares with its neighbours are
// not known; they tell at most four bits of its first and last byte.
func inBase64(value string) []string {
	var all []string
	for _, code := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		whole := code.EncodeToString([]byte(value))
		all = append(all, whole, strings.TrimRight(whole, "="))
		for offset := range 3 {
			text := code.EncodeToString(append(make([]byte, offset), value...))
			begin := (8*offset + 5) / 6
			end := 8 * (offset + len(value)) / 6
			if core := text[begin:end]; len(core) >= minCore {
				all = append(all, core)
			}
		}
	}
	return all
}

// minCore is the length of the shortest piece of base64 that is looked for. Six
// characters are met by chance once in 64⁶ places.
const minCore = 6
