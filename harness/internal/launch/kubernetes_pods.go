package launch

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assay-bench/assay/harness/internal/work"
)

// Times that the start of pods may take.
const (
	lookPeriod  = 300 * time.Millisecond // between two looks
	createTime  = 2 * time.Second        // until there is a pod: a new namespace has no account for it at first
	placeTime   = 15 * time.Second       // until there is a node for every pod: pods that end may still hold it
	runningTime = 5 * time.Minute        // until every container runs: images may be large
)

// pod is what the launcher reads of a pod.
type pod struct {
	Metadata struct {
		Name        string
		Annotations map[string]string
	}
	Spec   struct{ NodeName string }
	Status struct {
		Phase, Reason, Message string
		Conditions             []struct{ Type, Status, Reason, Message string }
		ContainerStatuses      []struct {
			State struct {
				Waiting    *struct{ Reason, Message string }
				Running    *struct{}
				Terminated *struct {
					Reason, Message string
					ExitCode        int
				}
			}
		}
	}
}

// indexAnnotation is the number of a pod in its Job.
const indexAnnotation = "batch.kubernetes.io/job-completion-index"

// seatOf returns the seat of a pod.
func seatOf(p *part, x *pod) string {
	if len(p.workers) == 1 {
		return p.workers[0].Seat
	}
	return "generator-" + x.Metadata.Annotations[indexAnnotation]
}

// pods reads the pods of a part.
func (k *kubernetes) pods(ctx context.Context, p *part) ([]pod, error) {
	var list struct{ Items []pod }
	err := k.ctl.get(ctx, &list, "pods", "--selector=job-name="+p.name)
	return list.Items, err
}

// unable are the reasons for which a container will not start, however long one waits.
var unable = []string{
	"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError", "RegistryUnavailable",
	"CreateContainerConfigError", "CreateContainerError", "RunContainerError", "StartError",
}

// hopeless says why a pod will not run, or returns "".
func (k *kubernetes) hopeless(x *pod, waited time.Duration) string {
	for _, c := range x.Status.Conditions {
		if c.Type == "PodScheduled" && c.Status == "False" && waited > k.patience {
			return "there is no node for it: " + c.Message
		}
	}
	if x.Status.Phase == "Failed" && len(x.Status.ContainerStatuses) == 0 {
		return strings.TrimSpace(x.Status.Reason + " " + x.Status.Message)
	}
	for _, c := range x.Status.ContainerStatuses {
		switch s := c.State; {
		case s.Waiting != nil && slices.Contains(unable, s.Waiting.Reason):
			return fmt.Sprintf("its container cannot start: %s: %s", s.Waiting.Reason, s.Waiting.Message)
		case s.Terminated != nil:
			return ending(x)
		}
	}
	return ""
}

// ending says how the container of a pod ended.
func ending(x *pod) string {
	for _, c := range x.Status.ContainerStatuses {
		if t := c.State.Terminated; t != nil {
			s := fmt.Sprintf("its container ended with exit status %d (%s)", t.ExitCode, t.Reason)
			if t.Message != "" {
				s += ": " + t.Message
			}
			return s
		}
	}
	return strings.TrimSpace("its pod is " + x.Status.Phase + " " + x.Status.Reason + " " + x.Status.Message)
}

// running reports whether the container of a pod runs.
func running(x *pod) bool {
	return len(x.Status.ContainerStatuses) > 0 && x.Status.ContainerStatuses[0].State.Running != nil
}

// await waits until all pods of a part run, and notes their nodes.
func (k *kubernetes) await(ctx context.Context, p *part) error {
	began := time.Now()
	for {
		pods, err := k.pods(ctx, p)
		if err != nil {
			return err
		}
		waited, up := time.Since(began), 0
		for i := range pods {
			x := &pods[i]
			if why := k.hopeless(x, waited); why != "" {
				return k.failure(ctx, p, x, why)
			}
			if running(x) {
				up++
				k.on[seatOf(p, x)] = x.Spec.NodeName
			}
		}
		if up == len(p.workers) {
			return nil
		}
		if len(pods) < len(p.workers) && waited > min(createTime, k.patience) {
			if why := k.refused(ctx, p); why != "" {
				return fmt.Errorf("%s: Kubernetes makes no pod: %s", seats(p.workers), why)
			}
		}
		if waited > runningTime {
			return fmt.Errorf("%s: %d of %d pods run after %v: kubectl describe pods --selector=job-name=%s says why", seats(p.workers), up, len(p.workers), runningTime, p.name)
		}
		select {
		case <-time.After(lookPeriod):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// refused says why the Job of a part cannot make pods, such as a quota, or returns "".
func (k *kubernetes) refused(ctx context.Context, p *part) string {
	var list struct {
		Items []struct{ Reason, Message string }
	}
	// The events only explain: without them the wait goes on.
	if k.ctl.get(ctx, &list, "events", "--field-selector=involvedObject.kind=Job,involvedObject.name="+p.name) != nil {
		return ""
	}
	for _, e := range list.Items {
		if e.Reason == "FailedCreate" {
			return e.Message
		}
	}
	return ""
}

// failure is the error of a pod, with the end of its output.
func (k *kubernetes) failure(ctx context.Context, p *part, x *pod, why string) error {
	s := fmt.Sprintf("%s on %s: %s", seatOf(p, x), cmp.Or(x.Spec.NodeName, "no node"), why)
	if x.Spec.NodeName != "" && len(x.Status.ContainerStatuses) > 0 && x.Status.ContainerStatuses[0].State.Waiting == nil {
		log, err := k.ctl.call(ctx, nil, "logs", "--tail=12", x.Metadata.Name)
		if text := strings.TrimSpace(string(log)); err == nil && text != "" {
			s += "\n  its last output:\n    " + strings.ReplaceAll(text, "\n", "\n    ")
		}
		if strings.Contains(string(log), work.Unreachable) {
			s += "\n  Pods cannot reach this machine. Name an address of it that they reach with --listen HOST[:PORT], or run this command inside the cluster: " +
				"deploy/kubernetes/coordinator.yaml makes a pod for it, and docs/hosts.md shows how."
		}
	}
	if strings.Contains(why, "StartError") || strings.Contains(why, "RunContainerError") {
		s += "\n  The image " + k.image + " has to hold this program at /assay, or where --worker says."
	}
	return fmt.Errorf("%s", s)
}

// seats joins the names of seats.
func seats(all []Worker) string {
	var names []string
	for _, w := range all {
		names = append(names, w.Seat)
	}
	return strings.Join(names, ", ")
}
