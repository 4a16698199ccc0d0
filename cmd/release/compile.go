package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// module is the path of this module.
const module = "github.com/assay-bench/assay"

// compile builds the program for a platform. Nothing of the machine gets into it: no
// paths, no state of the repository, and no C library. It has no tables for debuggers.
func (r *release) compile(ctx context.Context, p platform, binary string) error {
	stamp := fmt.Sprintf("-s -w -X %[1]s/internal/version.release=%[2]s -X %[1]s/internal/version.commit=%[3]s", module, r.version, r.commit)
	c := r.goCommand(ctx, p, "build", "-trimpath", "-buildvcs=false", "-gcflags=all=-dwarf=false", "-ldflags="+stamp, "-o", binary, "./cmd/assay")
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// goCommand is a go command for a platform, free of the settings of whoever runs it. The
// processor is the oldest of its kind, so that the program runs on all of them.
func (r *release) goCommand(ctx context.Context, p platform, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, "go", args...)
	c.Dir = r.source
	c.Env = append(os.Environ(), "GOOS="+p.os, "GOARCH="+p.arch, "CGO_ENABLED=0", "GOFLAGS=-mod=readonly", "GOWORK=off",
		"GOAMD64=v1", "GOARM64=v8.0", "GOEXPERIMENT=", "GODEBUG=")
	c.Env = append(c.Env, r.env...)
	return c
}

// common makes the files that are the same in every archive: the program itself, built
// for this machine, prints its manual pages and completions. It is built where the build
// for this platform expects it.
func (r *release) common(ctx context.Context, work string) ([]file, error) {
	assay := filepath.Join(work, here.String(), here.program())
	if err := r.compile(ctx, here, assay); err != nil {
		return nil, err
	}
	pages := filepath.Join(work, "pages")
	if err := os.Mkdir(pages, 0o755); err != nil {
		return nil, err
	}
	run := func(args ...string) ([]byte, error) {
		c := exec.CommandContext(ctx, assay, args...)
		// The date of the manual pages.
		c.Env = append(os.Environ(), fmt.Sprintf("SOURCE_DATE_EPOCH=%d", r.at.Unix()))
		out, err := c.Output()
		if err != nil {
			return nil, failed(c, err)
		}
		return out, nil
	}
	if _, err := run("man", filepath.Join(pages, "man")); err != nil {
		return nil, err
	}
	files, err := read(pages, "man")
	if err != nil {
		return nil, err
	}
	for shell, name := range map[string]string{"bash": "assay.bash", "zsh": "_assay", "fish": "assay.fish", "powershell": "assay.ps1"} {
		script, err := run("completion", shell)
		if err != nil {
			return nil, err
		}
		files = append(files, file{"completion/" + name, script, 0o644})
	}
	for _, name := range []string{"LICENSE", "README.md", "CHANGELOG.md"} {
		more, err := read(r.source, name)
		if err != nil {
			return nil, err
		}
		files = append(files, more...)
	}
	return files, nil
}
