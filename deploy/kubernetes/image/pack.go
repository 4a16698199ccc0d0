package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"github.com/opencontainers/go-digest"
	specs "github.com/opencontainers/image-spec/specs-go"
	oci "github.com/opencontainers/image-spec/specs-go/v1"
)

// file is one program of the image.
type file struct {
	name string
	data []byte
}

var fileName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

// user runs the programs unless the pod says otherwise: nobody else has its number, and it
// is not root.
const user = "65532:65532"

// architectures are Go's names of processors, which images use too.
var architectures = map[elf.Machine]string{
	elf.EM_X86_64: "amd64", elf.EM_AARCH64: "arm64", elf.EM_RISCV: "riscv64", elf.EM_S390: "s390x", elf.EM_PPC64: "ppc64le",
}

// pack returns the archive of an image that holds programs and nothing else. A container
// runs command, or the first program.
func pack(name string, command []string, files []file) ([]byte, error) {
	architecture, err := inspect(files)
	if err != nil {
		return nil, err
	}
	layer, err := archive(files)
	if err != nil {
		return nil, err
	}
	if len(command) == 0 {
		command = []string{"/" + files[0].name}
	}
	platform := oci.Platform{Architecture: architecture, OS: "linux"}
	config, err := json.Marshal(oci.Image{
		Platform: platform,
		Config:   oci.ImageConfig{User: user, Env: []string{"PATH=/"}, Cmd: command, WorkingDir: "/"},
		RootFS:   oci.RootFS{Type: "layers", DiffIDs: []digest.Digest{sum(layer)}},
	})
	if err != nil {
		return nil, err
	}
	manifest, err := json.Marshal(oci.Manifest{
		Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: oci.MediaTypeImageManifest,
		Config: describe(oci.MediaTypeImageConfig, config),
		Layers: []oci.Descriptor{describe(oci.MediaTypeImageLayer, layer)},
	})
	if err != nil {
		return nil, err
	}
	_, tag, _ := cutTag(name)
	entry := describe(oci.MediaTypeImageManifest, manifest)
	entry.Platform = &platform
	// containerd reads the whole name from an annotation of its own.
	entry.Annotations = map[string]string{oci.AnnotationRefName: tag, "io.containerd.image.name": name}
	index, err := json.Marshal(oci.Index{
		Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: oci.MediaTypeImageIndex, Manifests: []oci.Descriptor{entry},
	})
	if err != nil {
		return nil, err
	}
	layout, err := json.Marshal(oci.ImageLayout{Version: oci.ImageLayoutVersion})
	if err != nil {
		return nil, err
	}
	all := []file{{oci.ImageLayoutFile, layout}, {oci.ImageIndexFile, index}}
	for _, blob := range [][]byte{layer, config, manifest} {
		all = append(all, file{"blobs/sha256/" + sum(blob).Encoded(), blob})
	}
	return archive(all)
}

// sum is the digest of a blob.
//
// Note: digest.FromBytes panics in a program that does not import the hash otherwise.
func sum(blob []byte) digest.Digest {
	s := sha256.Sum256(blob)
	return digest.NewDigestFromBytes(digest.SHA256, s[:])
}

// describe is how an index or a manifest refers to a blob.
func describe(kind string, blob []byte) oci.Descriptor {
	return oci.Descriptor{MediaType: kind, Digest: sum(blob), Size: int64(len(blob))}
}

// inspect finds out whether the programs will run in an image without anything else, and
// returns the architecture that they are built for.
func inspect(files []file) (architecture string, err error) {
	var problems []error
	seen := map[string]bool{}
	for _, f := range files {
		if !fileName.MatchString(f.name) || seen[f.name] {
			problems = append(problems, fmt.Errorf("%q: want a name of letters, digits and . _ -, each once: NAME=FILE gives another", f.name))
		}
		seen[f.name] = true
		e, err := elf.NewFile(bytes.NewReader(f.data))
		if err != nil {
			problems = append(problems, fmt.Errorf("%s is no program for Linux: %w", f.name, err))
			continue
		}
		for _, p := range e.Progs {
			if p.Type == elf.PT_INTERP {
				problems = append(problems, fmt.Errorf("%s needs libraries, and the image has none: build it with CGO_ENABLED=0", f.name))
			}
		}
		switch a := architectures[e.Machine]; {
		case a == "":
			problems = append(problems, fmt.Errorf("%s is for %s; images are made for amd64, arm64, ppc64le, riscv64 and s390x", f.name, e.Machine))
		case architecture != "" && a != architecture:
			problems = append(problems, fmt.Errorf("%s is for %s, the programs before it for %s", f.name, a, architecture))
		default:
			architecture = a
		}
	}
	return architecture, errors.Join(problems...)
}

// archive packs files without owners and times.
func archive(files []file) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Mode: 0o755, Size: int64(len(f.data)), Format: tar.FormatUSTAR}); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
