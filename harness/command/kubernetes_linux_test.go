package command

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/assay-bench/assay/internal/hostlab"
	"github.com/assay-bench/assay/results"
)

// kubernetes is a cluster of two nodes and what the tests do on it.
type kubernetes struct {
	*hostlab.Kubernetes
	dir, images string
	user        string // configuration of an account that has the rights of access.yaml alone
}

// TestKubernetesCluster makes runs on a real cluster: an API server, a scheduler, and two
// nodes with kubelets and containers. scripts/test-kubernetes.sh builds what it needs.
func TestKubernetesCluster(t *testing.T) {
	programs, images := os.Getenv("ASSAY_KUBERNETES"), os.Getenv("ASSAY_KUBERNETES_IMAGES")
	if programs == "" {
		t.Skip("SKIPPED: runs on a cluster of Kubernetes: make test-kubernetes")
	}
	if why := hostlab.Missing(hostlab.KubernetesPrograms...); why != "" {
		t.Fatal(why) // it was asked for
	}
	k := &kubernetes{dir: t.TempDir(), images: images}
	lab, err := hostlab.New(hostlab.Config{Hosts: 3, Dir: k.dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(lab.Close)
	k.Kubernetes, err = lab.Kubernetes(programs, filepath.Join(images, "pause.tar"), filepath.Join(images, "assay.tar"), filepath.Join(images, "coordinator.tar"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	k.must(t, "apply", manifest(t, "access"))
	if k.user, err = k.User("assay", "assay"); err != nil {
		t.Fatal(err)
	}
	t.Run("Manifests", k.manifests)
	t.Run("KilledGenerator", k.killedGenerator)
	t.Run("Errors", k.errors)
	t.Run("Interrupted", k.interrupted)
	t.Run("KilledRun", k.killedRun)
	t.Run("InsideTheCluster", k.inside)
}

// manifest is the flag that names a manifest. kubectl does not run in this folder.
func manifest(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs("../../deploy/kubernetes/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return "--filename=" + path
}

// must calls kubectl as the administrator.
func (k *kubernetes) must(t *testing.T, words ...string) string {
	t.Helper()
	out, err := k.Do(words...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// clusterScenario is what the runs measure: the built-in server, which is in the image.
const clusterScenario = `version: 1
name: s
server: {command: [/server, "-addr=${host}:${port}", -pattern=naive, -min-latency=100, -max-latency=200, -error-rate=0], ready: {path: /health, timeout: 1m}}
load: {open: {rate: 100/s, duration: %s}, connections: 20, timeout: 1m}
targets: [{path: "/api/v1/patients?id=P00042"}]
warmup: 0s
`

// start starts a run on the cluster, from outside of it, as somebody with few rights.
func (k *kubernetes) start(t *testing.T, name, duration string, args ...string) (c *exec.Cmd, bundle string, log *bytes.Buffer) {
	t.Helper()
	file := filepath.Join(k.dir, name+".yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, clusterScenario, duration), 0o600); err != nil {
		t.Fatal(err)
	}
	bundle = filepath.Join(k.dir, name)
	words := append([]string{filepath.Join(k.images, "assay"), "run", "--on", "kubernetes", "--quick", "--blocks", "1", "--no-progress", "--out", bundle,
		"--resources", "generators=500m,256Mi", "--resources", "server=500m,256Mi"}, args...)
	c = k.Command(k.user, append(words, file)...)
	log = new(bytes.Buffer)
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	return c, bundle, log
}

// image is the flag that names the image of the workers.
const image = "--image=localhost/assay:1"

// nothing checks that no run has left anything.
func (k *kubernetes) nothing(t *testing.T) {
	t.Helper()
	if left := k.must(t, "get", "jobs,pods,secrets", "--namespace=assay", "--selector=app.kubernetes.io/managed-by=assay", "--output=name"); left != "" {
		t.Errorf("left: %s", left)
	}
}

// worker waits for the worker of a seat to be under load: it has more connections than
// those to the coordinator.
func (k *kubernetes) worker(t *testing.T, seat string) (id int) {
	t.Helper()
	await(t, seat+" under load", func() bool {
		for _, p := range k.Containers() {
			if i := slices.Index(p.Args, "--seat"); i < 0 || p.Args[i+1] != seat {
				continue
			}
			established := 0
			for _, file := range []string{"tcp", "tcp6"} {
				data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", p.ID, file))
				established += strings.Count(string(data), " 01 ") // the state
			}
			id = p.ID
			return established >= 8
		}
		return false
	})
	return id
}

// The manifests are what the cluster takes.
func (k *kubernetes) manifests(t *testing.T) {
	for _, name := range []string{"access", "coordinator", "server"} {
		k.must(t, "apply", "--dry-run=server", manifest(t, name))
	}
	k.must(t, "apply", manifest(t, "server"))
	k.must(t, "rollout", "status", "--namespace=assay", "--timeout=2m", "deployment/server")
	k.must(t, "delete", manifest(t, "server"))
}

// Two generators load a server on the other node. A generator is killed under load: its
// block is void and repeated, and nothing is left at the end.
func (k *kubernetes) killedGenerator(t *testing.T) {
	c, bundle, log := k.start(t, "killed", "2s", image, "--generators", "2", "--server-on", "h2")
	if err := syscall.Kill(k.worker(t, "generator-1"), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	if diffs, err := results.Verify(bundle); err != nil || len(diffs) > 0 {
		t.Errorf("verify: %v %v", diffs, err)
	}
	b, err := results.Open(bundle)
	if err != nil {
		t.Fatal(err)
	}
	var nodes []string
	for _, h := range b.Manifest.Topology.Hosts {
		nodes = append(nodes, h.Node)
	}
	if !slices.Equal(nodes, []string{"h1", "h1", "h2"}) {
		t.Errorf("nodes %v, want the generators on h1 and the server on h2", nodes)
	}
	if first := b.Trials[0]; first.Valid || !strings.Contains(first.Why(), "generator-1: the worker was lost") {
		t.Errorf("the trial whose generator was killed: valid %v, %q", first.Valid, first.Invalid)
	}
	valid := b.Valid()
	if len(valid) != 1 || valid[0].Block != 1 || b.Manifest.State != results.StateComplete {
		t.Fatalf("%d valid trials, the run is %s\n%s", len(valid), b.Manifest.State, log)
	}
	if s := valid[0].Streams[0]; s.Sent != 200 || s.Planned != 200 || s.Outcomes.OK != 200 || valid[0].Hosts[0].Sent != 100 {
		t.Errorf("sent %d of %d, outcomes %+v", s.Sent, s.Planned, s.Outcomes)
	}
	k.nothing(t)
	t.Logf("%s", log)
}

// What a cluster refuses is said with its own words, and nothing is left.
func (k *kubernetes) errors(t *testing.T) {
	quota := filepath.Join(k.dir, "quota.yaml")
	if err := os.WriteFile(quota, []byte("apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: none, namespace: assay}\nspec: {hard: {pods: \"0\"}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		want []string
	}{
		{"image", []string{"--image=localhost/absent:1"}, []string{"its container cannot start: ErrImagePull", "localhost/absent:1"}},
		{"node", []string{image, "--server-on", "h9"}, []string{"server on no node: there is no node for it", "0/2 nodes are available"}},
		{"program", []string{image, "--worker", "/absent"}, []string{"StartError", "The image localhost/assay:1 has to hold this program"}},
		{"address", []string{image, "--listen", "127.0.0.1"}, []string{"cannot be reached from here", "run this command inside the cluster"}},
		{"rights", []string{image, "--namespace", "kube-system"}, []string{"not allowed to do what a run needs in the namespace kube-system", "create jobs.batch", "access.yaml"}},
		{"quota", []string{image}, []string{"Kubernetes makes no pod", "exceeded quota"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "quota" {
				k.must(t, "apply", "--filename="+quota)
				defer k.must(t, "delete", "--filename="+quota)
			}
			run, _, log := k.start(t, "error-"+c.name, "1s", c.args...)
			err := run.Wait()
			for range 3 { // on a machine without CPU the cluster may not answer in time
				if !strings.Contains(log.String(), "the cluster did not answer within") {
					break
				}
				run, _, log = k.start(t, "error-"+c.name, "1s", c.args...)
				err = run.Wait()
			}
			for _, w := range c.want {
				if err == nil || !strings.Contains(log.String(), w) {
					t.Errorf("%v\n%s\nwant %s", err, log, w)
				}
			}
			k.nothing(t)
		})
	}
}

// An interrupt ends the run in order: nothing is left, and the bundle says so.
func (k *kubernetes) interrupted(t *testing.T) {
	c, bundle, log := k.start(t, "interrupted", "2m", image)
	k.worker(t, "generator-0")
	if err := c.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err == nil {
		t.Errorf("no error:\n%s", log)
	}
	b, err := results.Open(bundle)
	if err != nil || b.Manifest.State != results.StateInterrupted {
		t.Errorf("%v\n%s", err, log)
	}
	k.nothing(t)
}

// After a run that was killed its workers end by themselves, and the next run deletes what
// is left.
func (k *kubernetes) killedRun(t *testing.T) {
	c, _, _ := k.start(t, "lost", "2m", image)
	k.worker(t, "generator-0")
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	await(t, "the end of the workers", func() bool {
		return !slices.ContainsFunc(k.Containers(), func(p hostlab.Process) bool { return slices.Contains(p.Args, "--seat") })
	})
	await(t, "the end of the Jobs", func() bool {
		failed := k.must(t, "get", "jobs", "--namespace=assay", `--output=jsonpath={.items[*].status.conditions[?(@.type=="Failed")].status}`)
		return failed == "True True"
	})
	next, _, log := k.start(t, "next", "1s", image)
	if err := next.Wait(); err != nil {
		t.Errorf("%v\n%s", err, log)
	}
	await(t, "the end of what was left", func() bool {
		return k.must(t, "get", "jobs,pods,secrets", "--namespace=assay", "--selector=app.kubernetes.io/managed-by=assay", "--output=name") == ""
	})
}

// The run is started in a pod, as the manifest says, finds its image by itself, and its
// bundle is copied out.
func (k *kubernetes) inside(t *testing.T) {
	k.must(t, "apply", manifest(t, "coordinator"))
	k.must(t, "wait", "--namespace=assay", "--for=condition=Ready", "--timeout=2m", "pod/coordinator")
	file := filepath.Join(k.dir, "inside.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, clusterScenario, "1s"), 0o644); err != nil {
		t.Fatal(err)
	}
	k.must(t, "cp", "--namespace=assay", file, "coordinator:/data/s.yaml")
	k.must(t, "exec", "--namespace=assay", "coordinator", "--", "assay", "run", "--on", "kubernetes", "--quick", "--blocks", "1", "--no-progress", "--out", "run",
		"--resources", "generators=500m,256Mi", "--resources", "server=500m,256Mi", "s.yaml")
	bundle := filepath.Join(k.dir, "inside")
	k.must(t, "cp", "--namespace=assay", "coordinator:/data/run", bundle)
	k.must(t, "delete", "--namespace=assay", "--grace-period=1", "pod/coordinator")
	if diffs, err := results.Verify(bundle); err != nil || len(diffs) > 0 {
		t.Errorf("verify: %v %v", diffs, err)
	}
	b, err := results.Open(bundle)
	if err != nil || len(b.Valid()) != 1 || b.Valid()[0].Streams[0].Sent != 100 {
		t.Errorf("%v, %+v", err, b)
	}
	k.nothing(t)
}
