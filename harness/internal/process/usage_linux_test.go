package process

import (
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"

	"github.com/prometheus/procfs"
)

// What a server starts in groups of their own, as a database does, belongs to it.
func TestFamilyHoldsGroupsOfItsOwn(t *testing.T) {
	fs, err := procfs.NewDefaultFS()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0], "127.0.0.1:0")
	child.Env = append(os.Environ(), "TEST_SERVER=stubborn")
	child.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer child.Wait()
	defer child.Process.Kill()
	if pids := family(fs, syscall.Getpgrp()); !slices.Contains(pids, child.Process.Pid) || !slices.Contains(pids, os.Getpid()) {
		t.Errorf("family %v lacks %d or %d", pids, os.Getpid(), child.Process.Pid)
	}
	if pids := family(fs, child.Process.Pid); !slices.Equal(pids, []int{child.Process.Pid}) {
		t.Errorf("family of the child: %v, want %d alone", pids, child.Process.Pid)
	}
}
