package command

import (
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/pprof"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/process"
	"github.com/assay-bench/assay/internal/program"
)

// The scripts in testdata/script run the program itself, and a server under
// test that misbehaves on request.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"harness":    func() { program.Main(Run) },
		"testserver": testserver,
		"tlsserver":  tlsserver,
		"shopserver": shopserver,
		"echo":       echo,
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			// Scripts run at once; each has a machine lock of its own.
			e.Setenv(host.LockVariable, filepath.Join(e.WorkDir, ".assay.lock"))
			e.Setenv("TMPDIR", e.WorkDir)
			for _, name := range []string{"PORT", "PORT2", "PORT3"} {
				port, err := process.FreePort()
				if err != nil {
					return err
				}
				e.Setenv(name, strconv.Itoa(port))
			}
			for _, v := range []string{"GOCACHE", "GOFLAGS", "GOMODCACHE", "GOPATH"} {
				e.Setenv(v, os.Getenv(v))
			}
			if os.Getenv("GOCACHE") == "" {
				dir, err := os.UserCacheDir()
				if err != nil {
					return err
				}
				e.Setenv("GOCACHE", filepath.Join(dir, "go-build"))
			}
			return nil
		},
		RequireExplicitExec: true,
	})
}

// testserver serves on a port, of loopback unless an address stands before it. With a
// second argument "dies" it ends after some requests, with "mark" it then makes the file
// that MARK names, with "unready" its /health says 503, with "secret" it wants a login, and
// with "tls" it speaks HTTPS;
// With "stamps" it knows how long every answer took, and with "profiles" it serves profiles; "certificate" writes what that one shows to cert.pem, and serves nothing.
func testserver() {
	port, mode := os.Args[1], "good"
	if len(os.Args) > 2 {
		mode = os.Args[2]
	}
	if mode == "certificate" {
		writeCertificate()
		return
	}
	fmt.Println("testserver: listening on", port, mode)
	var served atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("/health", func(w http.ResponseWriter, r *http.Request) {
		if mode == "unready" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	if mode == "secret" {
		private(mux)
	}
	if mode == "stamps" {
		stamps(mux)
	}
	if mode == "profiles" {
		mux.HandleFunc("/debug/pprof/", pprof.Index)
		mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if mode == "dies" && served.Add(1) == 20 {
			fmt.Println("testserver: out of memory")
			os.Exit(3)
		}
		if mode == "mark" && served.Add(1) == 20 {
			if err := os.WriteFile(os.Getenv("MARK"), nil, 0o600); err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
		}
		if d, err := strconv.Atoi(r.FormValue("ms")); err == nil {
			time.Sleep(time.Duration(d) * time.Millisecond)
		}
		fmt.Fprintln(w, "hello", r.FormValue("id"))
	})
	address := port
	if !strings.Contains(address, ":") {
		address = "127.0.0.1:" + port
	}
	l, err := net.Listen("tcp", address)
	if err == nil && mode == "tls" {
		s := httptest.NewUnstartedServer(mux)
		s.Listener.Close()
		s.Listener = l
		s.StartTLS()
		select {}
	}
	if err == nil {
		err = http.Serve(l, mux)
	}
	fmt.Println(err)
	os.Exit(1)
}

// writeCertificate writes the certificate that all servers of httptest share.
func writeCertificate() {
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	block := &pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}
	if err := os.WriteFile("cert.pem", pem.EncodeToMemory(block), 0o644); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
