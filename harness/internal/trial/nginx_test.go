package trial

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/assay-bench/assay/harness/internal/handshake/certificate"
)

// nginxConf is filled in by the command that starts nginx: a scenario knows the port
// only when a trial begins.
const nginxConf = `daemon off; worker_processes 1; pid nginx.pid; error_log stderr;
events { worker_connections 256; }
http {
  access_log off; client_body_temp_path body; proxy_temp_path proxy;
  fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  server {
    listen 127.0.0.1:PORT ssl http2; ssl_certificate cert.pem; ssl_certificate_key key.pem;
    location / { return 200 "hello"; }
  }
}
`

// A server that nobody here wrote is loaded over TLS: in lanes, with a connection for
// every request, and by net/http with HTTP/2.
func TestNginxOverTLS(t *testing.T) {
	if _, err := exec.LookPath("nginx"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("nginx is missing; scripts/test-tools.sh installs it")
		}
		t.Skip("SKIPPED: needs nginx; scripts/test-tools.sh installs it")
	}
	dir := t.TempDir()
	if err := (certificate.SelfSigned{}).Write(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "nginx.conf.in"), []byte(nginxConf), 0o600); err != nil {
		t.Fatal(err)
	}
	const scenario = `version: 1
name: nginx
server:
  command: [sh, -c, "sed s/PORT/${port}/ nginx.conf.in >nginx.conf && exec nginx -p . -c nginx.conf -e stderr"]
  dir: %[1]s
  tls: {ca: %[1]s/cert.pem}
  ready: {timeout: 1m}
variants: [{name: a}]
load: {closed: {clients: %[3]d, requests: 40}, %[2]s}
targets: [{path: /}]
warmup: 0s
`
	for load, want := range map[string]struct {
		clients           int
		handshakes, parts uint64
	}{
		"transport: fast":               {2, 2, 0},
		"transport: fast, reuse: false": {2, 40, 40},
		// HTTP/2 has one connection, whose opening is in the time of the request that asked
		// for it. With two clients net/http could give it to the other one, which began to
		// wait when it was dialled already.
		"transport: std": {1, 1, 1},
	} {
		if runtime.GOOS != "linux" && load != "transport: std" {
			continue
		}
		s := run(t, fmt.Sprintf(scenario, dir, load, want.clients)).Trial.Streams[0]
		if s.Outcomes.OK != 40 || s.Handshakes < want.handshakes || s.Handshakes > 2*want.handshakes {
			t.Errorf("%s: outcomes %+v, errors %v, %d handshakes, want about %d", load, s.Outcomes, s.Errors, s.Handshakes, want.handshakes)
		}
		if n := s.Parts["handshake.ok"].Count; n < want.parts || n != s.Parts["dial.ok"].Count {
			t.Errorf("%s: %d requests with a handshake, %d with a dial, want %d", load, n, s.Parts["dial.ok"].Count, want.parts)
		}
	}
}
