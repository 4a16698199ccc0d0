package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// hostileText is what must never act: as a shell, a page, a terminal or a workflow would
// read it.
const hostileText = "$(touch pwned) `touch pwned` ; touch pwned | <script>alert(1)</script> [x](javascript:1) \\| \x1b[31mred ::error::x ${nothing"

// hostile uses names and texts that mean something to somebody else: a shell, a page, a
// terminal, a workflow, the file system.
func hostile(ctx context.Context, l *lab, r *result) {
	dir := l.folder()
	good := fault{"", say(header + "Content-Length: 2\r\n\r\nok"), anyOK, ""}
	address, stop := listen(good, nil)
	defer stop()
	quoted := strings.NewReplacer("\\", "\\\\", "\"", "\\\"", "\x1b", "\\e", "${", "$${").Replace(hostileText)
	write(dir, "s.yaml", in(`version: 1
name: s
summary: "{text}"
server: {url: "http://{address}"}
load: {closed: {clients: 1, duration: 200ms}}
targets: [{path: /, headers: {X-Odd: "{text}"}}]
warmup: 0s
blocks: 1
`, "text", strings.ReplaceAll(quoted, "\\e[31m", ""), "address", address))
	r.attempt("run", l.do(ctx, l.command(dir, "run", "--quick", "--out", "bundle", "s.yaml")).succeeded())
	r.attempt("report", l.do(ctx, l.command(dir, "report", "bundle", "-o", "page.md")).succeeded())
	r.attempt("pages", harmlessPages(dir))
	r.attempt("no shell ran", nothingNamed(dir, "pwned"))
	for _, name := range []string{"../x", "a/b", "A", "a b", "$(x)", "a|b", "<b>", "\\e[31m", "..", ""} {
		text := in(`version: 1
name: "{name}"
server: {url: "http://{address}"}
load: {closed: {clients: 1, duration: 200ms}}
targets: [{path: /}]
`, "name", name, "address", address)
		write(dir, "n.yaml", text)
		r.attempt(fmt.Sprintf("the name %q", name), l.do(ctx, l.command(dir, "validate", "n.yaml")).refused("n.yaml:"))
		write(dir, "v.yaml", strings.Replace(text, `name: "`+name+`"`, "name: s\nvariants: [{name: \""+name+"\"}]", 1))
		r.attempt(fmt.Sprintf("the variant %q", name), l.do(ctx, l.command(dir, "validate", "v.yaml")).refused("v.yaml:"))
	}
	for _, name := range []string{"::error::x.yaml", "a\x1b[31m.yaml", "<b>.yaml", "a|b.yaml", "-n.yaml"} {
		write(dir, name, "nonsense: 1\n")
		e := l.do(ctx, l.command(dir, "validate", "--", name))
		err := e.refused(":")
		if err == nil && strings.Contains(e.output, "\x1b") {
			err = errors.New("an escape reaches the terminal")
		}
		r.attempt(fmt.Sprintf("the file %q", name), err)
	}
	r.attempt("a link in the folder of a bundle", l.linked(ctx))
	l.shown(ctx, r)
	l.tests(ctx, r, "internal/plain", ".")
	l.tests(ctx, r, "cmd/assay/internal/perfcheck", "TestHostileNames")
}

// harmlessPages requires that nothing hostile acts in what was written for people.
func harmlessPages(dir string) error {
	pages, err := filepath.Glob(filepath.Join(dir, "page*"))
	if err != nil || len(pages) == 0 {
		return fmt.Errorf("no page was written: %v", err)
	}
	return filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() || !strings.Contains(path, "page") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, bad := range []string{"<script>", "](javascript:", "\x1b", "\n::"} {
			if strings.Contains(string(data), bad) {
				return fmt.Errorf("%s contains %q", filepath.Base(path), bad)
			}
		}
		return nil
	})
}

// nothingNamed requires that no file of a name is anywhere in a folder.
func nothingNamed(dir, name string) error {
	return filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Name() == name {
			return fmt.Errorf("%s was made", path)
		}
		return err
	})
}

// linked puts a link into the folder of a bundle that leads out of it. Nothing may be
// written where it leads.
func (l *lab) linked(ctx context.Context) error {
	dir := l.folder()
	outside := l.folder()
	l.runScenario(dir, "100ms")
	bundle := filepath.Join(dir, "bundle")
	if err := os.Mkdir(bundle, 0o755); err != nil {
		return err
	}
	if err := os.Symlink(outside, filepath.Join(bundle, "trials")); err != nil {
		return err
	}
	e := l.do(ctx, l.command(dir, "run", "--quick", "--blocks", "1", "--out", "bundle", "s.yaml"))
	if err := e.sane(); err != nil {
		return err
	}
	files, err := os.ReadDir(outside)
	if err == nil && len(files) > 0 {
		err = fmt.Errorf("the run wrote %s outside of its folder", files[0].Name())
	}
	if err != nil {
		return err
	}
	return nil
}

// outside names hosts that are not this machine, in every spelling that some program
// understands. Nothing is sent: the commands must refuse before they connect.
func outside(ctx context.Context, l *lab, r *result) {
	hosts := []string{
		"example.com", "example.com.", "EXAMPLE.COM", "10.0.0.1", "192.168.1.1", "8.8.8.8", "134744072", "0x08080808", "010.8.8.8", "8.8.2056",
		"127.0.0.1@example.com", "user:pass@example.com", "localhost@10.0.0.1", "127.0.0.1.example.com", "localhost.example.com",
		"[::ffff:8.8.8.8]", "[2001:db8::1]", "[fe80::1%25lo]", "[64:ff9b::808:808]", "0.0.0.0.example.com", "169.254.169.254", "1.1",
		"127.0.0.1%2eexample.com", "127。0。0。1.example.com", "126.255.255.255", "128.0.0.1",
	}
	dir := l.folder()
	for _, host := range hosts {
		for where, steps := range map[string]string{
			"a step of the setup": "setup: [{name: x, path: \"http://{host}/\"}]\ntargets: [{path: /}]\n",
			"a step of a flow":    "flow: [{name: x, path: \"http://{host}/\"}]\n",
			"a target":            "targets: [{path: \"http://{host}/\"}]\n",
		} {
			write(dir, "s.yaml", in(`version: 1
name: s
server: {url: "http://127.0.0.1:9"}
load: {closed: {clients: 1, duration: 1s}}
`+steps, "host", host))
			r.attempt(host+" as "+where, l.do(ctx, l.command(dir, "validate", "s.yaml")).refused("s.yaml:5"))
		}
		for where, server := range map[string]string{
			"server":      `{url: "http://{host}"}`,
			"with a port": `{url: "http://{host}:80/"}`,
			"ready":       `{url: "http://127.0.0.1:9", ready: {path: "http://{host}/"}}`,
			"ready, tcp":  `{url: "http://127.0.0.1:9", ready: {path: "tcp://{host}:80"}}`,
			"metrics":     `{url: "http://127.0.0.1:9", metrics: "http://{host}/m"}`,
		} {
			write(dir, "s.yaml", in(`version: 1
name: s
server: `+server+`
load: {closed: {clients: 1, duration: 1s}}
targets: [{path: /}]
`, "host", host))
			r.attempt(host+" as "+where, l.do(ctx, l.command(dir, "validate", "s.yaml")).refused("s.yaml:3"))
		}
		r.attempt(host+" of attack", l.do(ctx, l.command(dir, "attack", "--requests", "1", "http://"+host+"/")).refused("loopback", "host", "URL", "url"))
	}
	l.tests(ctx, r, "harness/internal/process", "Redirect|Elsewhere|Remote|Dial")
}
