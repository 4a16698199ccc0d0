package command

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/assay-bench/assay/results"
)

// network makes hosts that are network namespaces on one bridge, and returns their names.
// Host i has the address 10.77.N.10+i.
func network(t *testing.T, hosts int) (names []string) {
	t.Helper()
	name := fmt.Sprintf("assay%d", os.Getpid())
	do := func(words ...string) {
		t.Helper()
		if out, err := exec.Command("ip", words...).CombinedOutput(); err != nil {
			t.Fatalf("ip %v: %v\n%s", words, err, out)
		}
	}
	add := func(ns string) string {
		t.Helper()
		do("netns", "add", ns)
		t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", ns).Run() })
		do("-n", ns, "link", "set", "lo", "up")
		return ns
	}
	bridge := add(name + "s")
	do("-n", bridge, "link", "add", "br0", "type", "bridge")
	do("-n", bridge, "link", "set", "br0", "up")
	for i := range hosts {
		ns := add(fmt.Sprintf("%sh%d", name, i))
		port := fmt.Sprintf("p%d", i)
		do("link", "add", "eth0", "netns", ns, "type", "veth", "peer", "name", port, "netns", bridge)
		do("-n", bridge, "link", "set", port, "master", "br0", "up")
		do("-n", ns, "addr", "add", addressOf(i)+"/24", "dev", "eth0")
		do("-n", ns, "link", "set", "eth0", "up")
		names = append(names, ns)
	}
	return names
}

func addressOf(host int) string { return fmt.Sprintf("10.77.0.%d", 10+host) }

// in returns a command that runs in the network of a host.
func in(ns string, words ...string) *exec.Cmd {
	return exec.Command("nsenter", append([]string{"--net=/run/netns/" + ns, "--"}, words...)...)
}

// tools skips the test where it cannot make hosts, and says why.
func tools(t *testing.T, programs ...string) {
	t.Helper()
	t.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin:/sbin")
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("SKIPPED: %v; scripts/test-tools.sh installs it", err)
		}
	}
	if out, err := exec.Command("unshare", "--net", "true").CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: network namespaces need root: %v %s", err, out)
	}
}

// sshHosts makes hosts and starts a server of SSH on each but the first. It returns their
// names and the environment in which `ssh h1` reaches host 1.
func sshHosts(t *testing.T, dir string, hosts int) (names []string, env []string) {
	t.Helper()
	write := func(name, text string, mode os.FileMode) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, key := range []string{"host", "user"} {
		if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(dir, key)).CombinedOutput(); err != nil {
			t.Fatalf("ssh-keygen: %v\n%s", err, out)
		}
	}
	sshd, err := exec.LookPath("sshd")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
		t.Fatal(err)
	}
	names = network(t, hosts)
	config := "Host h*\n  Port 2222\n  User root\n  IdentityFile " + dir + "/user\n  IdentitiesOnly yes\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n"
	for i := 1; i < hosts; i++ {
		config += fmt.Sprintf("Host h%d\n  HostName %s\n", i, addressOf(i))
		temp := filepath.Join(dir, fmt.Sprintf("h%d", i))
		if err := os.Mkdir(temp, 0o700); err != nil {
			t.Fatal(err)
		}
		conf := write(fmt.Sprintf("sshd%d", i), fmt.Sprintf("Port 2222\nListenAddress %s\nHostKey %s/host\nAuthorizedKeysFile %s/user.pub\nPidFile none\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\nStrictModes no\nSetEnv TMPDIR=%s ASSAY_LOCK=%s/lock MARK=%s/mark\n",
			addressOf(i), dir, dir, temp, temp, dir), 0o600)
		c := in(names[i], sshd, "-D", "-e", "-f", conf)
		log, err := os.Create(filepath.Join(dir, fmt.Sprintf("sshd%d.log", i)))
		if err != nil {
			t.Fatal(err)
		}
		c.Stderr = log
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = c.Process.Kill()
			_ = c.Wait()
			log.Close()
		})
	}
	// The user's own configuration is the test's.
	client, err := exec.LookPath("ssh")
	if err != nil {
		t.Fatal(err)
	}
	write("config", config, 0o600)
	write("ssh", fmt.Sprintf("#!/bin/sh\nexec %s -F %s/config \"$@\"\n", client, dir), 0o755)
	for i := 1; i < hosts; i++ {
		await(t, "the server of SSH", func() bool {
			return in(names[0], filepath.Join(dir, "ssh"), "-o", "BatchMode=yes", fmt.Sprintf("h%d", i), "true").Run() == nil
		})
	}
	return names, append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "TMPDIR="+dir, "ASSAY_LOCK="+filepath.Join(dir, "lock"))
}

