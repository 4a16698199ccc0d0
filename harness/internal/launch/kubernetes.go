package launch

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/assay-bench/assay/harness/internal/work"
	"github.com/assay-bench/assay/results"
)

// kubernetes starts workers as pods: the generators by one Indexed Job, and every host of
// servers by a Job of its own. Each Job has a Secret, which says how to reach the
// coordinator and which Kubernetes deletes with the Job.
type kubernetes struct {
	Pods
	program  string        // path in the image
	patience time.Duration // how long pods may wait for a node
	ctl      kubectl
	run      string            // begins the names of everything that is made, and is a label of it
	image    string            // that was given, or found
	made     int               // number of objects that were named
	on       map[string]string // node by seat
}

// Launch implements Launcher. Servers come first: when their nodes are known, the
// generators are kept away from them.
func (k *kubernetes) Launch(ctx context.Context, all []Worker, config work.Config) (groups []*Group, err error) {
	if k.run == "" {
		if err := k.prepare(ctx, all); err != nil {
			return nil, fmt.Errorf("--on kubernetes: %w", err)
		}
		k.run, k.on = "assay-"+strings.ToLower(rand.Text()[:8]), map[string]string{}
	}
	var started []*part
	defer func() {
		if err != nil {
			for _, p := range started {
				err = errors.Join(err, k.remove(p, true))
			}
		}
	}()
	for _, role := range []string{results.RoleServer, results.RoleGenerator} {
		parts := k.parts(all, role)
		for _, p := range parts {
			started = append(started, p)
			if err := k.start(ctx, p, config); err != nil {
				return nil, fmt.Errorf("--on kubernetes: %w", err)
			}
		}
		for _, p := range parts {
			if err := k.await(ctx, p); err != nil {
				return nil, fmt.Errorf("--on kubernetes: %w", err)
			}
		}
	}
	for _, p := range started {
		groups = append(groups, follow(p.workers,
			func(ctx context.Context) error { return k.follow(ctx, p) },
			func(wait bool) { _ = k.remove(p, wait) })) // what is left, Kubernetes deletes later, or the next run
	}
	return groups, nil
}

// parts returns the Jobs for the workers of a role.
func (k *kubernetes) parts(all []Worker, role string) (parts []*part) {
	var generators []Worker
	for _, w := range all {
		generator := strings.HasPrefix(w.Seat, results.RoleGenerator+"-")
		switch {
		case generator && role == results.RoleGenerator:
			generators = append(generators, w)
		case !generator && role == results.RoleServer:
			parts = append(parts, &part{k.objectName(w.Seat), role, []Worker{w}, k.size(w.Seat)})
		}
	}
	if len(generators) > 0 {
		parts = append(parts, &part{k.objectName("generators"), role, generators, k.size("generators")})
	}
	return parts
}

// size returns the size of the workers of a host, which is one CPU and 1 GiB by default.
func (k *kubernetes) size(host string) Size {
	return cmp.Or(k.Sizes[host], Size{"1", "1Gi"})
}

// serverNodes returns the nodes of the hosts of servers.
func (k *kubernetes) serverNodes() (nodes []string) {
	for _, seat := range slices.Sorted(maps.Keys(k.on)) {
		if !strings.HasPrefix(seat, results.RoleGenerator+"-") {
			nodes = append(nodes, k.on[seat])
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(nodes)))
}

// start makes the Job of a part and its Secret. The Secret comes second, so that it goes
// with the Job, however this process ends.
func (k *kubernetes) start(ctx context.Context, p *part, config work.Config) error {
	uid, err := k.ctl.apply(ctx, k.job(p))
	if err != nil {
		return err
	}
	secret, err := k.secret(p, config, uid)
	if err != nil {
		return err
	}
	_, err = k.ctl.apply(ctx, secret)
	return err
}

// waitTime is how long one wait for the end of a Job takes. It is short, because kubectl
// goes on for so long when this process is killed.
const waitTime = time.Minute

// follow waits until the Job of a part has failed or is gone. A wait that breaks off, like a
// cluster that does not answer for a while, means nothing: the coordinator knows by itself
// which workers are there.
func (k *kubernetes) follow(ctx context.Context, p *part) error {
	for {
		_, err := k.ctl.run(ctx, nil, "wait", "--for=condition=failed", "job/"+p.name, fmt.Sprintf("--timeout=%.0fs", waitTime.Seconds()))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil || k.gone(ctx, p) {
			return k.diagnose(ctx, p)
		}
		if said(err, "timed out") {
			continue
		}
		select {
		case <-time.After(5 * time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// gone reports whether the Job of a part has been deleted.
func (k *kubernetes) gone(ctx context.Context, p *part) bool {
	_, err := k.ctl.call(ctx, nil, "get", "--output=name", "job/"+p.name)
	return said(err, "NotFound", "not found")
}

// diagnose says how the pods of a part ended: the first that failed stands for all, because
// its end ended the others.
func (k *kubernetes) diagnose(ctx context.Context, p *part) error {
	pods, err := k.pods(ctx, p)
	if err != nil {
		return err
	}
	for i := range pods {
		x := &pods[i]
		if x.Status.Phase == "Failed" {
			return k.failure(ctx, p, x, ending(x))
		}
	}
	return fmt.Errorf("%s: somebody deleted the Job or its pods", seats(p.workers))
}

// removeTime is how long the deletion of a Job may take.
const removeTime = 40 * time.Second

// remove deletes the Job of a part, and with it its pods and its Secret; also when the run is
// being interrupted. With wait it returns when they are gone.
func (k *kubernetes) remove(p *part, wait bool) error {
	ctx, cancel := context.WithTimeout(context.Background(), removeTime)
	defer cancel()
	how := []string{"--cascade=background", "--wait=false"}
	if wait {
		how = []string{"--cascade=foreground", "--timeout=30s"}
	}
	_, err := k.ctl.run(ctx, nil, append([]string{"delete", "job/" + p.name, "--ignore-not-found"}, how...)...)
	return err
}
