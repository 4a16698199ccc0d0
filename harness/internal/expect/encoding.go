package expect

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"
	"sync"
)

// encodings are the content encodings (RFC 9110) that have a name in reasons. A server
// may send any text, and reasons are counted.
var encodings = []string{"br", "zstd", "deflate", "compress"}

// unzippers are gzip readers that are not in use.
var unzippers = sync.Pool{New: func() any { return new(gzip.Reader) }}

// Decoded returns a body without its content encoding, or why that cannot be had. A body
// that came without one is returned as it is.
func Decoded(h Header, raw []byte) (plain []byte, bad string) {
	coding := ""
	for _, v := range h.Values("Content-Encoding") {
		for one := range strings.SplitSeq(v, ",") {
			switch one = strings.ToLower(strings.TrimSpace(one)); {
			case one == "" || one == "identity":
			case coding != "":
				return nil, "body has several encodings"
			default:
				coding = one
			}
		}
	}
	switch coding {
	case "":
		if len(raw) > MaxBody {
			return nil, tooLong
		}
		return raw, ""
	case "gzip", "x-gzip":
		return unzipped(raw)
	}
	for _, known := range encodings {
		if coding == known {
			return nil, "body is encoded as " + known + ", which no check can read"
		}
	}
	return nil, "body has an unknown encoding"
}

var tooLong = fmt.Sprintf("body is longer than %d MiB, which no check reads", MaxBody>>20)

// unzipped undoes gzip. The text says why that cannot be done; it is empty if it was
// done. No more than MaxBody bytes are unpacked, whatever the body claims to hold.
func unzipped(raw []byte) ([]byte, string) {
	if len(raw) == 0 {
		return nil, "" // of an answer that has no body
	}
	z := unzippers.Get().(*gzip.Reader)
	defer unzippers.Put(z)
	var plain bytes.Buffer
	err := z.Reset(bytes.NewReader(raw))
	if err == nil {
		_, err = io.Copy(&plain, io.LimitReader(z, MaxBody+1))
	}
	switch {
	case plain.Len() > MaxBody:
		return nil, tooLong
	case err != nil:
		return nil, "body is no gzip, though it says so"
	}
	return plain.Bytes(), ""
}
