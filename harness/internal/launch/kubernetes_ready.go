package launch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/assay-bench/assay/internal/usage"
)

// rights are what a run needs to be allowed to do in its namespace.
var rights = [][]string{
	{"create", "jobs.batch"}, {"get", "jobs.batch"}, {"list", "jobs.batch"}, {"watch", "jobs.batch"}, {"delete", "jobs.batch"},
	{"create", "secrets"}, {"get", "secrets"},
	{"list", "pods"}, {"get", "pods", "--subresource=log"},
}

// prepare finds out whether a run can be made at all, and deletes what runs left that were
// killed.
func (k *kubernetes) prepare(ctx context.Context, all []Worker) (err error) {
	if k.ctl.path, err = exec.LookPath("kubectl"); err != nil {
		return fmt.Errorf("%w: install kubectl, and configure it for your cluster", err)
	}
	k.ctl.namespace = k.Namespace
	if err := k.allowed(ctx); err != nil {
		return err
	}
	if err := k.exist(ctx, all); err != nil {
		return err
	}
	if k.image, err = k.findImage(ctx); err != nil {
		return err
	}
	return k.sweep(ctx, time.Now())
}

// allowed asks the cluster whether the user may do what a run does.
func (k *kubernetes) allowed(ctx context.Context) error {
	missing := make([]string, len(rights))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for i, r := range rights {
		g.Go(func() error {
			out, err := k.ctl.call(ctx, nil, append([]string{"auth", "can-i"}, r...)...)
			answer := strings.TrimSpace(string(out))
			switch {
			case answer == "yes":
			case strings.HasPrefix(answer, "no"):
				missing[i] = strings.Join(r, " ")
			case err == nil:
				return fmt.Errorf("kubectl auth can-i %s answered %q", strings.Join(r, " "), answer)
			default:
				return fmt.Errorf("kubectl reaches no cluster: %w", err)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	missing = slices.DeleteFunc(missing, func(s string) bool { return s == "" })
	if len(missing) == 0 {
		return nil
	}
	where := "the namespace of kubectl's context"
	if k.Namespace != "" {
		where = "the namespace " + k.Namespace
	}
	return fmt.Errorf("you are not allowed to do what a run needs in %s: kubectl auth can-i says no to: %s. deploy/kubernetes/access.yaml has a Role with these rights", where, strings.Join(missing, "; "))
}

// exist looks for nodes that are named and do not exist. Who may not see nodes is told later,
// by the scheduler.
func (k *kubernetes) exist(ctx context.Context, all []Worker) error {
	args := []string{"get", "--output=name", "nodes"}
	for _, w := range all {
		if w.Node != "" {
			args = append(args, w.Node)
		}
	}
	if len(args) == 3 {
		return nil
	}
	for _, node := range args[3:] {
		if strings.HasPrefix(node, "-") || strings.Contains(node, "/") {
			return usage.Errorf("%q is not the name of a node", node)
		}
	}
	if _, err := k.ctl.call(ctx, nil, args...); said(err, "NotFound", "not found") {
		return fmt.Errorf("a node does not exist: %w", err)
	}
	return nil
}

// findImage returns the image that was named, or that of the pod in which this process runs.
func (k *kubernetes) findImage(ctx context.Context) (string, error) {
	if k.Image != "" {
		return k.Image, nil
	}
	unnamed := usage.Errorf("which image do the pods run? Add --image NAME: it holds this program at /assay beside the servers' programs; deploy/kubernetes has two ways to make one")
	if os.Getenv("KUBERNETES_SERVICE_HOST") == "" {
		return "", unnamed
	}
	name, err := os.Hostname()
	if err != nil {
		return "", unnamed
	}
	var self struct {
		Spec struct{ Containers []struct{ Image string } }
	}
	if err := k.ctl.get(ctx, &self, "pod", name); err != nil {
		return "", fmt.Errorf("find the image of this pod: %w: add --image NAME", err)
	}
	if len(self.Spec.Containers) == 0 {
		return "", unnamed
	}
	return self.Spec.Containers[0].Image, nil
}

// staleTime is how old a Job is of which no pod ever became ready, when its run cannot be
// waiting for it any more.
const staleTime = 2 * runningTime

// sweep deletes what runs left that were killed: Jobs that have ended, and Jobs whose pods
// never started. The Jobs of a run that is under way have workers that run.
func (k *kubernetes) sweep(ctx context.Context, now time.Time) error {
	var list struct{ Items []leftover }
	if err := k.ctl.get(ctx, &list, "jobs", "--selector="+ours); err != nil {
		return err
	}
	args := []string{"delete", "jobs", "--ignore-not-found", "--cascade=background", "--wait=false"}
	n := len(args)
	for _, j := range list.Items {
		if j.stale(now) {
			args = append(args, j.Metadata.Name)
		}
	}
	if len(args) == n {
		return nil
	}
	if _, err := k.ctl.call(ctx, nil, args...); err != nil {
		return errors.Join(errors.New("delete what an earlier run left"), err)
	}
	return nil
}

// leftover is what is read of a Job to decide whether a run still needs it.
type leftover struct {
	Metadata struct {
		Name              string
		CreationTimestamp time.Time
		DeletionTimestamp *time.Time
	}
	Status struct {
		Active, Ready int
		Conditions    []struct{ Type, Status string }
	}
}

// stale reports whether no run can need the Job any more.
func (j *leftover) stale(now time.Time) bool {
	if j.Metadata.DeletionTimestamp != nil {
		return false // it is on its way
	}
	for _, c := range j.Status.Conditions {
		if c.Status == "True" && (c.Type == "Complete" || c.Type == "Failed") {
			return true
		}
	}
	return j.Status.Ready == 0 && now.Sub(j.Metadata.CreationTimestamp) > staleTime
}
