package main

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
	oci "github.com/opencontainers/image-spec/specs-go/v1"
)

// binaryFor returns the smallest ELF file for a machine, with an interpreter or without.
func binaryFor(t *testing.T, machine elf.Machine, interpreter bool) []byte {
	t.Helper()
	h := elf.Header64{
		Ident: [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:  uint16(elf.ET_EXEC), Machine: uint16(machine), Version: uint32(elf.EV_CURRENT),
		Ehsize: 64, Phentsize: 56, Shentsize: 64,
	}
	var b bytes.Buffer
	parts := []any{&h}
	if interpreter {
		h.Phoff, h.Phnum = 64, 1
		parts = append(parts, &elf.Prog64{Type: uint32(elf.PT_INTERP), Off: 64})
	}
	for _, p := range parts {
		if err := binary.Write(&b, binary.LittleEndian, p); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// unpack reads an archive.
func unpack(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for r := tar.NewReader(bytes.NewReader(data)); ; {
		h, err := r.Next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if all[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		if h.Uid != 0 || h.ModTime.Unix() != 0 || h.Mode != 0o755 {
			t.Errorf("%s has owner %d, time %v, mode %o", h.Name, h.Uid, h.ModTime, h.Mode)
		}
	}
}

// An image leads from its index to the bytes of its programs, by digests that are right.
func TestPack(t *testing.T) {
	a, b := binaryFor(t, elf.EM_AARCH64, false), append(binaryFor(t, elf.EM_AARCH64, false), "more"...)
	files := []file{{"assay", a}, {"orders", b}}
	data, err := pack("registry.example:5000/x/orders:v1", nil, files)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := pack("registry.example:5000/x/orders:v1", nil, files)
	if !bytes.Equal(data, again) {
		t.Error("the same programs give other bytes")
	}
	all := unpack(t, data)
	blob := func(d oci.Descriptor, into any) []byte {
		t.Helper()
		data := all["blobs/sha256/"+d.Digest.Encoded()]
		if digest.FromBytes(data) != d.Digest || int64(len(data)) != d.Size {
			t.Fatalf("%+v does not describe its blob", d)
		}
		if into != nil {
			if err := json.Unmarshal(data, into); err != nil {
				t.Fatal(err)
			}
		}
		return data
	}
	var layout oci.ImageLayout
	var index oci.Index
	var manifest oci.Manifest
	var config oci.Image
	if json.Unmarshal(all["oci-layout"], &layout) != nil || layout.Version != "1.0.0" || json.Unmarshal(all["index.json"], &index) != nil || len(index.Manifests) != 1 {
		t.Fatalf("%s, %s", all["oci-layout"], all["index.json"])
	}
	m := index.Manifests[0]
	if m.Annotations["io.containerd.image.name"] != "registry.example:5000/x/orders:v1" || m.Annotations[oci.AnnotationRefName] != "v1" || m.Platform.Architecture != "arm64" {
		t.Errorf("the index describes %+v", m)
	}
	blob(m, &manifest)
	blob(manifest.Config, &config)
	layer := blob(manifest.Layers[0], nil)
	if config.Architecture != "arm64" || config.OS != "linux" || config.Config.User != "65532:65532" || config.Config.Cmd[0] != "/assay" || config.RootFS.DiffIDs[0] != digest.FromBytes(layer) {
		t.Errorf("config %+v", config)
	}
	if in := unpack(t, layer); !bytes.Equal(in["assay"], a) || !bytes.Equal(in["orders"], b) || len(in) != 2 {
		t.Errorf("the layer has %d files", len(in))
	}
}

// Programs that would not run in the image are refused, all at once.
func TestBadPrograms(t *testing.T) {
	amd, arm := binaryFor(t, elf.EM_X86_64, false), binaryFor(t, elf.EM_AARCH64, false)
	for _, c := range []struct {
		files []file
		want  string
	}{
		{[]file{{"a", []byte("#!/bin/sh\n")}}, "a is no program for Linux"},
		{[]file{{"a", binaryFor(t, elf.EM_X86_64, true)}}, "a needs libraries, and the image has none: build it with CGO_ENABLED=0"},
		{[]file{{"a", amd}, {"b", arm}}, "b is for arm64, the programs before it for amd64"},
		{[]file{{"a", binaryFor(t, elf.EM_68K, false)}}, "a is for EM_68K"},
		{[]file{{"a", amd}, {"a", amd}}, "each once"},
		{[]file{{"../a", amd}}, `"../a": want a name`},
	} {
		if _, err := pack("x:1", nil, c.files); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

func TestRun(t *testing.T) {
	dir := t.TempDir()
	path, out := filepath.Join(dir, "p"), filepath.Join(dir, "o.tar")
	if err := os.WriteFile(path, binaryFor(t, elf.EM_X86_64, false), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"-name", "localhost/x:1", "-o", out, "assay=" + path}, 0, ""},
		{[]string{"-name", "localhost:5000/x", "-o", out, path}, 2, "want -name NAME:TAG"},
		{[]string{"-name", "x:1", path}, 2, "want -name NAME:TAG, -o FILE"},
		{[]string{"-name", "x:1", "-o", out}, 2, "and programs"},
		{[]string{"-name", "x:1", "-o", out, path + "-absent"}, 1, "no such file"},
		{[]string{"-nonsense"}, 2, "Packs programs into an image"},
	} {
		var errs strings.Builder
		if code := run(t.Context(), c.args, nil, io.Discard, &errs); code != c.code || !strings.Contains(errs.String(), c.want) {
			t.Errorf("%v: status %d, %q", c.args, code, errs.String())
		}
	}
	data, err := os.ReadFile(out)
	if err != nil || len(unpack(t, data)) != 5 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
}
