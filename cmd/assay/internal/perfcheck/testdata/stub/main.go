// Command stub stands in for harness and analysis: it notes how it was called
// and does as the environment says.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

func main() {
	name, args := filepath.Base(os.Args[0]), os.Args[1:]
	log, _ := os.OpenFile(os.Getenv("STUB_LOG"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	fmt.Fprintln(log, name, strings.Join(args, " "))
	after := func(flag string) string { return args[slices.Index(args, flag)+1] }
	switch args[0] {
	case "run":
		bundle := after("--out")
		if slices.Contains(args, "--profile=8") && os.Getenv("STUB_PROFILE_FAILS") != "" {
			fmt.Fprintln(os.Stderr, "harness: --profile: no scenario says\n::error::where")
			os.Exit(2)
		}
		if slices.Contains(args, "--resume") && os.Getenv("STUB_RESUME_FAILS") != "" {
			fmt.Fprintln(os.Stderr, "harness: another measurement is running on this machine")
			os.Exit(1)
		}
		os.MkdirAll(bundle, 0o755)
		os.WriteFile(filepath.Join(bundle, "blocks"), []byte(after("--blocks")), 0o644)
		if os.Getenv("STUB_HANG") != "" {
			hang(log)
		}
		kind := ""
		if os.Getenv("STUB_BUSY") != "" {
			kind = "busy"
		}
		os.WriteFile(filepath.Join(bundle, "manifest.json"), fmt.Appendf(nil, "{\n  \"failure_kind\": %q,\n  \"blocks\": %s\n}\n", kind, after("--blocks")), 0o644)
		fmt.Fprint(os.Stderr, os.Getenv("STUB_SAYS"))
		if kind != "" {
			os.Exit(1)
		}
		if os.Getenv("STUB_RUN_FAILS") != "" {
			fmt.Fprintln(os.Stderr, "harness: build server server: exit status 1")
			os.Exit(1)
		}
	case "micro":
		bundle := after("--out")
		os.MkdirAll(bundle, 0o755)
		os.WriteFile(filepath.Join(bundle, "blocks"), []byte(after("--blocks")), 0o644)
	case "explain":
		os.WriteFile(after("--markdown"), []byte("a page\n"), 0o644)
		os.WriteFile(after("--svg"), []byte("a picture\n"), 0o644)
		fmt.Println(os.Getenv("STUB_EXPLANATION"))
		if os.Getenv("STUB_EXPLAIN_FAILS") != "" {
			os.Exit(1)
		}
	case "annotate":
		text, _ := os.ReadFile(args[len(args)-1])
		fmt.Printf("%s %v\n", args[1], strings.Contains(string(text), "explanation"))
		if os.Getenv("STUB_ANNOTATE_FAILS") != "" {
			os.Exit(2)
		}
	case "gate":
		blocks, _ := os.ReadFile(filepath.Join(args[1], "blocks"))
		status := map[string]string{"": "0", "0": "0", "1": "1", "2": "2", "3": "3"}[os.Getenv("STUB_GATE_"+string(blocks))]
		if i := slices.Index(args, "--markdown"); i > 0 {
			os.WriteFile(args[i+1], []byte("a table\n"), 0o644)
		}
		if slices.Contains(args, "--json") {
			fmt.Printf("{\"status\": %s}\n", status)
		} else {
			fmt.Printf("verdict %s after %s blocks\n", status, blocks)
		}
		os.Exit(int(status[0] - '0'))
	}
}

// hang starts a child, as a run does, and waits to be ended.
func hang(log *os.File) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	child := exec.Command("sleep", "1000")
	child.Start()
	fmt.Fprintln(log, "hanging", os.Getpid(), child.Process.Pid)
	<-signals
	child.Process.Kill()
	child.Wait()
	os.Exit(1)
}
