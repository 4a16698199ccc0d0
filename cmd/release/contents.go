package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/CycloneDX/cyclonedx-go"
)

// bom lists the modules of a binary, as recorded in it by the linker, in the form of
// CycloneDX. A replaced module is listed as what replaced it.
func (r *release) bom(binary string, sum [sha256.Size]byte) ([]byte, error) {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	b := cyclonedx.NewBOM()
	// The identity of the list follows from the binary, like everything else.
	b.SerialNumber = uuid(sum)
	b.Metadata = &cyclonedx.Metadata{
		Timestamp: r.at.Format(time.RFC3339),
		Component: &cyclonedx.Component{
			Type: cyclonedx.ComponentTypeApplication, Name: "assay", Version: r.version, BOMRef: "assay",
			PackageURL: packageURL(module, r.version),
			Hashes:     &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: fmt.Sprintf("%x", sum)}},
			Licenses:   &cyclonedx.Licenses{{License: &cyclonedx.License{ID: "MIT"}}},
			Properties: &[]cyclonedx.Property{{Name: "commit", Value: r.commit}},
		},
	}
	all := []cyclonedx.Component{library("std", strings.TrimPrefix(info.GoVersion, "go"), "")}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		all = append(all, library(m.Path, m.Version, m.Sum))
	}
	b.Components = &all
	var out bytes.Buffer
	err = cyclonedx.NewBOMEncoder(&out, cyclonedx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(b, cyclonedx.SpecVersion1_5)
	return out.Bytes(), err
}

// uuid is a UUID of version 8, whose bits are free, made from a hash.
func uuid(sum [sha256.Size]byte) string {
	u := sum[:16]
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// library is a module. sum is that of go.sum, which covers the files of the module.
func library(path, version, sum string) cyclonedx.Component {
	url := packageURL(path, version)
	c := cyclonedx.Component{Type: cyclonedx.ComponentTypeLibrary, Name: path, Version: version, BOMRef: url, PackageURL: url}
	if sum != "" {
		c.Properties = &[]cyclonedx.Property{{Name: "go.sum", Value: sum}}
	}
	return c
}

// packageURL names a module as package URLs do, in which a plus sign means a blank.
func packageURL(path, version string) string {
	return "pkg:golang/" + path + "@" + strings.ReplaceAll(version, "+", "%2B")
}

// licences collects the licence texts of everything that is linked into the program for
// a platform, which most of these licences ask for.
func (r *release) licences(ctx context.Context, p platform) ([]byte, error) {
	c := r.goCommand(ctx, p, "list", "-deps", "-f", "{{with .Module}}{{if .Version}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}", "./cmd/assay")
	out, err := c.Output()
	if err != nil {
		return nil, failed(c, err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n") // one for every package
	slices.Sort(lines)
	var sections []string
	for _, line := range slices.Compact(lines) {
		name, dir, _ := strings.Cut(line, "\t")
		text, err := licenceIn(dir)
		if err != nil {
			return nil, fmt.Errorf("licence of %s: %w", name, err)
		}
		sections = append(sections, "======== "+name+"\n\n"+text)
	}
	root, err := r.goCommand(ctx, p, "env", "GOROOT").Output()
	if err != nil {
		return nil, err
	}
	text, err := licenceIn(strings.TrimSpace(string(root)))
	if err != nil {
		return nil, fmt.Errorf("licence of Go: %w", err)
	}
	sections = append(sections, "======== Go\n\n"+text)
	return []byte("The program contains the following modules and the standard library of Go.\n\n" + strings.Join(sections, "\n")), nil
}

// licenceIn returns the licence and the notices in the top folder of a module. A module
// without any is an error: nothing says that it may be passed on.
func licenceIn(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	var texts []string
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		if !e.Type().IsRegular() || !slices.ContainsFunc([]string{"LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"}, func(p string) bool { return strings.HasPrefix(name, p) }) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return "", err
		}
		texts = append(texts, strings.TrimSpace(string(data)))
	}
	if len(texts) == 0 {
		return "", fmt.Errorf("there is none in %s", dir)
	}
	return strings.Join(texts, "\n\n") + "\n", nil
}
