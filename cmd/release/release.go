package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
)

// platform is an operating system and a processor, as Go names them.
type platform struct{ os, arch string }

// String is the platform as names of archives have it: "linux_amd64".
func (p platform) String() string { return p.os + "_" + p.arch }

// here is the platform that the release is made on.
var here = platform{runtime.GOOS, runtime.GOARCH}

// program is the name of the program on a platform.
func (p platform) program() string {
	if p.os == "windows" {
		return "assay.exe"
	}
	return "assay"
}

// platforms are those that a release is built for. On Linux everything works; on the
// others the CPUs are not chosen and the pacing is that of ordinary timers.
var platforms = []platform{
	{"linux", "amd64"}, {"linux", "arm64"},
	{"darwin", "amd64"}, {"darwin", "arm64"},
	{"windows", "amd64"}, {"windows", "arm64"},
}

// release is what is built, from which source, and where to. Everything that could differ
// between two builds of one commit is a field here, and none is read from the clock, the
// machine or the user.
type release struct {
	version string    // like v0.2.0
	commit  string    // full name
	at      time.Time // of the commit: the time of all files in the archives
	source  string    // root of the source tree
	out     string    // folder that is made

	platforms []platform
	env       []string // more environment for the go command; nil outside of tests
	log       io.Writer

	sums []string // lines of SHA256SUMS
}

// versionForm is a version as tags have it. It goes to the linker, so it must hold no
// blank.
var versionForm = regexp.MustCompile(`^v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$`)

// make builds the release. On an error the folder is left as far as it got.
func (r *release) make(ctx context.Context) error {
	if !versionForm.MatchString(r.version) {
		return fmt.Errorf("version %q: want one like v0.2.0 or v0.2.0-rc.1", r.version)
	}
	changes, err := os.ReadFile(filepath.Join(r.source, "CHANGELOG.md"))
	if err != nil {
		return err
	}
	// A release candidate belongs to the section of its release.
	number, _, _ := strings.Cut(strings.TrimPrefix(r.version, "v"), "-")
	if heading := "\n## " + number + " "; !strings.Contains(string(changes), heading) {
		return fmt.Errorf("CHANGELOG.md has no section %q", strings.TrimSpace(heading))
	}
	if err := os.MkdirAll(filepath.Dir(r.out), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(r.out, 0o755); err != nil {
		return fmt.Errorf("make the folder of the release: %w", err)
	}
	work, err := os.MkdirTemp("", "assay-release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	common, err := r.common(ctx, work)
	if err != nil {
		return err
	}
	for _, p := range r.platforms {
		if err := r.build(ctx, work, p, common); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
	}
	if err := r.bundle(); err != nil {
		return err
	}
	slices.Sort(r.sums)
	return os.WriteFile(filepath.Join(r.out, "SHA256SUMS"), []byte(strings.Join(r.sums, "")), 0o644)
}

// build makes the archive of one platform. The list of its modules is also put beside the
// archive, where programs that check lists look for it.
func (r *release) build(ctx context.Context, work string, p platform, common []file) error {
	binary := filepath.Join(work, p.String(), p.program())
	if p != here { // for this machine it is there already
		if err := r.compile(ctx, p, binary); err != nil {
			return err
		}
	}
	data, err := os.ReadFile(binary)
	if err != nil {
		return err
	}
	bom, err := r.bom(binary, sha256.Sum256(data))
	if err != nil {
		return err
	}
	licences, err := r.licences(ctx, p)
	if err != nil {
		return err
	}
	base := fmt.Sprintf("assay_%s_%s", r.version, p)
	files := append(slices.Clone(common), file{p.program(), data, 0o755}, file{"sbom.cdx.json", bom, 0o644}, file{"THIRD-PARTY.txt", licences, 0o644})
	if p.os == "linux" {
		files = append(files, file{"Containerfile", []byte(containerfile), 0o644})
	}
	if err := r.add(base+".cdx.json", bom); err != nil {
		return err
	}
	return r.archive(base, p.os == "windows", files)
}

// bundle makes the archive of the published bundle and of the report that was made from
// it.
func (r *release) bundle() error {
	var files []file
	for _, from := range []string{"BENCHMARKS.md", "results/report", "results/runs/published", "results/plots"} {
		more, err := read(r.source, from)
		if err != nil {
			return err
		}
		files = append(files, more...)
	}
	return r.archive("assay-published-run_"+r.version, false, files)
}

// archive writes files into an archive, in their order by name and in a folder that is
// named like the archive. Windows opens zip files without another program. The time of
// all files is that of the commit, and their owner is nobody in particular, so that the
// archive has the same bytes anywhere.
func (r *release) archive(base string, asZip bool, files []file) error {
	slices.SortFunc(files, func(a, b file) int { return cmp.Compare(a.name, b.name) })
	for i := range files {
		files[i].name = base + "/" + files[i].name
	}
	write, name := tarGz, base+".tar.gz"
	if asZip {
		write, name = zipped, base+".zip"
	}
	data, err := write(files, r.at)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return r.add(name, data)
}

// add writes one file of the release and notes its sum. The sums are written last, when
// all files are there.
func (r *release) add(name string, data []byte) error {
	r.sums = append(r.sums, fmt.Sprintf("%x  %s\n", sha256.Sum256(data), name))
	fmt.Fprintf(r.log, "%s: %.1f MB\n", name, float64(len(data))/1e6)
	return os.WriteFile(filepath.Join(r.out, name), data, 0o644)
}

// containerfile makes an image that holds the program and nothing else. It suits
// scenarios whose servers run elsewhere, and every command that reads bundles.
const containerfile = `# In the folder of the unpacked archive: podman build -t assay .
# Then: podman run --rm --network host -v "$PWD:/work" assay run scenario.yaml
FROM scratch
COPY assay /assay
COPY LICENSE THIRD-PARTY.txt /
# There is no /tmp in the image, and no home.
ENV TMPDIR=/work HOME=/work
WORKDIR /work
ENTRYPOINT ["/assay"]
`
