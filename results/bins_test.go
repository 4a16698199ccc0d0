package results

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestBinsEqualHistograms compares the sparse reader with hdrhistogram's, on
// logs with small, large, repeated and extreme values.
func TestBinsEqualHistograms(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var log bytes.Buffer
	w, err := NewLogWriter(&log, "t")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		h := NewHistogram()
		for range 1 + i*i*5 {
			v := int64(1) << r.IntN(42)
			if err := h.RecordValues(min(MaxValue, v+r.Int64N(v)), 1+r.Int64N(1<<r.IntN(40))); err != nil {
				t.Fatal(err)
			}
		}
		for _, v := range []int64{0, 1, 2047, 2048, 4095, 4096, MaxValue} {
			if err := h.RecordValue(v); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Write(Interval{Tag: []string{"a", "b"}[i%2], Start: time.Duration(i) * time.Second, Length: time.Second, Hist: h}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	var want, got [][]Bin
	err = ReadLog(bytes.NewReader(log.Bytes()), func(in Interval) error {
		if in.Tag == "a" {
			var bins []Bin
			for _, b := range in.Hist.Distribution() {
				if b.Count > 0 {
					bins = append(bins, Bin{b.To, uint64(b.Count)})
				}
			}
			want = append(want, bins)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = readBins(bytes.NewReader(log.Bytes()), func(tag string) bool { return tag == "a" }, func(_ string, start time.Duration, bins []Bin) error {
		if start != time.Duration(2*len(got))*time.Second {
			t.Errorf("interval %d starts at %v", len(got), start)
		}
		got = append(got, bins)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 10 || !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("the two readers differ: %d and %d intervals", len(got), len(want))
	}
}

func TestBinsOfDamagedLines(t *testing.T) {
	for _, line := range []string{
		"Tag=a,0.000,1.000,1,AAAA", "Tag=a,0.000,1.000,1,HISTFAAAAAB42g==", "Tag=a,0.000,1.000,1,%%%", "Tag=a,0.000,1.000", "Tag=a", "Tag=a,x,1,1,AAAA",
	} {
		err := readBins(strings.NewReader("#c\n"+line+"\n"), func(string) bool { return true }, func(string, time.Duration, []Bin) error { return nil })
		if err == nil || !strings.HasPrefix(err.Error(), "line 2: ") {
			t.Errorf("%q: error %v, want one that names line 2", line, err)
		}
	}
}

func FuzzBins(f *testing.F) {
	f.Add([]byte("HISTFAAAAB542pNpmSzMwMDAzAABzFCaEUoz2X+AMIAiAHwpAlk="))
	f.Fuzz(func(t *testing.T, payload []byte) {
		var d binDecoder
		bins, err := d.decode(payload)
		if err != nil {
			return
		}
		if !slices.IsSortedFunc(bins, func(a, b Bin) int { return int(min(1, max(-1, a.Value-b.Value))) }) {
			t.Errorf("bins are not in order: %v", bins)
		}
	})
}
