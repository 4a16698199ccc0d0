package hostlab

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// KubernetesPrograms are what a cluster needs besides the programs of Kubernetes itself.
var KubernetesPrograms = []string{"etcd", "containerd", "ctr", "runc", "sysctl"}

// Kubernetes is a cluster. The first host of the lab has the control plane and kubectl; each
// of the others is a node with a kubelet and a containerd of its own.
type Kubernetes struct {
	lab      *Lab
	programs string // folder with the programs of Kubernetes
	pki      *authority
	server   string // URL
	groups   string // name of the control groups of all nodes
	admin    string // configuration of its administrator
}

// service is the address of the first service of the cluster, by which pods reach the
// control plane. It is an address of the first host: there is no proxy for services.
const service = "10.96.0.1"

// Kubernetes makes the hosts a cluster. programs is a folder with kube-apiserver,
// kube-controller-manager, kube-scheduler, kubelet and kubectl; images are archives that
// every node gets, of which one is localhost/pause:1. Every node is ready when
// Kubernetes returns. Close has to be called before the lab is closed.
func (l *Lab) Kubernetes(programs string, images ...string) (*Kubernetes, error) {
	k := &Kubernetes{lab: l, programs: programs, server: "https://" + l.Hosts[0].Address, groups: fmt.Sprintf("assay-lab-%d", os.Getpid())}
	if err := os.Mkdir(filepath.Join(l.config.Dir, "pki"), 0o700); err != nil {
		return nil, err
	}
	err := k.certify()
	if err == nil {
		err = k.control()
	}
	if err != nil {
		return nil, fmt.Errorf("the control plane: %w", err)
	}
	for i := range l.Hosts[1:] {
		if err := k.node(i+1, images); err != nil {
			k.Close()
			return nil, fmt.Errorf("node h%d: %w", i+1, err)
		}
	}
	for _, h := range l.Hosts[1:] {
		if err := l.Hosts[0].await(k.kubectl("wait", "--for=condition=Ready", "--timeout=5s", "node/"+h.Name)...); err != nil {
			k.Close()
			return nil, err
		}
	}
	return k, nil
}

// certify makes the certificates and the configurations of all programs.
func (k *Kubernetes) certify() (err error) {
	if k.pki, err = k.lab.newAuthority("pki"); err != nil {
		return err
	}
	errs := []error{
		k.pki.issue("apiserver", "kube-apiserver", "", []string{"kubernetes", "kubernetes.default.svc", "localhost"}, "127.0.0.1", service, k.lab.Hosts[0].Address),
		k.pki.issue("admin", "admin", "system:masters", nil),
		k.pki.issue("manager", "system:kube-controller-manager", "", nil),
		k.pki.issue("scheduler", "system:kube-scheduler", "", nil),
		k.pki.issue("to-kubelets", "apiserver-kubelet-client", "system:masters", nil),
	}
	users := []string{"manager", "scheduler"}
	for _, h := range k.lab.Hosts[1:] {
		errs = append(errs, k.pki.issue(h.Name, "system:node:"+h.Name, "system:nodes", []string{h.Name}, h.Address))
		users = append(users, h.Name)
	}
	for _, u := range users {
		_, err := k.pki.kubeconfig(u, k.server, "")
		errs = append(errs, err)
	}
	k.admin, err = k.pki.kubeconfig("admin", k.server, "")
	return errors.Join(append(errs, err)...)
}

// kubectl is a call of kubectl as the administrator.
func (k *Kubernetes) kubectl(words ...string) []string {
	return append([]string{filepath.Join(k.programs, "kubectl"), "--kubeconfig=" + k.admin}, words...)
}

// Do calls kubectl as the administrator on the first host. It returns what kubectl wrote
// to standard output. An error holds what it wrote to standard error.
func (k *Kubernetes) Do(words ...string) (string, error) {
	var log bytes.Buffer
	c := k.lab.Hosts[0].Command(k.kubectl(words...)...)
	c.Stderr = &log
	out, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("kubectl %s: %w\n%s", strings.Join(words, " "), err, log.String())
	}
	return string(out), nil
}

// User writes the configuration of kubectl for a service account, and returns its path.
// The token in it is valid for as long as the cluster gives tokens by default.
func (k *Kubernetes) User(namespace, account string) (string, error) {
	token, err := k.Do("create", "token", "--namespace="+namespace, account)
	if err != nil {
		return "", err
	}
	return k.pki.kubeconfig("user-"+account, k.server, strings.TrimSpace(token))
}

