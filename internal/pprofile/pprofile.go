// Package pprofile reads profiles in pprof's format that others have made. What a profile
// takes in memory is counted before it is parsed: a file of two megabytes can unpack to
// hundreds, and those can take gigabytes.
package pprofile

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/google/pprof/profile"
	"google.golang.org/protobuf/encoding/protowire"
)

// limits are the largest profile that is read, unpacked and in memory. A file of a
// megabyte could otherwise take all the memory there is.
type limits struct{ bytes, memory int }

// allowed leaves room for more than a large program needs, which is some ten megabytes.
var allowed = limits{256 << 20, 1 << 30}

// Parse reads the file of a profile, packed or not.
func Parse(data []byte) (*profile.Profile, error) { return allowed.parse(data) }

// parse reads a profile, compressed or not. It refuses one that is larger than the
// limits, or would take more memory, before that memory is taken.
func (most limits) parse(data []byte) (*profile.Profile, error) {
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		into := bytes.NewBuffer(make([]byte, 0, unpacked(data, most.bytes)+bytes.MinRead))
		if _, err = into.ReadFrom(io.LimitReader(z, int64(most.bytes)+1)); err != nil {
			return nil, err
		}
		data = into.Bytes()
	}
	if len(data) > most.bytes {
		return nil, fmt.Errorf("it has more than %d MiB", most.bytes>>20)
	}
	need, err := memory(data, topLevel, most.memory)
	if err != nil {
		return nil, err
	}
	if need > most.memory {
		return nil, fmt.Errorf("it takes more than %d MiB of memory", most.memory>>20)
	}
	p, err := profile.ParseUncompressed(data)
	if err != nil {
		return nil, err
	}
	return p, p.CheckValid()
}

// unpacked is how much room is made for what gzip has packed: the length that the end of
// data gives, but no more than ten times what is there, and no more than is read. A wrong
// length costs time and nothing else.
func unpacked(data []byte, most int) int {
	if len(data) < 4 {
		return 0
	}
	length := int64(binary.LittleEndian.Uint32(data[len(data)-4:]))
	return int(min(length, 10*int64(len(data)), int64(most)))
}

// takes says what the fields of a message take in memory when they are parsed, by number:
// about so many bytes each, and what the fields within them take.
type takes map[protowire.Number]struct {
	bytes  int
	fields takes
}

// numbers is what a number takes of several that stand one after the other in a field, in
// which it has a byte at least.
const numbers = 8

// The fields of a profile that may be many.
var (
	sampleFields   = takes{1: {bytes: numbers}, 2: {bytes: numbers}, 3: {bytes: 80}}
	locationFields = takes{4: {bytes: 48}}

	topLevel = takes{
		1: {bytes: 64}, 2: {bytes: 160, fields: sampleFields}, 3: {bytes: 128}, 4: {bytes: 128, fields: locationFields}, 5: {bytes: 128}, 6: {bytes: 32}, 13: {bytes: numbers},
	}
)

// memory returns about how many bytes a message takes in memory, and stops when that is
// more than the most that is allowed.
func memory(data []byte, known takes, most int) (need int, err error) {
	for len(data) > 0 && need <= most {
		number, kind, n := protowire.ConsumeTag(data)
		if n < 0 {
			return 0, protowire.ParseError(n)
		}
		data = data[n:]
		n = protowire.ConsumeFieldValue(number, kind, data)
		if n < 0 {
			return 0, protowire.ParseError(n)
		}
		field := known[number]
		need += field.bytes
		if kind == protowire.BytesType {
			value, _ := protowire.ConsumeBytes(data)
			if field.bytes == numbers {
				need += numbers * len(value)
			}
			if field.fields != nil {
				within, err := memory(value, field.fields, most)
				if err != nil {
					return 0, err
				}
				need += within
			}
		}
		data = data[n:]
	}
	return need, nil
}
