// Package launch starts the workers of a run on several hosts by an engine: a program of
// the user's own that reaches the hosts, with the user's own configuration of it. An engine
// decides where a process runs and says when it has ended. It measures nothing and moves
// no results; package work does that.
//
// A worker learns how to reach the coordinator from its standard input. That is also how a
// worker on another host notices that this process is gone: ssh ends, and with it that
// input. An engine that starts many workers by one command has them read a file instead,
// which only its user can read; a pod has a mounted Secret. No secret stands on a command
// line or in an environment.
package launch

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/assay-bench/assay/harness/internal/work"
	"github.com/assay-bench/assay/internal/usage"
)

// Engines that are built.
const (
	Local = "local" // processes on this machine, for trying
	SSH   = "ssh"   // hosts of the user's own ssh configuration
	Slurm = "slurm" // nodes of a cluster that Slurm manages

	Kubernetes = "kubernetes" // pods
)

// Engines returns the names of the engines that are built.
func Engines() []string { return []string{Local, SSH, Slurm, Kubernetes} }

// Chooses reports whether an engine chooses the nodes of workers if none are named.
func Chooses(engine string) bool { return engine == Slurm || engine == Kubernetes }

// Options say how an engine starts workers.
type Options struct {
	Program string // path of this program on the nodes; empty: the same as here, and /assay in an image
	Pods    Pods   // of the Kubernetes engine only
}

// Pods say how the Kubernetes engine makes pods. The zero value means its defaults.
type Pods struct {
	Image     string          // empty: that of the pod in which this process runs
	Namespace string          // empty: that of kubectl's context
	Sizes     map[string]Size // by the name of a host of servers, or "generators"
}

// given reports whether anything is not a default.
func (p *Pods) given() bool { return p.Image != "" || p.Namespace != "" || len(p.Sizes) > 0 }

// Worker is a worker to be started: its seat, and the node on which it is to run, in the
// words of the engine. The local engine has no nodes.
type Worker struct{ Seat, Node string }

// Launcher starts workers.
type Launcher interface {
	// Launch starts the workers. Each Group is a process of the engine; it may have started
	// the workers of several seats. When ctx ends, what was started is ended.
	Launch(ctx context.Context, all []Worker, config work.Config) ([]*Group, error)
}

// New returns the launcher of an engine.
func New(engine string, o Options) (Launcher, error) {
	if o.Pods.given() && engine != Kubernetes {
		return nil, usage.Errorf("--image, --namespace and --resources are for --on kubernetes")
	}
	switch engine {
	case Local:
		if o.Program != "" {
			return nil, usage.Errorf("--worker is for other hosts: on this one the workers are this program")
		}
		return local{}, nil
	case SSH:
		return ssh{o.Program}, nil
	case Slurm:
		return slurm{o.Program}, nil
	case Kubernetes:
		return &kubernetes{program: o.Program, Pods: o.Pods, patience: placeTime}, nil
	}
	return nil, usage.Errorf("--on %s: there is no such engine; those that are built: %s", engine, strings.Join(Engines(), ", "))
}

// self returns the path of this program, and the name under which it was started.
func self() (path, name string, err error) {
	path, err = os.Executable()
	if err != nil {
		return "", "", fmt.Errorf("find this program: %w", err)
	}
	return path, os.Args[0], nil
}

// command returns the arguments of a worker.
func command(seat string) []string { return []string{"worker", "--seat", seat} }
