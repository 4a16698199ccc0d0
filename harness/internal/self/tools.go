package self

import (
	"errors"
	"fmt"
	"os/exec"
)

// tool is a program that is measured beside ours, or at which.
type tool int

const (
	toolVegeta tool = iota
	toolWrk
	toolNginx
)

// installs says how a tool is installed.
var installs = map[tool]string{
	toolVegeta: "go build -o bin/vegeta github.com/tsenart/vegeta/v12, and --vegeta bin/vegeta",
	toolWrk:    "apt-get install wrk",
	toolNginx:  "apt-get install nginx-light",
}

// Find finds the programs that the chosen sections need, and says of all that are
// missing how they are installed.
func (b *Bench) Find() error {
	chosen, err := b.chosen()
	if err != nil {
		return err
	}
	needed := map[tool]bool{}
	for _, s := range chosen {
		for _, t := range s.uses {
			needed[t] = true
		}
	}
	var missing []error
	for t, program := range []*string{toolVegeta: &b.Vegeta, toolWrk: &b.Wrk, toolNginx: &b.Nginx} {
		if !needed[tool(t)] {
			continue
		}
		found, err := look(*program)
		if err != nil {
			missing = append(missing, fmt.Errorf("find a program to compare with: %w; install it: %s", err, installs[tool(t)]))
		}
		*program = found
	}
	return errors.Join(missing...)
}

// look finds a program. Debian puts servers into a folder that is in the path of
// root alone.
func look(program string) (string, error) {
	found, err := exec.LookPath(program)
	if err != nil {
		if found, e := exec.LookPath("/usr/sbin/" + program); e == nil {
			return found, nil
		}
	}
	return found, err
}
