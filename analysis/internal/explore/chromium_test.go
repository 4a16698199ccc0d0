//go:build unix

package explore

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"
)

// hang is after how long a browser that does not answer is given up. It ends a test
// that hangs and measures nothing.
const hang = 3 * time.Minute

// browser is a Chromium that a test drives over the DevTools protocol, through a pipe:
// no port is opened, and no library is needed for so few messages.
type browser struct {
	t       *testing.T
	to      *os.File
	session string

	mu       sync.Mutex
	last     int
	waiting  map[int]chan message
	problems []string // what the console said, and what was asked of a network
}

// message is one message of the protocol.
type message struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// chromium is the first of the known names that is installed. Without one the test is
// skipped, or fails where CI is set.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("Chromium is missing; scripts/test-tools.sh installs it")
	}
	t.Skip("SKIPPED: needs Chromium; scripts/test-tools.sh installs it")
	return ""
}

// startBrowser starts Chromium with one page, without a network, and ends it with the
// test.
func startBrowser(t *testing.T) *browser {
	t.Helper()
	path := chromium(t)
	theirIn, ourOut := pipe(t)
	ourIn, theirOut := pipe(t)
	// The profile is no t.TempDir: children of a browser that has ended may still write
	// there while it is removed.
	profile, err := os.MkdirTemp("", "assay-explorer-")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*hang)
	cmd := exec.CommandContext(ctx, path, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
		"--hide-scrollbars", "--remote-debugging-pipe", "--user-data-dir="+profile, "about:blank")
	cmd.ExtraFiles = []*os.File{theirIn, theirOut} // 3 and 4, as the option wants it
	// A browser may leave children that hold its output open.
	cmd.WaitDelay = 5 * time.Second
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirIn.Close()
	theirOut.Close()
	b := &browser{t: t, to: ourOut, waiting: map[int]chan message{}}
	done := make(chan struct{})
	go func() { defer close(done); b.read(ourIn) }()
	t.Cleanup(func() {
		// A browser that was told to close may end before it answers.
		_, _ = b.try("Browser.close", nil)
		ourOut.Close()
		_ = cmd.Wait()
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		cancel()
		<-done
		_ = os.RemoveAll(profile)
	})
	var target struct {
		ID string `json:"targetId"`
	}
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct {
		Session string `json:"sessionId"`
	}
	b.call("Target.attachToTarget", map[string]any{"targetId": target.ID, "flatten": true}, &attached)
	b.session = attached.Session
	for _, domain := range []string{"Page.enable", "Runtime.enable", "Log.enable", "Network.enable"} {
		b.call(domain, nil, nil)
	}
	return b
}

// pipe makes a pipe that the test closes.
func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}

// read hands answers to those who wait for them, until the browser has ended, and keeps
// what a page should not do.
func (b *browser) read(r *os.File) {
	in := bufio.NewReaderSize(r, 1<<20)
	for {
		data, err := in.ReadBytes(0)
		if err != nil {
			b.mu.Lock()
			for _, c := range b.waiting {
				close(c)
			}
			b.waiting = nil
			b.mu.Unlock()
			return
		}
		var m message
		if err := json.Unmarshal(bytes.TrimSuffix(data, []byte{0}), &m); err != nil {
			continue
		}
		b.mu.Lock()
		if c, ok := b.waiting[m.ID]; ok && m.ID > 0 {
			delete(b.waiting, m.ID)
			c <- m
		} else if problem := problemOf(m); problem != "" {
			b.problems = append(b.problems, problem)
		}
		b.mu.Unlock()
	}
}

// problemOf is what an event says against a page: an exception, a message on the
// console, or a request that is neither of a file nor of the page's own data.
func problemOf(m message) string {
	switch m.Method {
	case "Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled":
		return m.Method + ": " + string(m.Params)
	case "Network.requestWillBeSent":
		var p struct {
			Request struct {
				URL string `json:"url"`
			} `json:"request"`
		}
		_ = json.Unmarshal(m.Params, &p)
		for _, own := range []string{"file:", "data:", "blob:", "about:", "http://127.0.0.1:"} {
			if len(p.Request.URL) >= len(own) && p.Request.URL[:len(own)] == own {
				return ""
			}
		}
		return "request of " + p.Request.URL
	}
	return ""
}

// try sends one command and waits for its answer.
func (b *browser) try(method string, params any) (message, error) {
	data, err := json.Marshal(params)
	if err != nil {
		return message{}, err
	}
	if params == nil {
		data = nil
	}
	answer := make(chan message, 1)
	b.mu.Lock()
	if b.waiting == nil {
		b.mu.Unlock()
		return message{}, fmt.Errorf("%s: the browser has ended", method)
	}
	b.last++
	m := message{ID: b.last, Session: b.session, Method: method, Params: data}
	b.waiting[m.ID] = answer
	b.mu.Unlock()
	line, err := json.Marshal(m)
	if err != nil {
		return message{}, err
	}
	if _, err := b.to.Write(append(line, 0)); err != nil {
		return message{}, err
	}
	select {
	case got, ok := <-answer:
		if !ok {
			return got, fmt.Errorf("%s: the browser has ended", method)
		}
		if got.Error != nil {
			return got, fmt.Errorf("%s: %s", method, got.Error.Message)
		}
		return got, nil
	case <-time.After(hang):
		return message{}, fmt.Errorf("%s: no answer", method)
	}
}

// call is try for commands that must work. It decodes the answer.
func (b *browser) call(method string, params, result any) {
	b.t.Helper()
	m, err := b.try(method, params)
	if err != nil {
		b.t.Fatal(err)
	}
	if result == nil {
		return
	}
	if err := json.Unmarshal(m.Result, result); err != nil {
		b.t.Fatal(err)
	}
}
