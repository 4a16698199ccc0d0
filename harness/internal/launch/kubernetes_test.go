package launch

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/harness/internal/work"
)

var (
	trio   = []Worker{{Seat: "generator-0"}, {Seat: "generator-1"}, {Seat: "server"}}
	secret = work.Config{URL: "https://192.0.2.1:4711", CA: "-----BEGIN", Token: "not-for-everybody"}
)

// cluster returns the launcher of the tests.
func cluster(t *testing.T, p Pods) *kubernetes {
	t.Helper()
	l, err := New(Kubernetes, Options{Pods: p})
	if err != nil {
		t.Fatal(err)
	}
	return l.(*kubernetes)
}

// path looks into an object.
func path(o any, names ...string) any {
	for _, n := range names {
		switch v := o.(type) {
		case map[string]any:
			o = v[n]
		case []any:
			if len(v) == 0 {
				return nil
			}
			o = v[0]
		}
	}
	return o
}

// The servers come first, on a node of their own; the generators are one Indexed Job whose
// pods are kept away from it. Each Job has a Secret that goes with it. Nothing secret is on a
// command line, and nothing is left at the end.
func TestKubernetesStartsJobs(t *testing.T) {
	f := newFake(t)
	k := cluster(t, Pods{Image: "registry.example/x:1", Namespace: "bench", Sizes: map[string]Size{"server": {"4", "2Gi"}}})
	groups, err := k.Launch(t.Context(), trio, secret)
	if err != nil {
		t.Fatal(err)
	}
	if len(groups) != 2 || len(groups[0].Workers) != 1 || len(groups[1].Workers) != 2 {
		t.Fatalf("groups %+v", groups)
	}
	calls := f.calls(t)
	applied := matching(calls, "apply")
	if len(applied) != 4 {
		t.Fatalf("%d objects were applied", len(applied))
	}
	var all [4]map[string]any
	for i, c := range applied {
		if err := json.Unmarshal([]byte(c.Input), &all[i]); err != nil {
			t.Fatal(err)
		}
	}
	checkJob(t, all[0], "server", []any{"/assay", "worker", "--seat", "server", "--config", "/run/assay/config"}, map[string]any{"cpu": "4", "memory": "2Gi"}, 1)
	checkJob(t, all[2], "generator", []any{"/assay", "worker", "--seat", "generator-$(JOB_COMPLETION_INDEX)", "--config", "/run/assay/config"}, map[string]any{"cpu": "1", "memory": "1Gi"}, 2)
	away := path(all[2], "spec", "template", "spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms", "0", "matchFields", "0")
	if diff := cmp.Diff(map[string]any{"key": "metadata.name", "operator": "NotIn", "values": []any{"node-s"}}, away); diff != "" {
		t.Errorf("the generators (-want +got):\n%s", diff)
	}
	for i := range 2 {
		job, s := all[2*i], all[2*i+1]
		name := path(job, "metadata", "name").(string)
		if s["kind"] != "Secret" || path(s, "metadata", "ownerReferences", "0", "uid") != "uid-of-"+name || !strings.Contains(path(s, "stringData", "config").(string), secret.Token) {
			t.Errorf("secret of %s: %v", name, s)
		}
		if strings.Contains(applied[2*i].Input, secret.Token) {
			t.Errorf("the token is in the Job %s", name)
		}
	}
	for _, c := range calls {
		line := strings.Join(c.Args, " ")
		if strings.Contains(line, secret.Token) {
			t.Errorf("the token is on a command line: %s", line)
		}
		if !slices.Contains(c.Args, "--namespace=bench") {
			t.Errorf("in no namespace: %s", line)
		}
	}
	groups[1].Kill()
	groups[0].Stop()
	for _, g := range groups {
		<-g.Done()
	}
	deleted := matching(f.calls(t), "delete job/")
	if len(deleted) != 2 || !slices.Contains(deleted[0].Args, "--wait=false") || !slices.Contains(deleted[1].Args, "--cascade=foreground") || len(f.jobs()) > 0 {
		t.Errorf("deleted %v, left %v", deleted, f.jobs())
	}
}

