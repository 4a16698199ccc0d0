//go:build !unix

package launch

import "os/exec"

// apart does nothing: this system has no process groups.
func apart(*exec.Cmd) {}

// end kills the process.
func end(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
