//go:build unix

package explore

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// eval evaluates an expression in the page, waits for it if it is a promise, and decodes
// its value.
func (b *browser) eval(expression string, value any) {
	b.t.Helper()
	var got struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		Exception *struct {
			Text      string `json:"text"`
			Exception struct {
				Description string `json:"description"`
			} `json:"exception"`
		} `json:"exceptionDetails"`
	}
	b.call("Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true}, &got)
	if got.Exception != nil {
		b.t.Fatalf("%s\n%s %s", expression, got.Exception.Text, got.Exception.Exception.Description)
	}
	if value == nil {
		return
	}
	if err := json.Unmarshal(got.Result.Value, value); err != nil {
		b.t.Fatalf("%s: %v in %s", expression, err, got.Result.Value)
	}
}

// text is the value of an expression that is a string.
func (b *browser) text(expression string) (s string) {
	b.t.Helper()
	b.eval(expression, &s)
	return s
}

// count is the number of elements that are displayed.
func (b *browser) count(selector string) (n int) {
	b.t.Helper()
	b.eval(fmt.Sprintf("[...document.querySelectorAll(%q)].filter((e) => e.checkVisibility()).length", selector), &n)
	return n
}

// wait returns when a condition of the page holds. A page that has thrown an error, and
// so may never come to it, fails the test at once.
func (b *browser) wait(condition string) {
	b.t.Helper()
	script := "(" + condition + ") || new Promise((done) => setTimeout(() => done(false), 10))"
	for end := time.Now().Add(hang); ; {
		m, err := b.try("Runtime.evaluate", map[string]any{"expression": script, "awaitPromise": true, "returnByValue": true})
		// A page that gives way to the next one takes what it was asked with it.
		if err != nil && !strings.Contains(err.Error(), "context") && !strings.Contains(err.Error(), "navigated") {
			b.t.Fatalf("%s: %v", condition, err)
		}
		var got struct {
			Result struct {
				Value any `json:"value"`
			} `json:"result"`
		}
		_ = json.Unmarshal(m.Result, &got)
		if got.Result.Value == true {
			return
		}
		if b.complain(condition) || time.Now().After(end) {
			b.t.Fatalf("%s: this never came true", condition)
		}
	}
}

// open opens a file at an address within it, as if it were opened for the first time.
func (b *browser) open(file, address string) {
	b.t.Helper()
	u := url.URL{Scheme: "file", Path: file, Fragment: address}
	b.visit(u.String())
}

// visit opens an URL and waits until the explorer has drawn its view.
func (b *browser) visit(u string) {
	b.t.Helper()
	b.call("Page.navigate", map[string]any{"url": "about:blank"}, nil)
	b.wait(`location.href === "about:blank" && document.readyState === "complete"`)
	b.call("Page.navigate", map[string]any{"url": u}, nil)
	// While the page changes, an evaluation may be answered by the page before it.
	b.wait(`location.href !== "about:blank"`)
	b.settle()
}

// turn goes to another address of the page that is open.
func (b *browser) turn(address string) {
	b.t.Helper()
	b.eval(fmt.Sprintf("location.hash === '#' + %[1]q || (document.body.dataset.ready = '', location.hash = %[1]q)", address), nil)
	b.settle()
}

// settle returns when the view stands and every figure of it is drawn, those out of sight
// too.
func (b *browser) settle() {
	b.t.Helper()
	b.wait(`document.body && document.body.dataset.ready === "yes" && assayExplorer.pending() === 0`)
}

// size sets the size of the window, in CSS pixels.
func (b *browser) size(width, height int) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}, nil)
}

// theme sets what the system prefers: "light" or "dark".
func (b *browser) theme(name string) {
	b.t.Helper()
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]any{"name": "prefers-color-scheme", "value": name}}}, nil)
	b.wait(fmt.Sprintf("document.documentElement.dataset.theme === %q", name))
}

// at is a place in an element, in shares of its width and height, in the window. The
// element is scrolled into sight.
func (b *browser) at(selector string, right, down float64) (x, y float64) {
	b.t.Helper()
	var p [2]float64
	b.eval(fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.scrollIntoView({block: "center"}); const r = e.getBoundingClientRect(); return [r.left + r.width * %v, r.top + r.height * %v]; })()`,
		selector, right, down), &p)
	return p[0], p[1]
}

// mouse sends one event of the mouse.
func (b *browser) mouse(kind string, x, y float64, buttons int) {
	b.t.Helper()
	button := "none"
	if kind != "mouseMoved" {
		button = "left"
	}
	b.call("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": x, "y": y, "button": button, "buttons": buttons, "clickCount": 1}, nil)
}

// hover moves the mouse about a place until a condition holds: a page that has just
// scrolled may not know yet where its plots are.
func (b *browser) hover(x, y float64, condition string) {
	b.t.Helper()
	for i := range 1000 {
		b.mouse("mouseMoved", x+float64(i%2), y, 0)
		var holds bool
		b.eval("new Promise((done) => setTimeout(() => done("+condition+"), 10))", &holds)
		if holds {
			return
		}
	}
	b.t.Fatalf("%s: this never came true", condition)
}

// key presses and releases a key.
func (b *browser) key(name string) {
	b.t.Helper()
	for _, kind := range []string{"rawKeyDown", "keyUp"} {
		b.call("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": name, "code": name}, nil)
	}
}

// complain fails the test with what the page did wrong since it was asked last, and
// reports whether it did.
func (b *browser) complain(where string) bool {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.problems) == 0 {
		return false
	}
	b.t.Errorf("%s:\n%s", where, strings.Join(b.problems, "\n"))
	b.problems = nil
	return true
}
