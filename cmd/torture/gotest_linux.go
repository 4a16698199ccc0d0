package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// tests counts the tests of a package as tries: each that fails lost something. It is
// for what has to be injected, which is impossible from outside. A pattern that matches
// no test is a loss, because a test may have been renamed. The package is named by its
// folder below the root of the source tree.
func (l *lab) tests(ctx context.Context, r *result, pkg, pattern string) {
	if _, err := exec.LookPath("go"); err != nil {
		r.skip("tests of "+pkg, "there is no go command")
		return
	}
	c := exec.CommandContext(ctx, "go", "test", "-vet=off", "-count=1", "-timeout=10m", "-json", "-run", pattern)
	if l.short {
		c.Args = append(c.Args, "-short")
	}
	c.Args = append(c.Args, "./"+pkg)
	c.Dir = l.root
	out, err := c.Output() // a failed test is in the output
	passed, failed, skipped := leaves(out)
	r.tried += len(passed)
	for _, name := range failed {
		r.tried++
		r.lose("%s: %s failed", pkg, name)
	}
	for _, name := range skipped {
		r.skip(pkg+" "+name, "the test says that it cannot run here")
	}
	switch {
	case len(passed)+len(failed)+len(skipped) == 0:
		r.lose("%s: no test named %s ran: %v", pkg, pattern, err)
	case err != nil && len(failed) == 0: // such as a leak that is found when all tests are over
		r.tried++
		r.lose("%s: %v\n%s", pkg, err, tail(string(out)))
	}
}

// leaves returns the tests of an output of go test -json that have no parts of their
// own, in no order. A test with subtests is counted by its subtests, and also by itself if
// it failed and none of them did.
func leaves(out []byte) (passed, failed, skipped []string) {
	ends := map[string]string{}
	for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
		var e struct{ Action, Test string }
		if json.Unmarshal(s.Bytes(), &e) == nil && e.Test != "" {
			switch e.Action {
			case "pass", "fail", "skip":
				ends[e.Test] = e.Action
			}
		}
	}
	parents, explained := map[string]bool{}, map[string]bool{}
	for name, action := range ends {
		for at := range name {
			if name[at] == '/' {
				parents[name[:at]] = true
				explained[name[:at]] = explained[name[:at]] || action == "fail"
			}
		}
	}
	for name, action := range ends {
		switch {
		case parents[name] && (action != "fail" || explained[name]):
		case action == "pass":
			passed = append(passed, name)
		case action == "fail":
			failed = append(failed, name)
		default:
			skipped = append(skipped, name)
		}
	}
	return passed, failed, skipped
}

var (
	fuzzTarget = regexp.MustCompile(`(?m)^(\S+_test\.go):\d*:?func (Fuzz\w+)\(`)
	fuzzed     = regexp.MustCompile(`execs: (\d+)`)
)

// fuzz runs the fuzz targets of packages for a time each, and counts their inputs. The
// targets are found in the source, so that new ones are tried without a change here.
// want chooses packages by their folder below the root of the source tree.
func (l *lab) fuzz(ctx context.Context, r *result, want func(pkg string) bool) {
	if _, err := exec.LookPath("go"); err != nil {
		r.skip("fuzzing", "there is no go command")
		return
	}
	grep := exec.CommandContext(ctx, "grep", "-rnoE", "--include=*_test.go", `^func Fuzz\w+\(`, ".")
	grep.Dir = l.root
	found, err := grep.Output()
	if err != nil {
		r.skip("fuzzing", "the targets are not found: "+err.Error())
		return
	}
	for _, m := range fuzzTarget.FindAllStringSubmatch(string(found), -1) {
		pkg := filepath.Dir(m[1])
		if want(pkg) {
			l.fuzzOne(ctx, r, pkg, m[2])
		}
	}
}

// fuzzOne runs one target. What it finds stays in testdata, as go test leaves it, and
// becomes a part of the corpus when it is committed.
func (l *lab) fuzzOne(ctx context.Context, r *result, pkg, target string) {
	args := []string{"test", "-vet=off", "-run", "^" + target + "$", "-fuzz", "^" + target + "$", "-fuzztime", "4s", "-fuzzminimizetime", "1s", "-parallel", "2", "./" + pkg}
	if l.short { // only what the corpus has
		args = []string{"test", "-vet=off", "-count=1", "-run", "^" + target + "$", "./" + pkg}
	}
	c := exec.CommandContext(ctx, "go", args...)
	c.Dir = l.root
	out, err := c.CombinedOutput()
	r.tried++
	if m := fuzzed.FindAllStringSubmatch(string(out), -1); m != nil {
		n, _ := strconv.Atoi(m[len(m)-1][1])
		r.tried += n
	}
	if err != nil && !strings.Contains(string(out), "context deadline exceeded") {
		r.lose("%s in %s: %v\n%s", target, pkg, err, tail(string(out)))
	}
	if l.short {
		return
	}
	fmt.Fprintf(l.progress, "    %s: %d inputs so far\n", target, r.tried)
}
