package attack

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/assay-bench/assay/results"
)

// Three generators make one load together: every request is sent once, the merged
// histograms are the sums of theirs, bin by bin, and so are the counts.
func TestSlicesTogetherAreTheLoad(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*testing.T, *Config)
		sent uint64 // 0: the generators number their own requests
	}{
		{"open", func(t *testing.T, c *Config) {
			c.Schedule, c.Duration, c.Warmup = constant(t, 200, 600*time.Millisecond), 500*time.Millisecond, 100*time.Millisecond
			c.SLO = time.Minute
		}, 120},
		{"open, net/http", func(t *testing.T, c *Config) {
			c.Schedule, c.Duration, c.Standard = constant(t, 200, 500*time.Millisecond), 500*time.Millisecond, true
		}, 100},
		{"closed", func(_ *testing.T, c *Config) { c.Clients, c.Requests = 7, 70 }, 0},
		{"closed, net/http", func(_ *testing.T, c *Config) { c.Clients, c.Requests, c.Standard = 7, 70, true }, 0},
		{"targets", func(t *testing.T, c *Config) {
			c.Schedule, c.Duration = constant(t, 200, 500*time.Millisecond), 500*time.Millisecond
			c.Targets, c.Target = []string{"even", "odd"}, func(k uint64) int { return int(k % 2) }
		}, 100},
		{"flow", func(t *testing.T, c *Config) {
			c.Schedule, c.Duration = constant(t, 200, 500*time.Millisecond), 500*time.Millisecond
			c.Targets, c.Flow = []string{"login", "order", results.FlowTarget}, &Flow{Steps: []FlowStep{{Target: 0}, {Target: 1}}, New: func() Run { return new(walk) }}
		}, 100},
	} {
		t.Run(c.name, func(t *testing.T) {
			var mu sync.Mutex
			seen := map[uint64]int{}
			srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				k, err := strconv.ParseUint(r.Header.Get("X-Vegeta-Seq"), 10, 64)
				mu.Lock()
				defer mu.Unlock()
				if seen[k]++; err != nil || seen[k] > 1 {
					t.Errorf("request %d (%v) came %d times", k, err, seen[k])
				}
			}))
			defer srv.Close()
			const of = 3
			config := func() Config {
				cfg := Config{URL: srv.URL, Request: get, Timeout: time.Minute, Connections: 10}
				c.edit(t, &cfg)
				return cfg
			}
			var all []*Made
			sum := map[string]int64{}
			for i := range of {
				cfg := config()
				cfg.Slice = Slice{i, of}
				m := share(t, cfg)
				all = append(all, m)
				_, bins := join(t, config(), m)
				for key, n := range bins {
					sum[key] += n
				}
			}
			res, together := join(t, config(), all...)
			if !maps.Equal(together, sum) {
				t.Errorf("the bins of the merged log are not the sums:\n%v\n%v", together, sum)
			}
			if why := Missing(all, of, c.sent); why != "" {
				t.Error(why)
			}
			requests := int(c.sent)
			if f := config().Flow; f != nil {
				requests *= len(f.Steps)
			}
			mu.Lock()
			came := len(seen)
			mu.Unlock()
			if c.sent > 0 && (res.Sent != c.sent || came != requests) {
				t.Errorf("sent %d, seen %d, want %d", res.Sent, came, requests)
			}
			if res.Recorded != res.Scheduled || res.Outcomes.OK != res.Recorded || res.Recorded == 0 || res.Sent != res.Planned {
				t.Errorf("recorded %d of %d, sent %d of %d, outcomes %+v", res.Recorded, res.Scheduled, res.Sent, res.Planned, res.Outcomes)
			}
			if want := len(config().Targets); len(res.Targets) != want {
				t.Errorf("%d targets, want %d", len(res.Targets), want)
			}
			if Missing(all[1:], of, c.sent) == "" || Missing(append(all, all[0]), of, c.sent) == "" {
				t.Error("a slice that is missing or doubled is not noticed")
			}
		})
	}
}

