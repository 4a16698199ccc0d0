package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// clocks cannot be stepped from outside: the tests inject the readings.
func clocks(ctx context.Context, l *lab, r *result) {
	l.tests(ctx, r, "harness/internal/host", "Pulse")
	l.tests(ctx, r, "harness/internal/trial", "TestHardChecksOfTheHost")
	r.skip("suspend", "a machine cannot be suspended under this program; a gap in the generator's time is what it would leave, and is injected")
}

// scenarios validates files that are broken in every way. Every one is refused by a
// message that begins with its name, as editors expect.
func scenarios(ctx context.Context, l *lab, r *result) {
	l.tests(ctx, r, "harness/internal/scenario", "TestBroken|TestScenarioIsARegularFile|TestBase")
	l.fuzz(ctx, r, func(pkg string) bool { return pkg == "harness/internal/scenario" })
	dir := l.folder()
	base := `version: 1
name: s
server: {url: "http://127.0.0.1:9"}
load: {closed: {clients: 1, duration: 1s}}
targets: [{path: /}]
`
	long := l.times(100<<20, 10<<20)
	for name, text := range map[string]string{
		"aliases.yaml":   "a: &a [x]\nb: [" + strings.TrimSuffix(strings.Repeat("*a,", l.times(1_000_000, 50_000)), ",") + "]\n" + base,
		"laughs.yaml":    laughs() + base,
		"long.yaml":      base + "summary: " + strings.Repeat("x", long) + "\n",
		"deep.yaml":      base + "vars: " + strings.Repeat("[", 100_000) + "\n",
		"keys.yaml":      base + strings.Repeat("k: 1\n", 10_000),
		"blocks.yaml":    base + "blocks: 1000000000\n",
		"rate.yaml":      strings.Replace(base, "closed: {clients: 1, duration: 1s}", "open: {rate: 1e308/s, duration: 1s}", 1),
		"rate12.yaml":    strings.Replace(base, "closed: {clients: 1, duration: 1s}", "open: {rate: 1e12/s, duration: 1s}", 1),
		"zero-file.yaml": base + "vars: {v: {file: /dev/zero}}\n",
		"zero-body.yaml": strings.Replace(base, "[{path: /}]", "[{method: POST, path: /, body_file: /dev/zero}]", 1),
		"zero-csv.yaml":  base + "vars: {v: {csv: /dev/zero}}\n",
		"bytes.yaml":     "\xff\xfe\x00\x01",
		"nothing.yaml":   "",
	} {
		write(dir, name, text)
		r.attempt(name, l.do(ctx, l.command(dir, "validate", name)).refused(name+":", name+" "))
		os.Remove(filepath.Join(dir, name))
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o644); err != nil {
		r.skip("FIFO", err.Error())
		return
	}
	write(dir, "fifo-file.yaml", base+"vars: {v: {file: fifo}}\n")
	write(dir, "fifo-body.yaml", strings.Replace(base, "[{path: /}]", "[{method: POST, path: /, body_file: fifo}]", 1))
	for _, name := range []string{"fifo", "/dev/zero", "fifo-file.yaml", "fifo-body.yaml", ".", "missing.yaml"} {
		r.attempt("validate "+name, l.do(ctx, l.command(dir, "validate", name)).refused("regular", "director", "no such file", "fifo"))
	}
}

// laughs is a document of a few hundred bytes whose aliases stand for a billion values.
func laughs() string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x]\n")
	for i := 1; i <= 9; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10), ","))
	}
	return b.String()
}

// formats fuzzes every parser but that of scenarios, and reads random text from outside.
// The text is made of the characters that the formats use, so that it gets past their
// first checks.
func formats(ctx context.Context, l *lab, r *result) {
	l.fuzz(ctx, r, func(pkg string) bool { return pkg != "harness/internal/scenario" })
	dir := l.folder()
	write(dir, "good.txt", strings.Repeat("BenchmarkA 1 10 ns/op\n", 6))
	for i := range l.times(200, 10) {
		text := make([]byte, 1+l.random.IntN(3000))
		alphabet := "Benchmark/=-0123456789 .eE+\n\tns/op:#\x00\xff\"{}[],"
		for j := range text {
			text[j] = alphabet[l.random.IntN(len(alphabet))]
		}
		write(dir, "odd.txt", string(text))
		for _, args := range [][]string{{"compare", "good.txt", "odd.txt"}, {"init", "--har", "odd.txt", "-o", "-"}, {"init", "--targets", "odd.txt", "-o", "-"}, {"init", "--openapi", "odd.txt", "-o", "-"}, {"init", "--curl", string(printableOnly(text))}} {
			r.attempt(fmt.Sprintf("%s of random text %d", args[0], i), l.do(ctx, l.command(dir, args...)).sane())
		}
	}
}

// printableOnly leaves out what no argument of a program can hold.
func printableOnly(text []byte) (kept []byte) {
	for _, b := range text {
		if b != 0 {
			kept = append(kept, b)
		}
	}
	return kept
}