// checkJob checks what is promised of every Job and pod.
func checkJob(t *testing.T, job map[string]any, component string, command []any, size map[string]any, n float64) {
	t.Helper()
	labels := path(job, "metadata", "labels").(map[string]any)
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"kind", job["kind"], "Job"},
		{"completion mode", path(job, "spec", "completionMode"), "Indexed"},
		{"completions", path(job, "spec", "completions"), n},
		{"parallelism", path(job, "spec", "parallelism"), n},
		{"backoffLimit", path(job, "spec", "backoffLimit"), 0.0},
		{"component", labels[labelComponent], component},
		{"labels of pods", path(job, "spec", "template", "metadata", "labels"), any(labels)},
		{"token", path(job, "spec", "template", "spec", "automountServiceAccountToken"), false},
		{"non-root", path(job, "spec", "template", "spec", "securityContext", "runAsNonRoot"), true},
		{"seccomp", path(job, "spec", "template", "spec", "securityContext", "seccompProfile", "type"), "RuntimeDefault"},
		{"root file system", path(job, "spec", "template", "spec", "containers", "0", "securityContext", "readOnlyRootFilesystem"), true},
		{"escalation", path(job, "spec", "template", "spec", "containers", "0", "securityContext", "allowPrivilegeEscalation"), false},
		{"capabilities", path(job, "spec", "template", "spec", "containers", "0", "securityContext", "capabilities", "drop", "0"), "ALL"},
		{"spread", path(job, "spec", "template", "spec", "topologySpreadConstraints", "0", "topologyKey"), "kubernetes.io/hostname"},
		{"image", path(job, "spec", "template", "spec", "containers", "0", "image"), "registry.example/x:1"},
		{"command", path(job, "spec", "template", "spec", "containers", "0", "command"), any(command)},
		{"requests", path(job, "spec", "template", "spec", "containers", "0", "resources", "requests"), any(size)},
		{"limits", path(job, "spec", "template", "spec", "containers", "0", "resources", "limits"), any(size)},
		{"secret", path(job, "spec", "template", "spec", "volumes", "0", "secret", "secretName"), path(job, "metadata", "name")},
		{"mode of the secret", path(job, "spec", "template", "spec", "volumes", "0", "secret", "defaultMode"), 288.0}, // 0440
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s of %s (-want +got):\n%s", c.what, component, diff)
		}
	}
	anti := path(job, "spec", "template", "spec", "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "0", "topologyKey")
	if want := component == "server"; (anti == "kubernetes.io/hostname") != want {
		t.Errorf("%s keeps others away by %v", component, anti)
	}
}

// Nodes that are named are looked for, and are where the pods may run.
func TestKubernetesNamedNodes(t *testing.T) {
	f := newFake(t)
	k := cluster(t, Pods{Image: "x:1"})
	groups, err := k.Launch(t.Context(), []Worker{{"generator-0", "h1"}, {"generator-1", "h2"}, {"db.one", "h3"}}, secret)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range groups {
		g.Kill()
	}
	calls := f.calls(t)
	if nodes := matching(calls, "get --output=name nodes h1 h2 h3"); len(nodes) != 1 {
		t.Errorf("nodes were not looked for: %v", calls)
	}
	applied := matching(calls, "apply")
	for i, want := range map[int]string{0: `"values":["h3"]`, 2: `{"matchFields":[{"key":"metadata.name","operator":"In","values":["h1"]}]},{"matchFields":[{"key":"metadata.name","operator":"In","values":["h2"]}]}`} {
		if !strings.Contains(applied[i].Input, want) {
			t.Errorf("object %d has no %s:\n%s", i, want, applied[i].Input)
		}
	}
	if !strings.Contains(applied[0].Input, `-1-db-one"`) {
		t.Errorf("the name of the Job: %s", applied[0].Input)
	}
}

// podOf is what kubectl says of one pod.
func podOf(status string) string {
	return `{"items": [{"metadata": {"name": "p"}, "spec": {"nodeName": "h1"}, "status": ` + status + `}]}`
}

