package results

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"time"
)

// Bin is one bin of a histogram: a range of values that the histogram does not tell
// apart. Value is the highest value of the range, in nanoseconds.
type Bin struct {
	Value int64
	Count uint64 // number of values in the range
}

// Bins calls yield for every interval of a trial's log whose tag is wanted, and
// passes the occupied bins in rising order. It reads the same lines as Log and suits
// readers of many trials: a decoded histogram takes most of a megabyte, while its
// occupied bins take a few kilobytes.
func (b *Bundle) Bins(trial string, want func(tag string) bool, yield func(tag string, start time.Duration, bins []Bin) error) error {
	f, err := b.openTrial(logName(trial))
	if err != nil {
		return fmt.Errorf("read histograms: %w", err)
	}
	defer f.Close()
	within := b.within(trial)
	err = readBins(f, want, func(tag string, start time.Duration, bins []Bin) error {
		if err := within(start); err != nil {
			return err
		}
		return yield(tag, start, bins)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", b.place(logName(trial)), err)
	}
	return nil
}

// Functions for [Bundle.Bins] that read every interval of a log and keep none.
func everyTag(string) bool                          { return true }
func ignoreBins(string, time.Duration, []Bin) error { return nil }

// CheckLog reads a trial's log from its first line to its last, in bounded memory
// whatever it holds, and returns the first error.
func (b *Bundle) CheckLog(trial string) error { return b.Bins(trial, everyTag, ignoreBins) }

// readBins decodes only the intervals that are wanted: a log has several parts for
// every second, and most readers want one of them.
func readBins(r io.Reader, want func(string) bool, yield func(string, time.Duration, []Bin) error) error {
	var d binDecoder
	return eachInterval(r, func(line []byte) error {
		in, payload, err := splitInterval(line)
		if err != nil {
			return err
		}
		if !want(in.Tag) {
			return nil
		}
		bins, err := d.decode(payload)
		if err != nil {
			return fmt.Errorf("histogram: %w", err)
		}
		return yield(in.Tag, in.Start, bins)
	})
}

// Cookies of the V2 encoding, without the four bits that hold the word size.
const (
	cookieV2           = 0x1c849303
	cookieV2Compressed = 0x1c849304
	cookieMask         = ^uint32(0xf0)
)

// mostPayload is the largest size of a payload after decompression, in bytes: every
// bin of the geometry, with nine bytes each.
const mostPayload = 1 << 20

// binDecoder decodes V2 histograms and keeps its buffers.
type binDecoder struct {
	raw, plain []byte
	inflate    io.ReadCloser
}

var errShort = errors.New("cut short")

// decode returns the occupied bins of one histogram, which a log holds as base64 of
// compressed bytes.
func (d *binDecoder) decode(payload []byte) ([]Bin, error) {
	d.raw = append(d.raw[:0], make([]byte, base64.StdEncoding.DecodedLen(len(payload)))...)
	n, err := base64.StdEncoding.Decode(d.raw, payload)
	if err != nil {
		return nil, err
	}
	raw := d.raw[:n]
	if len(raw) < 8 {
		return nil, errShort
	}
	if c := binary.BigEndian.Uint32(raw) & cookieMask; c != cookieV2Compressed {
		return nil, fmt.Errorf("cookie %#x: not a compressed V2 histogram", c)
	}
	if err := d.unfold(raw[8:]); err != nil {
		return nil, err
	}
	return parseBins(d.plain)
}

// unfold decompresses data into d.plain, but no more than mostPayload bytes of it.
func (d *binDecoder) unfold(data []byte) (err error) {
	if d.inflate == nil {
		d.inflate, err = zlib.NewReader(bytes.NewReader(data))
	} else {
		err = d.inflate.(zlib.Resetter).Reset(bytes.NewReader(data), nil)
	}
	if err != nil {
		return err
	}
	b := bytes.NewBuffer(d.plain[:0])
	if _, err := io.Copy(b, io.LimitReader(d.inflate, mostPayload+1)); err != nil {
		return err
	}
	if b.Len() > mostPayload {
		return errors.New("larger than any histogram of a bundle")
	}
	d.plain = b.Bytes()
	return nil
}

// parseBins reads a V2 histogram: a header of 40 bytes, then counts by bin index
// as ZigZag LEB128 numbers, of which a negative one skips that many empty bins.
func parseBins(p []byte) ([]Bin, error) {
	const header = 40
	if len(p) < header {
		return nil, errShort
	}
	if c := binary.BigEndian.Uint32(p) & cookieMask; c != cookieV2 {
		return nil, fmt.Errorf("cookie %#x: not a V2 histogram", c)
	}
	length := int64(binary.BigEndian.Uint32(p[4:]))
	digits := int32(binary.BigEndian.Uint32(p[12:]))
	lowest := binary.BigEndian.Uint64(p[16:])
	if length > int64(len(p)-header) || digits < 1 || digits > 5 || lowest < 1 || lowest > math.MaxInt64/2 {
		return nil, errShort
	}
	unit := bits.Len64(lowest) - 1
	half := bits.Len64(uint64(2*math.Pow10(int(digits))-1)) - 1 // magnitude of half a bucket
	var bins []Bin
	index := int64(0)
	for rest := p[header : header+length]; len(rest) > 0; {
		v, n := zigzag(rest)
		if n == 0 {
			return nil, errShort
		}
		rest = rest[n:]
		if v < 0 {
			index -= v
			continue
		}
		if v > 0 {
			value, ok := highestOf(index, half, unit)
			if !ok {
				return nil, fmt.Errorf("bin %d is outside the histogram", index)
			}
			bins = append(bins, Bin{value, uint64(v)})
		}
		index++
	}
	return bins, nil
}

// highestOf returns the highest value of a bin.
func highestOf(index int64, half, unit int) (int64, bool) {
	bucket, sub := index>>half-1, index&(1<<half-1)+1<<half
	if bucket < 0 {
		bucket, sub = 0, sub-1<<half
	}
	shift := int(bucket) + unit
	if bucket > 62 || shift+bits.Len64(uint64(sub)) > 62 {
		return 0, false
	}
	return sub<<shift + 1<<shift - 1, true
}

// zigzag reads one ZigZag LEB128 number of at most nine bytes; the ninth byte
// carries eight bits of the number. It returns the number and how many bytes it
// took, or 0 bytes if there is no number.
func zigzag(p []byte) (v int64, n int) {
	var u uint64
	for i, b := range p {
		if i == 8 {
			u |= uint64(b) << 56
			return int64(u>>1) ^ -int64(u&1), 9
		}
		u |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			return int64(u>>1) ^ -int64(u&1), i + 1
		}
	}
	return 0, 0
}
