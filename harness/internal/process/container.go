package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/assay-bench/assay/harness/internal/process/kin"
	"github.com/assay-bench/assay/internal/scratch"
)

// engineTime is how long an engine may take to answer. It only ends a hang.
const engineTime = time.Minute

// Files in the folder of a container. The second one is for whoever cleans up after a
// harness that was killed: it has the engine's command, a word for every line.
const (
	containerPrefix = "assay-container."
	idFile          = "id"
	engineFile      = "engine"
)

// container is a container that a command runs, as `podman run` and `docker run` do.
// The processes of the server are not the command, which is only a client, and with
// docker they do not even descend from it.
type container struct {
	engine []string // the client's command up to its sub-command
	dir    string   // has the files above; "" if the command names a file for the id itself
	idFile string
	id     string // once the server is ready
	first  int    // process of the container
	placed bool   // the command chooses the CPUs itself
}

// contain recognises a command that runs a container. It returns the command that tells
// the container's id and runs it on the CPUs, and nil if the command runs none.
func contain(command []string, cpus []int) (*container, []string, error) {
	at := runsAt(command)
	if at < 0 {
		return nil, command, nil
	}
	c := &container{engine: slices.Clone(command[:at])}
	if n := len(c.engine); c.engine[n-1] == "container" {
		c.engine = c.engine[:n-1]
	}
	var added []string
	if c.idFile = option(command[at+1:], "--cidfile"); c.idFile == "" {
		dir, err := os.MkdirTemp(scratch.Innermost(), containerPrefix)
		if err != nil {
			return nil, nil, fmt.Errorf("make a folder for the container: %w", err)
		}
		c.dir, c.idFile = dir, filepath.Join(dir, idFile)
		if err := os.WriteFile(filepath.Join(dir, engineFile), []byte(strings.Join(c.engine, "\n")), 0o600); err != nil {
			return nil, nil, err
		}
		added = append(added, "--cidfile="+c.idFile)
	}
	c.placed = option(command[at+1:], "--cpuset-cpus") != ""
	if len(cpus) > 0 && !c.placed && c.places() {
		added = append(added, "--cpuset-cpus="+list(cpus))
	}
	return c, slices.Concat(command[:at+1], added, command[at+1:]), nil
}

// runsAt returns the place of the word "run" in the command of a client of podman or
// docker, or -1. Options of the client itself, and their values, stand before it.
func runsAt(command []string) int {
	if name := filepath.Base(command[0]); name != "podman" && name != "docker" {
		return -1
	}
	mayBeValue := false
	for i, word := range command[1:] {
		switch {
		case word == "run":
			return i + 1
		case strings.HasPrefix(word, "-"):
			mayBeValue = !strings.Contains(word, "=")
			continue
		case word == "container" || mayBeValue:
		default:
			return -1
		}
		mayBeValue = false
	}
	return -1
}

// option returns the value of an option among words, or "".
func option(words []string, name string) string {
	for i, w := range words {
		if value, ok := strings.CutPrefix(w, name+"="); ok {
			return value
		}
		if w == name && i+1 < len(words) {
			return words[i+1]
		}
	}
	return ""
}

// places reports whether the engine can be told the CPUs. podman without root may have
// no right to; its containers inherit the CPUs of the client.
func (c *container) places() bool {
	return filepath.Base(c.engine[0]) == "docker" || os.Getuid() == 0
}

// list is "0,1", as the engines take CPUs.
func list(cpus []int) string {
	var all []string
	for _, n := range cpus {
		all = append(all, strconv.Itoa(n))
	}
	return strings.Join(all, ",")
}

// find asks the engine for the container's first process.
func (c *container) find(ctx context.Context, cpus []int) error {
	id, err := os.ReadFile(c.idFile)
	if err != nil {
		return fmt.Errorf("the id of the container: %w", err)
	}
	c.id = strings.TrimSpace(string(id))
	out, err := c.ask(ctx, "inspect", "--format={{.State.Pid}}", c.id)
	if err != nil {
		return err
	}
	if c.first, err = strconv.Atoi(strings.TrimSpace(out)); err != nil || c.first <= 0 {
		return fmt.Errorf("%s says that the first process of the container is %.40q", c.engine[0], strings.TrimSpace(out))
	}
	look, err := kin.Take()
	if errors.Is(err, kin.ErrUnseen) {
		return nil
	}
	if err == nil && len(c.members(look)) == 0 {
		err = fmt.Errorf("process %d of the container is not on this machine: is %s a client of another one?", c.first, c.engine[0])
	}
	if err == nil && !c.placed {
		err = place(c.members(look), cpus)
	}
	return err
}

// members returns the processes of the container.
func (c *container) members(look *kin.Look) []int {
	if c.first == 0 {
		return nil
	}
	return look.With([]int{c.first})
}

// remove removes the container, also one that still runs.
func (c *container) remove() error {
	if c.dir != "" {
		defer os.RemoveAll(c.dir)
	}
	id, err := os.ReadFile(c.idFile)
	if err != nil {
		return nil // there never was a container
	}
	ctx, cancel := context.WithTimeout(context.Background(), engineTime)
	defer cancel()
	return removeContainer(ctx, c.engine, strings.TrimSpace(string(id)))
}

// removeContainer removes a container if it is there.
func removeContainer(ctx context.Context, engine []string, id string) error {
	_, err := ask(ctx, engine, "rm", "--force", "--volumes", id)
	if err != nil && !strings.Contains(strings.ToLower(err.Error()), "no such container") && !strings.Contains(err.Error(), "no container with") {
		return err
	}
	return nil
}

// ask runs a command of the engine and returns what it printed.
func (c *container) ask(ctx context.Context, words ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, engineTime)
	defer cancel()
	return ask(ctx, c.engine, words...)
}

// ask runs a command of an engine and returns what it printed. The error has the command
// and what it wrote to stderr.
func ask(ctx context.Context, engine []string, words ...string) (string, error) {
	words = slices.Concat(engine[1:], words)
	cmd := exec.Command(engine[0], words...)
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := Run(ctx, cmd, nil); err != nil {
		return "", fmt.Errorf("%s: %w: %s", Quote(append(engine[:1:1], words...)), err, strings.TrimSpace(log.String()))
	}
	return out.String(), nil
}

// RemoveContainers removes the containers that a harness left in its folder when it was
// killed. What cannot be removed stays: nothing can be done about it here.
func RemoveContainers(folder string) {
	dirs, _ := filepath.Glob(filepath.Join(folder, containerPrefix+"*"))
	for _, dir := range dirs {
		engine, err1 := os.ReadFile(filepath.Join(dir, engineFile))
		id, err2 := os.ReadFile(filepath.Join(dir, idFile))
		if err1 != nil || err2 != nil || len(id) == 0 {
			continue
		}
		ctx, cancel := context.WithTimeout(context.Background(), engineTime)
		_ = removeContainer(ctx, strings.Split(string(engine), "\n"), strings.TrimSpace(string(id)))
		cancel()
	}
}