// Over ssh two generators load a server on a third host. One of them is killed: its block
// is void, and repeated with a new worker. No worker is left on any host.
func TestHostsBySSH(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: hosts by ssh are a part of the full form: make test-all")
	}
	tools(t, "ssh", "sshd", "ssh-keygen", "ip", "nsenter", "unshare")
	dir := t.TempDir()
	names, env := sshHosts(t, dir, 4)
	for _, name := range []string{"harness", "testserver"} {
		if err := os.Symlink(os.Args[0], filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "s.yaml")
	if err := os.WriteFile(file, []byte(`version: 1
name: s
server: {command: ["`+dir+`/testserver", "${host}:${port}", mark], ready: {path: /health, timeout: 2m}}
load: {open: {rate: 200/s, duration: 1s}, connections: 4, timeout: 1m}
targets: [{path: /}]
warmup: 0s
`), 0o600); err != nil {
		t.Fatal(err)
	}
	bundle := filepath.Join(dir, "bundle")
	c := in(names[0], filepath.Join(dir, "harness"), "run", "--quick", "--blocks", "1", "--no-progress", "--out", bundle, "--on", "ssh",
		"--host", "generators=h1,h2", "--server-on", "h3", "--worker", filepath.Join(dir, "harness"), file)
	var log strings.Builder
	c.Env, c.Stderr, c.Stdout = env, &log, &log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- c.Wait() }()
	killed := false
	var err error
	await(t, "the end of the run", func() bool {
		if _, missing := os.Stat(filepath.Join(dir, "mark")); missing == nil && !killed {
			killed = true
			if err := syscall.Kill(workers(filepath.Join(dir, "h2"))["generator-1"], syscall.SIGKILL); err != nil {
				t.Errorf("kill generator-1: %v", err)
			}
		}
		select {
		case err = <-over:
			return true
		default:
			return false
		}
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	checkSSH(t, bundle, log.String())
	for i := 1; i < 4; i++ {
		host := filepath.Join(dir, fmt.Sprintf("h%d", i))
		await(t, "the end of the workers", func() bool { return len(workers(host)) == 0 })
	}
}

// checkSSH checks the bundle of TestHostsBySSH.
func checkSSH(t *testing.T, bundle, log string) {
	t.Helper()
	if diffs, err := results.Verify(bundle); err != nil || len(diffs) > 0 {
		t.Errorf("verify: %v %v", diffs, err)
	}
	b, err := results.Open(bundle)
	if err != nil {
		t.Fatal(err)
	}
	for i, h := range b.Manifest.Topology.Hosts {
		if want := addressOf(i + 1); h.Address != want || h.Node != fmt.Sprintf("h%d", i+1) {
			t.Errorf("host %d is %s at %s, want h%d at %s", i, h.Node, h.Address, i+1, want)
		}
	}
	if first := b.Trials[0]; first.Valid || !strings.Contains(first.Why(), "generator-1: the worker was lost") {
		t.Errorf("the trial whose generator was killed: valid %v, %q\n%s", first.Valid, first.Invalid, log)
	}
	valid := b.Valid()
	if len(valid) != 1 {
		t.Fatalf("%d valid trials\n%s", len(valid), log)
	}
	if s := valid[0].Streams[0]; s.Sent != 200 || s.Planned != 200 || s.Outcomes.OK != 200 {
		t.Errorf("sent %d of %d, outcomes %+v", s.Sent, s.Planned, s.Outcomes)
	}
	for _, h := range valid[0].Hosts[:2] {
		if h.Sent != 100 || h.ClockError <= 0 || h.ServerRoundTrip == nil || *h.ServerRoundTrip <= 0 {
			t.Errorf("%+v", h)
		}
	}
}