// What goes wrong is said at once, with what kubectl said, and nothing is left.
func TestKubernetesErrors(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone launches so many times")
	}
	const pods = "get --output=json pods"
	for _, c := range []struct {
		name    string
		pods    Pods
		node    string
		answers []answer
		want    []string
	}{
		{"no cluster", Pods{Image: "x:1"}, "", []answer{{When: "auth", Err: "The connection to the server localhost:8080 was refused\n", Code: 1}},
			[]string{"--on kubernetes: kubectl reaches no cluster", "The connection to the server localhost:8080 was refused"}},
		{"no rights", Pods{Image: "x:1", Namespace: "n"}, "", []answer{{When: "can-i create secrets", Out: "no\n", Code: 1}, {When: "can-i get pods --subresource=log", Out: "no - no RBAC policy matched\n", Code: 1}},
			[]string{"in the namespace n", "create secrets; get pods --subresource=log", "deploy/kubernetes/access.yaml"}},
		{"no image", Pods{}, "", nil, []string{"which image do the pods run? Add --image NAME"}},
		{"no node", Pods{Image: "x:1"}, "h9", []answer{{When: "nodes h9", Err: "Error from server (NotFound): nodes \"h9\" not found\n", Code: 1}},
			[]string{"a node does not exist", `nodes "h9" not found`}},
		{"a node that is a flag", Pods{Image: "x:1"}, "--all", nil, []string{`"--all" is not the name of a node`}},
		{"forbidden", Pods{Image: "x:1"}, "", []answer{{When: "apply", Err: "Error from server (Forbidden): jobs.batch is forbidden: exceeded quota\n", Code: 1}},
			[]string{"kubectl apply --output=json --filename=-", "exceeded quota"}},
		{"quota", Pods{Image: "x:1"}, "", []answer{{When: pods, Out: `{"items": []}`}, {When: "get --output=json events", Out: `{"items": [{"reason": "FailedCreate", "message": "exceeded quota: small"}]}`}},
			[]string{"server: Kubernetes makes no pod: exceeded quota: small"}},
		{"no room", Pods{Image: "x:1"}, "", []answer{{When: pods, Out: podOf(`{"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/2 nodes are available"}]}`)}},
			[]string{"there is no node for it: 0/2 nodes are available"}},
		{"no such image", Pods{Image: "x:1"}, "", []answer{{When: pods, Out: podOf(`{"phase": "Pending", "containerStatuses": [{"state": {"waiting": {"reason": "ErrImagePull", "message": "x:1: not found"}}}]}`)}},
			[]string{"server on h1: its container cannot start: ErrImagePull: x:1: not found"}},
		{"no assay in it", Pods{Image: "x:1"}, "", []answer{{When: pods, Out: podOf(`{"phase": "Failed", "containerStatuses": [{"state": {"terminated": {"reason": "StartError", "exitCode": 128, "message": "stat /assay: no such file"}}}]}`)}},
			[]string{"exit status 128 (StartError): stat /assay: no such file", "The image x:1 has to hold this program at /assay"}},
		{"another build", Pods{Image: "x:1"}, "", []answer{{When: pods, Out: podOf(`{"phase": "Failed", "containerStatuses": [{"state": {"terminated": {"reason": "Error", "exitCode": 1}}}]}`)}, {When: "logs", Out: "assay: the worker is of another build\n"}},
			[]string{"exit status 1 (Error)", "its last output:\n    assay: the worker is of another build"}},
		{"unreachable", Pods{Image: "x:1"}, "", []answer{{When: pods, Out: podOf(`{"phase": "Failed", "containerStatuses": [{"state": {"terminated": {"reason": "Error", "exitCode": 1}}}]}`)}, {When: "logs", Out: "assay: the coordinator at https://192.0.2.1:4711 " + work.Unreachable + ": i/o timeout\n"}},
			[]string{"i/o timeout", "--listen HOST[:PORT], or run this command inside the cluster", "deploy/kubernetes/coordinator.yaml", "docs/hosts.md"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t, c.answers...)
			k := cluster(t, c.pods)
			k.patience = 0
			t.Setenv("KUBERNETES_SERVICE_HOST", "")
			groups, err := k.Launch(t.Context(), []Worker{{"generator-0", ""}, {"server", c.node}}, secret)
			if err == nil {
				t.Fatalf("no error, %d groups", len(groups))
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%v\nwant %s", err, w)
				}
			}
			if left := f.jobs(); len(left) > 0 {
				t.Errorf("left %v", left)
			}
			if made, deleted := len(matching(f.calls(t), "apply")), len(matching(f.calls(t), "delete job/")); made > 0 && deleted == 0 {
				t.Errorf("%d objects made, %d Jobs deleted", made, deleted)
			}
		})
	}
	t.Run("no kubectl", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		if _, err := cluster(t, Pods{Image: "x:1"}).Launch(t.Context(), trio, secret); err == nil || !strings.Contains(err.Error(), "install kubectl, and configure it for your cluster") {
			t.Error(err)
		}
	})
}

// A cluster that does not answer is an error that says so.
func TestKubernetesDoesNotAnswer(t *testing.T) {
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Fatal(err)
	}
	_, err = kubectl{path: sleep}.within(t.Context(), time.Millisecond, nil, "600")
	if want := "kubectl 600: the cluster did not answer within 1ms: "; err == nil || !strings.HasPrefix(err.Error(), want) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want %q", err, want)
	}
}

// An interrupt while pods start deletes what was made.
func TestKubernetesInterrupted(t *testing.T) {
	f := newFake(t, answer{When: "get --output=json pods", Out: podOf(`{"phase": "Pending"}`)})
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan error, 1)
	go func() {
		_, err := cluster(t, Pods{Image: "x:1"}).Launch(ctx, trio, secret)
		over <- err
	}()
	for len(matching(f.calls(t), "get --output=json pods")) == 0 {
		select {
		case err := <-over:
			t.Fatal(err)
		case <-time.After(10 * time.Millisecond):
		}
	}
	cancel()
	if err := <-over; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if left := f.jobs(); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