// control starts the control plane on the first host.
func (k *Kubernetes) control() error {
	h, dir, p := k.lab.Hosts[0], k.lab.config.Dir, k.pki.path
	if err := h.Run("ip", "addr", "add", service+"/32", "dev", "lo"); err != nil {
		return err
	}
	const etcd = "http://127.0.0.1:2379"
	program := func(name string, words ...string) error {
		return h.Daemon(name, append([]string{filepath.Join(k.programs, name)}, words...)...)
	}
	err := errors.Join(
		h.Daemon("etcd", "etcd", "--data-dir="+dir+"/etcd", "--listen-client-urls="+etcd, "--advertise-client-urls="+etcd,
			"--listen-peer-urls=http://127.0.0.1:2380", "--unsafe-no-fsync"),
		program("kube-apiserver", "--etcd-servers="+etcd, "--bind-address=0.0.0.0", "--advertise-address="+h.Address, "--secure-port=443",
			"--tls-cert-file="+p("apiserver.crt"), "--tls-private-key-file="+p("apiserver.key"), "--client-ca-file="+p("ca.crt"),
			"--kubelet-client-certificate="+p("to-kubelets.crt"), "--kubelet-client-key="+p("to-kubelets.key"),
			"--kubelet-certificate-authority="+p("ca.crt"), "--kubelet-preferred-address-types=InternalIP",
			"--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file="+p("sa.pub"), "--service-account-signing-key-file="+p("sa.key"),
			"--service-cluster-ip-range=10.96.0.0/24", "--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction", "--profiling=false"))
	if err != nil {
		return err
	}
	if err := h.await(k.kubectl("get", "--raw=/readyz")...); err != nil {
		return err
	}
	return errors.Join(
		program("kube-controller-manager", "--kubeconfig="+p("manager.kubeconfig"), "--use-service-account-credentials", "--service-account-private-key-file="+p("sa.key"),
			"--root-ca-file="+p("ca.crt"), "--leader-elect=false", "--bind-address=127.0.0.1", "--profiling=false"),
		program("kube-scheduler", "--kubeconfig="+p("scheduler.kubeconfig"), "--leader-elect=false", "--bind-address=127.0.0.1", "--profiling=false"))
}

// sysctls are what a kubelet wants of a machine. It is shown files that say so; the machine
// stays as it is.
var sysctls = map[string]string{"vm/overcommit_memory": "1", "vm/panic_on_oom": "0", "kernel/panic": "10", "kernel/panic_on_oops": "1"}

// folders are where a kubelet and its network have their state. Every node has its own.
var folders = []string{"/var/lib/kubelet", "/var/lib/cni"}

// node starts containerd and a kubelet on a host.
func (k *Kubernetes) node(i int, images []string) error {
	h := k.lab.Hosts[i]
	dir := filepath.Join(k.lab.config.Dir, "node-"+h.Name)
	for _, d := range []string{"", "cni", "kubelet", "state", "sys"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o755); err != nil {
			return err
		}
	}
	setUp := [][]string{
		{"mount", "--make-rshared", "/"}, {"mount", "-t", "tmpfs", "tmpfs", "/run"},
		append([]string{"mkdir", "-p"}, folders...),
		{"mount", "--bind", dir + "/kubelet", folders[0]}, {"mount", "--bind", dir + "/state", folders[1]},
		{"sysctl", "-qw", "net.ipv4.ip_forward=1"}, {"ip", "route", "replace", service + "/32", "via", k.lab.Hosts[0].Address},
	}
	for name, value := range sysctls {
		file := filepath.Join(dir, "sys", strings.ReplaceAll(name, "/", "."))
		if err := os.WriteFile(file, []byte(value+"\n"), 0o644); err != nil {
			return err
		}
		setUp = append(setUp, []string{"mount", "--bind", file, "/proc/sys/" + name})
	}
	for _, words := range setUp {
		if err := h.Run(words...); err != nil {
			return err
		}
	}
	// The pods of a node are reached through it.
	for j, other := range k.lab.Hosts {
		if j != i {
			if err := other.Run("ip", "route", "replace", fmt.Sprintf("10.78.%d.0/24", i), "via", h.Address); err != nil {
				return err
			}
		}
	}
	group, err := k.group(h)
	if err != nil {
		return err
	}
	return k.kubelet(h, dir, group, images, fmt.Sprintf("10.78.%d.0/24", i))
}