// share makes one slice of a load and passes it through JSON, as between hosts.
func share(t *testing.T, cfg Config) *Made {
	t.Helper()
	a, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	zero := time.Now().Add(50 * time.Millisecond)
	a.StartAt(zero)
	m, err := a.Share(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !a.Zero().Equal(zero) {
		t.Errorf("the load started at %v, want %v", a.Zero(), zero)
	}
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	back := new(Made)
	if err := json.Unmarshal(data, back); err != nil {
		t.Fatal(err)
	}
	return back
}

// join merges slices, and returns the result and the counts in the log by second, tag and
// bin.
func join(t *testing.T, cfg Config, all ...*Made) (*results.StreamResult, map[string]int64) {
	t.Helper()
	var log bytes.Buffer
	w, err := results.NewLogWriter(&log, t.Name())
	if err != nil {
		t.Fatal(err)
	}
	cfg.Log = w
	res, _, err := Join(cfg, all)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	bins := map[string]int64{}
	if err := results.ReadLog(&log, func(in results.Interval) error {
		for bin, n := range in.Hist.Export().Counts {
			if n > 0 {
				bins[in.Start.String()+" "+in.Tag+" "+strconv.Itoa(bin)] += n
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return res, bins
}

// The sums of numbers are those of their formulas, for every slice.
func TestNumbersOfASlice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		of := rapid.IntRange(1, 9).Draw(t, "of")
		s := Slice{rapid.IntRange(0, of-1).Draw(t, "number"), of}
		n := rapid.Uint64Range(0, 500).Draw(t, "n")
		var got Numbers
		for i := range n {
			got.add(s.nth(i), s)
		}
		if want := s.first(n); got != want {
			t.Fatalf("%+v, the formulas say %+v", got, want)
		}
	})
}

// The sums of many numbers wrap around as their formulas do: (n−1)·n·(2n−1)/6 of 3·2³²
// needs more than 64 bits before it is divided.
func TestSquaresWrap(t *testing.T) {
	const n = 3 << 32
	if got, want := squaresTo(n+1)-squaresTo(n), uint64(0); got != want {
		t.Errorf("n² is %d modulo 2⁶⁴, want %d", got, want)
	}
	if got, want := squaresTo(n+2)-squaresTo(n+1), uint64(2*n+1); got != want {
		t.Errorf("(n+1)² is %d modulo 2⁶⁴, want %d", got, want)
	}
}

// What is wrong with a slice is said, and not added.
func TestUnsoundSlices(t *testing.T) {
	cfg := Config{Clients: 1, Requests: 1}
	good := func() *Made {
		n := newSums()
		return &Made{Slice: Slice{0, 2}, Targets: []Sums{n.export()}, Seconds: []Second{{Cells: []Cell{{Bins: []byte{2, 1}}}}}}
	}
	if _, _, err := Join(cfg, []*Made{good()}); err != nil {
		t.Fatal(err)
	}
	for want, edit := range map[string]func(*Made){
		"results of 0 targets":       func(m *Made) { m.Targets = nil },
		"counts 0 outcomes":          func(m *Made) { m.Targets[0].Outcomes = nil },
		"no status 5000":             func(m *Made) { m.Targets[0].Statuses[5000] = 1 },
		"no class 9999":              func(m *Made) { m.Targets[0].Shares = [][3]uint32{{9999, 0, 1}} },
		"target 7, part 0":           func(m *Made) { m.Seconds[0].Cells[0].Target = 7 },
		"part 99":                    func(m *Made) { m.Seconds[0].Cells[0].Part = 99 },
		"outcome -1":                 func(m *Made) { m.Seconds[0].Cells[0].Outcome = -1 },
		"histogram that cannot be":   func(m *Made) { m.Seconds[0].Cells[0].Bins = []byte{0xff} },
		"slice 0 of 2: it has a his": func(m *Made) { m.Seconds[0].Cells[0].Bins = []byte{1, 1} },
	} {
		m := good()
		edit(m)
		if _, _, err := Join(cfg, []*Made{m}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// A load that cannot be divided is refused before anything is sent.
func TestLoadsThatCannotBeDivided(t *testing.T) {
	for want, cfg := range map[string]Config{
		"4 generators cannot share 3 clients":     {Clients: 3, Connections: 9, Slice: Slice{0, 4}},
		"4 generators cannot share 3 connections": {Clients: 9, Connections: 3, Slice: Slice{0, 4}},
		"no slice 4 of 4":                         {Clients: 9, Connections: 9, Slice: Slice{4, 4}},
	} {
		cfg.URL = "http://127.0.0.1:1"
		if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
