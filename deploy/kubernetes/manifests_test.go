package kubernetes

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

// object is what the tests look at in an object of any kind.
type object struct {
	Kind     string
	Metadata struct {
		Name, Namespace string
		Labels          map[string]string
	}
	Spec struct {
		PodSpec  `yaml:",inline"`
		Selector any
		Ports    []map[string]any
		Template struct {
			Metadata struct{ Labels map[string]string }
			Spec     PodSpec
		}
	}
}

type PodSpec struct {
	AutomountServiceAccountToken *bool `yaml:"automountServiceAccountToken"`
	SecurityContext              struct {
		RunAsNonRoot   bool                  `yaml:"runAsNonRoot"`
		RunAsUser      int                   `yaml:"runAsUser"`
		SeccompProfile struct{ Type string } `yaml:"seccompProfile"`
	} `yaml:"securityContext"`
	HostNetwork bool `yaml:"hostNetwork"`
	Containers  []struct {
		Name, Image string
		Resources   struct{ Requests, Limits map[string]string }
		Security    struct {
			AllowPrivilegeEscalation *bool `yaml:"allowPrivilegeEscalation"`
			ReadOnlyRootFilesystem   bool  `yaml:"readOnlyRootFilesystem"`
			Capabilities             struct{ Drop []string }
		} `yaml:"securityContext"`
	}
}

// objects returns all objects of the manifests, by file and kind.
func objects(t *testing.T) map[string]object {
	t.Helper()
	files, err := filepath.Glob("*.yaml")
	if err != nil || len(files) < 3 {
		t.Fatalf("manifests %v, %v", files, err)
	}
	all := map[string]object{}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		d := yaml.NewDecoder(strings.NewReader(string(data)))
		for {
			var o object
			if err := d.Decode(&o); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			all[name+" "+o.Kind] = o
		}
	}
	return all
}

// Every pod requests what it may use, is nobody, writes nowhere and can do nothing; only the
// coordinator may talk to Kubernetes. Everything is in one namespace.
func TestManifests(t *testing.T) {
	pods := 0
	for name, o := range objects(t) {
		if o.Kind != "Namespace" && o.Metadata.Namespace != "assay" {
			t.Errorf("%s is in the namespace %q", name, o.Metadata.Namespace)
		}
		spec := o.Spec.PodSpec
		if len(o.Spec.Template.Spec.Containers) > 0 {
			spec = o.Spec.Template.Spec
		}
		if len(spec.Containers) == 0 {
			continue
		}
		pods++
		if spec.AutomountServiceAccountToken == nil || *spec.AutomountServiceAccountToken != (name == "coordinator.yaml Pod") {
			t.Errorf("%s: automountServiceAccountToken is %v", name, spec.AutomountServiceAccountToken)
		}
		if s := spec.SecurityContext; !s.RunAsNonRoot || s.RunAsUser != 65532 || s.SeccompProfile.Type != "RuntimeDefault" || spec.HostNetwork {
			t.Errorf("%s: securityContext %+v", name, s)
		}
		for _, c := range spec.Containers {
			if diff := cmp.Diff(c.Resources.Requests, c.Resources.Limits); diff != "" || c.Resources.Limits["cpu"] == "" || c.Resources.Limits["memory"] == "" {
				t.Errorf("%s: requests and limits of %s (-requests +limits):\n%s", name, c.Name, diff)
			}
			if s := c.Security; s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation || !s.ReadOnlyRootFilesystem || !slices.Equal(s.Capabilities.Drop, []string{"ALL"}) {
				t.Errorf("%s: securityContext of %s: %+v", name, c.Name, s)
			}
		}
	}
	if pods != 2 {
		t.Errorf("%d objects with pods, want the server and the coordinator", pods)
	}
}

// The service leads to the pods of the server.
func TestServiceFindsServer(t *testing.T) {
	all := objects(t)
	service, deployment := all["server.yaml Service"], all["server.yaml Deployment"]
	for key, value := range service.Spec.Selector.(map[string]any) {
		if deployment.Spec.Template.Metadata.Labels[key] != fmt.Sprint(value) {
			t.Errorf("no pod has %s=%v", key, value)
		}
	}
	if len(service.Spec.Ports) != 1 || service.Spec.Ports[0]["targetPort"] != "http" {
		t.Errorf("ports %v", service.Spec.Ports)
	}
}

// The image of workers comes from nothing and belongs to nobody; both images hold the
// program where the engine looks for it.
func TestContainerfile(t *testing.T) {
	data, err := os.ReadFile("Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	stages := regexp.MustCompile(`(?m)^FROM `).Split(string(data), -1)[1:]
	if len(stages) != 2 || !strings.HasPrefix(stages[1], "scratch AS worker\n") || strings.Contains(stages[1], "\nRUN ") {
		t.Fatalf("stages %q", stages)
	}
	for _, s := range stages {
		if !strings.Contains(s, "\nCOPY bin/assay bin/server /\n") || !strings.Contains(s, "\nUSER 65532:65532\n") {
			t.Errorf("stage %q", s)
		}
	}
}