// kubelet starts containerd, gives it the images, and starts the kubelet.
func (k *Kubernetes) kubelet(h *Host, dir, group string, images []string, pods string) error {
	socket := dir + "/containerd.sock"
	files := map[string]string{
		"cni/10-bridge.conflist": fmt.Sprintf(`{"cniVersion": "0.4.0", "name": "lab", "plugins": [{"type": "bridge", "bridge": "cni0", "isGateway": true,
			"ipam": {"type": "host-local", "ranges": [[{"subnet": %q}]], "routes": [{"dst": "0.0.0.0/0"}]}}]}`, pods),
		"containerd.toml": strings.NewReplacer("@DIR@", dir, "@SOCKET@", socket).Replace(containerdConfig),
		"kubelet.yaml": strings.NewReplacer("@CA@", k.pki.path("ca.crt"), "@CERT@", k.pki.path(h.Name), "@ADDRESS@", h.Address,
			"@GROUP@", group, "@SOCKET@", socket).Replace(kubeletConfig),
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	if err := h.Daemon("containerd", "containerd", "--config="+dir+"/containerd.toml"); err != nil {
		return err
	}
	if err := h.await("ctr", "--address="+socket, "version"); err != nil {
		return err
	}
	for _, archive := range images {
		if err := h.Run("ctr", "--address="+socket, "--namespace=k8s.io", "images", "import", archive); err != nil {
			return err
		}
	}
	return h.Daemon("kubelet", filepath.Join(k.programs, "kubelet"), "--config="+dir+"/kubelet.yaml", "--kubeconfig="+k.pki.path(h.Name+".kubeconfig"),
		"--hostname-override="+h.Name, "--node-ip="+h.Address)
}

// The programs of the lab may not raise their own priority when memory runs out, which
// programs in a container usually may.
const containerdConfig = `version = 2
root = "@DIR@/root"
state = "@DIR@/run"
oom_score = 0
[grpc]
  address = "@SOCKET@"
[ttrpc]
  address = "@SOCKET@.ttrpc"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "@DIR@/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
`

const kubeletConfig = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: false}, x509: {clientCAFile: @CA@}}
authorization: {mode: AlwaysAllow}
address: @ADDRESS@
tlsCertFile: @CERT@.crt
tlsPrivateKeyFile: @CERT@.key
cgroupDriver: cgroupfs
cgroupRoot: @GROUP@
enforceNodeAllocatable: []
failSwapOn: false
failCgroupV1: false
protectKernelDefaults: true
makeIPTablesUtilChains: false
localStorageCapacityIsolation: false
maxOpenFiles: 20000
oomScoreAdj: 0
containerRuntimeEndpoint: unix://@SOCKET@
resolvConf: ""
evictionHard: {nodefs.available: 1%, imagefs.available: 1%}
`

// cgroups is where control groups are.
const cgroups = "/sys/fs/cgroup"

// group makes the control groups of a node and returns their name.
func (k *Kubernetes) group(h *Host) (string, error) {
	name := "/" + k.groups + "-" + h.Name
	if _, err := os.Stat(cgroups + "/cgroup.controllers"); err == nil {
		return name, os.Mkdir(cgroups+name, 0o755)
	}
	controllers, err := filepath.Glob(cgroups + "/*")
	if err != nil {
		return "", err
	}
	for _, c := range controllers {
		if err := os.Mkdir(c+name, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
			return "", err
		}
	}
	// A new group of cpuset has no CPUs and no memory.
	for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
		data, err := os.ReadFile(cgroups + "/cpuset/" + file)
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(cgroups+"/cpuset"+name+"/"+file, data, 0o644); err != nil {
			return "", err
		}
	}
	return name, nil
}

// Containers returns the processes of containers on all nodes, by their arguments.
func (k *Kubernetes) Containers() (all []Process) {
	seen := map[int]bool{}
	for _, dir := range k.groupDirs() {
		data, _ := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
		for _, text := range strings.Fields(string(data)) {
			id, err := strconv.Atoi(text)
			if err != nil || seen[id] {
				continue
			}
			seen[id] = true
			line, _ := os.ReadFile("/proc/" + text + "/cmdline")
			all = append(all, Process{id, strings.Split(strings.TrimRight(string(line), "\x00"), "\x00")})
		}
	}
	return all
}

// groupDirs returns the folders of the control groups of the nodes, the innermost first.
func (k *Kubernetes) groupDirs() (dirs []string) {
	tops, _ := filepath.Glob(cgroups + "/" + k.groups + "-*")
	nested, _ := filepath.Glob(cgroups + "/*/" + k.groups + "-*")
	for _, top := range append(tops, nested...) {
		_ = filepath.WalkDir(top, func(path string, d os.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				dirs = append([]string{path}, dirs...)
			}
			return nil
		})
	}
	return dirs
}

// Close ends the nodes and their containers. The lab ends the control plane.
func (k *Kubernetes) Close() {
	for _, h := range k.lab.Hosts[1:] {
		h.Clear()
	}
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		all := k.Containers()
		for _, p := range all {
			_ = syscall.Kill(p.ID, syscall.SIGKILL)
		}
		if len(all) == 0 {
			break
		}
	}
	for _, dir := range k.groupDirs() {
		_ = os.Remove(dir) // one that is still being left is empty, and harms nobody
	}
	for _, dir := range folders {
		_ = os.Remove(dir) // on the machine they are empty, unless others use them
	}
}

// Command is a program on the first host that has kubectl, with the configuration of a user.
func (k *Kubernetes) Command(kubeconfig string, words ...string) *exec.Cmd {
	c := k.lab.Hosts[0].Command(words...)
	c.Env = append(c.Env, "KUBECONFIG="+kubeconfig, "HOME="+k.lab.Temp, "PATH="+k.programs+":"+Path())
	return c
}
