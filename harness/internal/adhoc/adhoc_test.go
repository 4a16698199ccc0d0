package adhoc

import "testing"

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
