// Command image packs programs into a container image without a daemon and without a base
// image: a tar archive in the layout of the Open Container Initiative, which `ctr images
// import`, `podman load`, `docker load` and `skopeo copy oci-archive:...` take. The same
// programs give the same bytes.
//
//	go run ./deploy/kubernetes/image -name registry.example/orders:1 -o orders.tar bin/assay bin/orders
//
// Every program lies in the root of the image under its own name, or as NAME=FILE says,
// and PATH finds it there. The programs must need no libraries, because there are none:
// build them with CGO_ENABLED=0.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/assay-bench/assay/internal/program"
)

func main() { program.Main(run) }

// run makes the image and returns the exit status.
func run(_ context.Context, args []string, _ io.Reader, _, stderr io.Writer) int {
	f := flag.NewFlagSet("image", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() {
		fmt.Fprintln(stderr, "Packs programs into an image: image -name NAME -o FILE.tar PROGRAM|NAME=PROGRAM...")
		f.PrintDefaults()
	}
	name := f.String("name", "", "`NAME` of the image with its tag, like registry.example/orders:1")
	out := f.String("o", "", "`FILE` to write")
	first := f.String("run", "", "`COMMAND` that a container runs unless it is told another; its words between blanks")
	if err := f.Parse(args); err != nil {
		return 2
	}
	if _, tag, ok := cutTag(*name); !ok || tag == "" || *out == "" || f.NArg() == 0 {
		fmt.Fprintln(stderr, "image: want -name NAME:TAG, -o FILE, and programs: image -name localhost/orders:1 -o orders.tar bin/assay bin/orders")
		return 2
	}
	if err := write(*name, *out, strings.Fields(*first), f.Args()); err != nil {
		fmt.Fprintln(stderr, "image:", err)
		return 1
	}
	return 0
}

// cutTag divides the name of an image from its tag. A registry may have a port.
func cutTag(name string) (repository, tag string, ok bool) {
	i := strings.LastIndexByte(name, ':')
	if i <= 0 || strings.ContainsRune(name[i:], '/') {
		return name, "", false
	}
	return name[:i], name[i+1:], true
}

// write packs programs, each FILE or NAME=FILE.
func write(name, out string, command, programs []string) error {
	var files []file
	for _, p := range programs {
		as, path, named := strings.Cut(p, "=")
		if !named {
			as, path = filepath.Base(p), p
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files = append(files, file{as, data})
	}
	data, err := pack(name, command, files)
	if err != nil {
		return err
	}
	return os.WriteFile(out, data, 0o644)
}