// A Job that fails ends its group, which says why.
func TestKubernetesFailedJob(t *testing.T) {
	f := newFake(t)
	k := cluster(t, Pods{Image: "x:1"})
	groups, err := k.Launch(t.Context(), trio[:1], secret)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range f.jobs() {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	<-groups[0].Done()
	if err := groups[0].Err(); err == nil || !strings.Contains(err.Error(), "generator-0: somebody deleted the Job or its pods") {
		t.Errorf("error %v", err)
	}
	groups[0].Stop()
}

// A run deletes what others left that were killed, and nothing that others use.
func TestKubernetesSweep(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	f := newFake(t, answer{When: "get --output=json jobs", Out: `{"items": [
		{"metadata": {"name": "failed", "creationTimestamp": "2026-11-30T11:59:00Z"}, "status": {"conditions": [{"type": "Failed", "status": "True"}]}},
		{"metadata": {"name": "complete", "creationTimestamp": "2026-11-30T11:59:00Z"}, "status": {"conditions": [{"type": "Complete", "status": "True"}]}},
		{"metadata": {"name": "being-deleted", "creationTimestamp": "2026-11-30T11:59:00Z", "deletionTimestamp": "2026-11-30T11:59:59Z"}, "status": {"conditions": [{"type": "Failed", "status": "True"}]}},
		{"metadata": {"name": "never-ready", "creationTimestamp": "2026-11-30T11:00:00Z"}, "status": {"active": 1}},
		{"metadata": {"name": "starting", "creationTimestamp": "2026-11-30T11:59:00Z"}, "status": {"active": 1}},
		{"metadata": {"name": "running", "creationTimestamp": "2026-11-29T11:00:00Z"}, "status": {"active": 2, "ready": 2}}]}`})
	k := cluster(t, Pods{Image: "x:1"})
	k.ctl.path = f.dir + "/kubectl"
	if err := k.sweep(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	deleted := matching(f.calls(t), "delete jobs")
	if len(deleted) != 1 || !slices.Equal(deleted[0].Args[len(deleted[0].Args)-3:], []string{"failed", "complete", "never-ready"}) {
		t.Errorf("deleted %v", deleted)
	}
}

// Inside the cluster, the image is that of the pod in which the run is started.
func TestKubernetesFindsImage(t *testing.T) {
	f := newFake(t, answer{When: "get --output=json pod ", Out: `{"spec": {"containers": [{"image": "registry.example/assay:7"}]}}`})
	t.Setenv("KUBERNETES_SERVICE_HOST", "10.96.0.1")
	k := cluster(t, Pods{})
	k.ctl.path = f.dir + "/kubectl"
	if image, err := k.findImage(t.Context()); err != nil || image != "registry.example/assay:7" {
		t.Errorf("%q, %v", image, err)
	}
}

// The Role that is offered gives what a run needs, and nothing else.
func TestKubernetesRole(t *testing.T) {
	data, err := os.ReadFile("../../../deploy/kubernetes/access.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var given []string
	d := yaml.NewDecoder(strings.NewReader(string(data)))
	for {
		var o struct {
			Kind  string
			Rules []struct {
				APIGroups []string `yaml:"apiGroups"`
				Resources []string
				Verbs     []string
			}
		}
		if d.Decode(&o) != nil {
			break
		}
		if strings.HasPrefix(o.Kind, "Cluster") {
			t.Errorf("a %s reaches beyond the namespace", o.Kind)
		}
		for _, r := range o.Rules {
			for _, v := range r.Verbs {
				resource, sub, _ := strings.Cut(r.Resources[0], "/")
				if r.APIGroups[0] != "" {
					resource += "." + r.APIGroups[0]
				}
				right := v + " " + resource
				if sub != "" {
					right += " --subresource=" + sub
				}
				given = append(given, right)
			}
		}
	}
	needed := []string{"list events", "get pods"} // they only help: reasons, and the image of this pod
	for _, r := range rights {
		needed = append(needed, strings.Join(r, " "))
	}
	slices.Sort(given)
	slices.Sort(needed)
	if diff := cmp.Diff(needed, given); diff != "" {
		t.Errorf("rights (-needed +given):\n%s", diff)
	}
}

func TestParseSize(t *testing.T) {
	for text, good := range map[string]bool{
		"2,512Mi": true, "500m,1Gi": true, "0.5,1000000": true, "1,2G": true,
		"": false, "2": false, "2,": false, ",1Gi": false, "0,1Gi": false, "0m,1Gi": false, "2,0Gi": false, "two,1Gi": false, "2,1GB": false, "2,1Gi,3": false, "-1,1Gi": false, "1, 1Gi": false,
	} {
		if _, err := ParseSize(text); (err == nil) != good {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := New(SSH, Options{Pods: Pods{Image: "x:1"}}); err == nil || !strings.Contains(err.Error(), "are for --on kubernetes") {
		t.Errorf("an image for ssh: %v", err)
	}
}
