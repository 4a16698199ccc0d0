package process

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/assay-bench/assay/harness/internal/process/kin"
)

// podman is a way to run this program in a container of an image from scratch.
type podman struct {
	image string
	flags []string // of run
}

// needPodman makes an image from scratch that holds this program, and finds out how its
// containers can be run here. Where podman is missing the test is skipped, or fails if CI
// is set. Where it is not allowed to run a container, as in many containers, the test is
// skipped.
func needPodman(t *testing.T) *podman {
	t.Helper()
	if _, err := exec.LookPath("podman"); err != nil {
		const why = "podman is missing; scripts/test-tools.sh installs it and runc"
		if os.Getenv("CI") != "" {
			t.Fatal(why)
		}
		t.Skip("SKIPPED: " + why)
	}
	p := &podman{image: fmt.Sprintf("localhost/assay-test:%d", os.Getpid())}
	load := exec.Command("podman", "import", "--quiet", "-", p.image)
	load.Stdin = imageOf(t)
	if out, err := load.CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: podman cannot import an image here: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("podman", "rmi", "--force", p.image).CombinedOutput(); err != nil {
			t.Errorf("remove the image: %v: %s", err, out)
		}
	})
	// The program is linked with the libraries of this machine.
	libraries := []string{"--network=host"}
	for _, dir := range []string{"/lib", "/lib64", "/usr/lib"} {
		if _, err := os.Stat(dir); err == nil {
			libraries = append(libraries, "--volume="+dir+":"+dir+":ro")
		}
	}
	var why []byte
	for _, flags := range [][]string{nil, {"--runtime=/usr/sbin/runc", "--ulimit=nofile=20000:20000", "--ulimit=nproc=4096:4096"}} {
		p.flags = slices.Concat(libraries, flags)
		out, err := exec.Command("podman", slices.Concat([]string{"run", "--rm"}, p.flags, []string{p.image, "/server", "-test.list=^$"})...).CombinedOutput()
		if err == nil {
			return p
		}
		why = out
	}
	t.Skipf("SKIPPED: podman cannot run a container here: %s", bytes.TrimSpace(why))
	return nil
}

// imageOf returns a file system that holds this program and nothing else.
func imageOf(t *testing.T) *bytes.Buffer {
	t.Helper()
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	var image bytes.Buffer
	w := tar.NewWriter(&image)
	for _, dir := range []string{"lib/", "lib64/", "usr/", "usr/lib/", "tmp/"} {
		if err := w.WriteHeader(&tar.Header{Name: dir, Mode: 0o755, Typeflag: tar.TypeDir}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.WriteHeader(&tar.Header{Name: "server", Mode: 0o755, Size: int64(len(program)), Typeflag: tar.TypeReg}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(program); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &image
}

// spec is a server in a container.
func (p *podman) spec(t *testing.T, kind string, more ...string) Spec {
	t.Helper()
	s := spec(t, kind)
	delete(s.Env, "TEST_SERVER")
	s.Command = slices.Concat([]string{"podman", "run", "--env=TEST_SERVER=" + kind}, more, p.flags, []string{p.image, "/server", s.Command[1]})
	s.CPUs = []int{0}
	return s
}

// none wants that no container is left, running or not.
func (p *podman) none(t *testing.T) {
	t.Helper()
	out, err := exec.Command("podman", "ps", "--all", "--quiet", "--filter=ancestor="+p.image).CombinedOutput()
	if err != nil || len(bytes.TrimSpace(out)) > 0 {
		t.Errorf("containers left: %s, %v", out, err)
	}
}

// A server in a container is measured, placed and ended as what it is, and not as the
// client that started it.
func TestPodman(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone runs containers")
	}
	p := needPodman(t)
	t.Setenv("ASSAY_WITHIN", t.TempDir())
	t.Run("good", func(t *testing.T) {
		s, err := Start(t.Context(), p.spec(t, "good"))
		if err != nil {
			t.Fatal(err)
		}
		look, err := kin.Take()
		if err != nil {
			t.Fatal(err)
		}
		members := s.Members(look)
		if len(members) != 1 || look.Name(members[0]) != "server" {
			t.Errorf("members %v, the first is %q", members, look.Name(members[0]))
		} else {
			var on unix.CPUSet
			if err := unix.SchedGetaffinity(members[0], &on); err != nil || on.Count() != 1 || !on.IsSet(0) {
				t.Errorf("it runs on %d CPUs, %v", on.Count(), err)
			}
		}
		if u, ok := s.Use(); !ok || u.Processes != 1 || u.PeakRSSBytes == 0 {
			t.Errorf("usage %+v, %v", u, ok)
		}
		if s.Beside(look) <= 0 {
			t.Error("the client has used no CPU time")
		}
		s.Stop()
		if got := s.Exit(); got != "exit status 7" || len(s.Remains()) > 0 {
			t.Errorf("it ended with %s, want exit status 7: its own answer to SIGTERM; it left %q", got, s.Remains())
		}
		p.none(t)
	})
	t.Run("stubborn", func(t *testing.T) {
		spec := p.spec(t, "stubborn", "--rm")
		spec.StopTimeout = 50 * time.Millisecond
		s, err := Start(t.Context(), spec)
		if err != nil {
			t.Fatal(err)
		}
		s.Stop()
		if len(s.Remains()) > 0 {
			t.Errorf("it left %q", s.Remains())
		}
		p.none(t)
	})
	t.Run("killed", func(t *testing.T) {
		s, err := Start(t.Context(), p.spec(t, "good"))
		if err != nil {
			t.Fatal(err)
		}
		s.Kill()
		p.none(t)
	})
	t.Run("detached", func(t *testing.T) {
		_, err := Start(t.Context(), p.spec(t, "deaf", "--detach"))
		if err == nil || !strings.Contains(err.Error(), "leave out --detach") {
			t.Errorf("error %v", err)
		}
		p.none(t)
	})
	t.Run("left by a killed harness", func(t *testing.T) {
		folder := t.TempDir()
		dir := filepath.Join(folder, containerPrefix+"1")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, engineFile), []byte("podman"), 0o600); err != nil {
			t.Fatal(err)
		}
		words := slices.Concat([]string{"podman", "create", "--cidfile=" + filepath.Join(dir, idFile)}, p.flags, []string{p.image, "/server"})
		if _, err := ask(context.Background(), words[:1], words[1:]...); err != nil {
			t.Fatal(err)
		}
		RemoveContainers(folder)
		p.none(t)
	})
}
