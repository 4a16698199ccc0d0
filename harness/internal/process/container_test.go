package process

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A command that runs a container is told to leave its id, and where to run. Any other
// command stays as it is.
func TestContainersAreRecognised(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("ASSAY_WITHIN", "")
	cpuset := []string{"--cpuset-cpus=0,2"}
	podman := cpuset
	if os.Getuid() != 0 {
		podman = nil // it may have no right to, and inherits the CPUs
	}
	for _, c := range []struct {
		command string
		engine  string   // or "": no container
		added   []string // after "run", beside the file for the id
	}{
		{"podman run --rm image", "podman", podman},
		{"/usr/bin/podman container run image -d", "/usr/bin/podman", podman},
		{"docker --context x --debug run -p 80:80 image run", "docker --context x --debug", cpuset},
		{"docker --log-level=debug run --cpuset-cpus 1 image", "docker --log-level=debug", nil},
		{"podman run --cpuset-cpus=1 image", "podman", nil},
		{"podman start run", "", nil},
		{"docker exec run sh", "", nil},
		{"docker compose up", "", nil},
		{"docker", "", nil},
		{"sh -c docker run image", "", nil},
		{"bin/server run", "", nil},
	} {
		t.Run(c.command, func(t *testing.T) {
			words := strings.Fields(c.command)
			got, command, err := contain(slices.Clone(words), []int{0, 2})
			if err != nil {
				t.Fatal(err)
			}
			if c.engine == "" {
				if got != nil || !slices.Equal(command, words) {
					t.Fatalf("recognised as %+v, %q", got, command)
				}
				return
			}
			defer os.RemoveAll(got.dir)
			at := slices.Index(words, "run")
			want := slices.Concat(words[:at+1], []string{"--cidfile=" + got.idFile}, c.added, words[at+1:])
			if d := cmp.Diff(want, command); d != "" {
				t.Errorf("command -want +got:\n%s", d)
			}
			if engine := strings.Join(got.engine, " "); engine != c.engine {
				t.Errorf("engine %q, want %q", engine, c.engine)
			}
			if note, err := os.ReadFile(filepath.Join(got.dir, engineFile)); err != nil || string(note) != strings.Join(got.engine, "\n") {
				t.Errorf("note %q, %v", note, err)
			}
		})
	}
	own, command, err := contain([]string{"podman", "run", "--cidfile", "mine", "image"}, nil)
	if err != nil || own.dir != "" || own.idFile != "mine" || len(command) != 5 {
		t.Errorf("with a file of its own: %+v, %q, %v", own, command, err)
	}
}
