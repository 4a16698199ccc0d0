package pprofile

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/google/pprof/profile"
)

// A file that is no profile is refused, and so is one that would take all memory.
func TestBadProfiles(t *testing.T) {
	packed := func(text string) string {
		var out bytes.Buffer
		z := gzip.NewWriter(&out)
		if _, err := io.WriteString(z, text); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	const memory = "more than 1 MiB of memory"
	small := limits{1 << 20, 1 << 20}
	for name, c := range map[string]struct{ data, want string }{
		"text":             {"x", "EOF"},
		"nothing":          {"", "empty input"},
		"a page":           {"<html>", ""},
		"a damaged file":   {"\x1f\x8b\x08", "EOF"},
		"zeros":            {packed(strings.Repeat("\x00", 1<<20+1)), "it has more than 1 MiB"},
		"empty samples":    {packed(strings.Repeat("\x12\x00", 10_000)), memory},
		"labels":           {packed("\x12\xc0\xb8\x02" + strings.Repeat("\x1a\x00", 20_000)), memory},
		"lines":            {packed("\x22\x80\xf1\x04" + strings.Repeat("\x22\x00", 40_000)), memory},
		"many short words": {packed(strings.Repeat("\x32\x00", 40_000)), memory},
	} {
		if _, err := small.parse([]byte(c.data)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// A profile of usual size is read, and found to take no less than it does.
func TestGoodProfile(t *testing.T) {
	f := &profile.Function{ID: 1, Name: "f"}
	l := &profile.Location{ID: 1, Line: []profile.Line{{Function: f, Line: 3}}}
	p := &profile.Profile{
		SampleType: []*profile.ValueType{{Type: "cpu", Unit: "nanoseconds"}}, PeriodType: &profile.ValueType{}, Function: []*profile.Function{f}, Location: []*profile.Location{l},
	}
	for range 1000 {
		p.Sample = append(p.Sample, &profile.Sample{Location: []*profile.Location{l, l, l}, Value: []int64{5}})
	}
	var packed, raw bytes.Buffer
	if err := p.Write(&packed); err != nil {
		t.Fatal(err)
	}
	if err := p.WriteUncompressed(&raw); err != nil {
		t.Fatal(err)
	}
	for _, data := range [][]byte{packed.Bytes(), raw.Bytes()} {
		if got, err := Parse(data); err != nil || len(got.Sample) != 1000 {
			t.Errorf("%v", err)
		}
	}
	if need, err := memory(raw.Bytes(), topLevel, allowed.memory); err != nil || need < 1000*160 || need > 1000*400 {
		t.Errorf("%d bytes, %v", need, err)
	}
}

// The length at the end of a packed file is a stranger's word: it makes room for ten times
// what is there at most.
func TestUnpackedIsBounded(t *testing.T) {
	for _, c := range []struct {
		data string
		most int
		want int
	}{
		{"", 1000, 0},
		{"abc", 1000, 0},
		{strings.Repeat("x", 96) + "\x2c\x01\x00\x00", 1000, 300},
		{strings.Repeat("x", 96) + "\xff\xff\xff\xff", 10_000, 1000},
		{strings.Repeat("x", 96) + "\xff\xff\xff\xff", 500, 500},
	} {
		if got := unpacked([]byte(c.data), c.most); got != c.want {
			t.Errorf("%d bytes, at most %d: room for %d, want %d", len(c.data), c.most, got, c.want)
		}
	}
}
