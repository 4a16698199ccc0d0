package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// documents are the pages that people read. Generated ones are tested where they are
// made.
var documents = []string{"../../*.md", "../../*/*.md", "../../.github/*.md", "../../.github/actions/*/*.md"}

var (
	block  = regexp.MustCompile("(?s)```sh\n(.*?)```")
	inline = regexp.MustCompile("`([^`\n]+)`")
)

// Every command that a document shows is one that this program understands, and
// everything that it makes can be made. A placeholder in capitals is an argument like
// any other.
func TestDocumentedCommands(t *testing.T) {
	targets := targets(t)
	shown := map[string]int{}
	for _, file := range pages(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var scripts []string
		for _, m := range block.FindAllStringSubmatch(string(text), -1) {
			scripts = append(scripts, m[1])
		}
		for _, m := range inline.FindAllStringSubmatch(block.ReplaceAllString(string(text), ""), -1) {
			first, rest, more := strings.Cut(m[1], " ")
			switch {
			case more && called.MatchString(first) && !strings.Contains(rest, " "):
				// A command's name within a sentence: it has no arguments there, but the
				// command must exist.
				scripts = append(scripts, m[1]+" --help")
			case more && (called.MatchString(first) || first == "make"):
				scripts = append(scripts, m[1])
			}
		}
		for _, script := range scripts {
			all, err := calls(script)
			if err != nil {
				t.Errorf("%s: no shell: %v\n%s", file, err, script)
			}
			for _, words := range all {
				switch {
				case called.MatchString(words[0]):
					shown["assay"]++
					if err := parses(words[1:]); err != nil && !strings.Contains(strings.Join(words, " "), "…") {
						t.Errorf("%s: %q: %v", file, words, err)
					}
				case words[0] == "make":
					shown["make"]++
					if len(words) > 1 && !targets[words[1]] {
						t.Errorf("%s: %q: there is nothing of this name to make", file, words)
					}
				case strings.HasPrefix(words[0], "scripts/"):
					if _, err := os.Stat(filepath.Join("../..", words[0])); err != nil {
						t.Errorf("%s: %v", file, err)
					}
				}
			}
		}
	}
	if shown["assay"] < 10 || shown["make"] < 10 {
		t.Errorf("only %v commands were found: nothing was tested", shown)
	}
}

var (
	link   = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	fenced = regexp.MustCompile("(?s)```.*?```")
	title  = regexp.MustCompile(`(?m)^#+ (.*)$`)
)

// Every link of a page within the repository leads to a file, and to a heading of it. The
// README is short: what a task needs stands on a page of its own.
func TestDocumentsLink(t *testing.T) {
	files := append(pages(t), glob(t, "../../results/report/*.md", "../../results/report/*/*.md")...)
	checked := 0
	for _, file := range files {
		text := read(t, file)
		for _, m := range link.FindAllStringSubmatch(inline.ReplaceAllString(fenced.ReplaceAllString(text, ""), ""), -1) {
			path, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(path, "://") {
				continue
			}
			checked++
			target := file
			if path != "" {
				target = filepath.Join(filepath.Dir(file), filepath.FromSlash(path))
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s: %v", file, m[1], err)
				continue
			}
			if anchor != "" && strings.HasSuffix(target, ".md") && !anchors(read(t, target))[anchor] {
				t.Errorf("%s links to %s: there is no such heading", file, m[1])
			}
		}
	}
	if checked < 100 {
		t.Errorf("only %d links were found: nothing was tested", checked)
	}
	if n := strings.Count(read(t, "../../README.md"), "\n"); n > 120 {
		t.Errorf("README.md has %d lines", n)
	}
}

// anchors are the addresses of the headings of a page, as GitHub makes them.
func anchors(text string) map[string]bool {
	all := map[string]bool{}
	for _, m := range title.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		all[strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, m[1])] = true
	}
	return all
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The first scenario of the README is the first that a newcomer writes.
func TestFirstScenarioIsValid(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), "```yaml\n")
	scenario, _, _ := strings.Cut(after, "```")
	t.Chdir(t.TempDir())
	if err := os.WriteFile("my-server.yaml", []byte(scenario), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("my-server", []byte("#!/bin/sh\n"), 0o755); err != nil { // its program, which validate looks for
		t.Fatal(err)
	}
	for _, command := range []string{"validate", "plan"} {
		var stdout, stderr bytes.Buffer
		if code := run(context.Background(), []string{command, "my-server.yaml"}, nil, &stdout, &stderr); code != 0 || !strings.Contains(stdout.String(), "my-server") {
			t.Errorf("%s: status %d\n%s%s", command, code, &stdout, &stderr)
		}
	}
}

func pages(t *testing.T) []string { return glob(t, documents...) }

func glob(t *testing.T, patterns ...string) (all []string) {
	for _, pattern := range patterns {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found...)
	}
	return all
}

// targets are what the Makefile can make.
func targets(t *testing.T) map[string]bool {
	text, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^([a-z-]+):`).FindAllStringSubmatch(string(text), -1) {
		all[m[1]] = true
	}
	return all
}
