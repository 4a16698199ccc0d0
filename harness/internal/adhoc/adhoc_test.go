package adhoc

import (
	"math"
	"testing"
)

func TestSplitURL(t *testing.T) {
	for url, want := range map[string][2]string{
		"http://127.0.0.1:9090":           {"http://127.0.0.1:9090", "/"},
		"http://127.0.0.1:9090/":          {"http://127.0.0.1:9090", "/"},
		"http://127.0.0.1:9090/a/b?c=/d":  {"http://127.0.0.1:9090", "/a/b?c=/d"},
		"http://127.0.0.1:9090?x=1":       {"http://127.0.0.1:9090", "/?x=1"},
		"http://127.0.0.1:9090?next=/a/b": {"http://127.0.0.1:9090", "/?next=/a/b"},
		"HTTPS://[::1]//x":                {"https://[::1]", "//x"},
	} {
		base, path, err := splitURL(url)
		if err != nil || base != want[0] || path != want[1] {
			t.Errorf("%s: %q and %q (%v), want %q and %q", url, base, path, err, want[0], want[1])
		}
	}
	if _, _, err := splitURL("127.0.0.1:9090/x"); err == nil {
		t.Error("no error without a scheme")
	}
}

// A load that no machine can make is refused before it begins.
func TestLoadsThatAreRefused(t *testing.T) {
	good := Options{Concurrency: 1, Requests: 1}
	if err := good.check(); err != nil {
		t.Error(err)
	}
	for name, spoil := range map[string]func(*Options){
		"no clients":        func(o *Options) { o.Concurrency = 0 },
		"negative requests": func(o *Options) { o.Requests = -1 },
		"negative duration": func(o *Options) { o.Duration = -1 },
		"negative rate":     func(o *Options) { o.Rate = -1 },
		"rate NaN":          func(o *Options) { o.Rate = math.NaN() },
		"rate without end":  func(o *Options) { o.Rate = math.Inf(1) },
		"no end":            func(o *Options) { o.Requests = 0 },
	} {
		o := good
		if spoil(&o); o.check() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A rate that is no number, or that nobody sends, is refused.
func TestRateIsANumber(t *testing.T) {
	for rate, ok := range map[float64]bool{0: true, 1: true, 1e7: true, -1: false, 1e8: false, 1e308: false, math.NaN(): false, math.Inf(1): false} {
		o := Options{Concurrency: 1, Requests: 1, Rate: rate}
		if err := o.check(); (err == nil) != ok {
			t.Errorf("--rate %v: %v", rate, err)
		}
	}
}
