package scenario

import (
	"fmt"
	"strings"
	"testing"
)

// An alias costs as much as what it stands for. Twenty thousand of a target with 500
// headers would be ten million headers in a file of 160 KB.
func TestAliasesStandForSoMuch(t *testing.T) {
	file := func(aliases int) []byte {
		var b strings.Builder
		b.WriteString("version: 1\nname: a\nserver: {url: \"http://127.0.0.1:1\"}\nvariants: [{name: v}]\n" +
			"load: {closed: {clients: 1, duration: 1s}}\ntargets:\n  - &t\n    path: /\n    headers:\n")
		for i := range 500 {
			fmt.Fprintf(&b, "      X-H%d: v\n", i)
		}
		return []byte(b.String() + strings.Repeat("  - *t\n", aliases))
	}
	if s, err := Parse("f", file(20), Options{}); err != nil || len(s.Streams[0].targets) != 21 {
		t.Errorf("20 aliases: %v", err)
	}
	_, err := Parse("f", file(20_000), Options{})
	if err == nil || !strings.Contains(err.Error(), "the aliases up to here stand for more than 200000 values (use fewer aliases, or smaller values)") {
		t.Errorf("20,000 aliases: %.300v", err)
	} else if n := strings.Count(err.Error(), "\n"); n > 3 {
		t.Errorf("20,000 aliases: %d lines of errors", n)
	}
}

// Targets without a name get one each, however many there are.
func TestManyTargetsGetNames(t *testing.T) {
	const head = "version: 1\nname: a\nserver: {url: \"http://127.0.0.1:1\"}\nvariants: [{name: v}]\n" +
		"load: {closed: {clients: 1, duration: 1s}}\ntargets:\n  - {name: get-root-c, path: /root}\n"
	s, err := Parse("f", []byte(head+strings.Repeat("  - {path: /root}\n", 10_000)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, target := range s.Streams[0].targets {
		if want, known := map[int]string{0: "get-root-c", 1: "get-root", 2: "get-root-b", 3: "get-root-d"}[i]; known && target.name != want {
			t.Errorf("target %d is named %q, want %q", i, target.name, want)
		}
		if seen[target.name] {
			t.Fatalf("%q names two targets", target.name)
		}
		seen[target.name] = true
	}
}
