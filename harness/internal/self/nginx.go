package self

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/template"
	"time"

	"github.com/assay-bench/assay/harness/internal/process"
)

// nginx is a server that nobody here wrote: one worker, on the server's CPU.
type nginx struct {
	*process.Process
	https       bool // what url is
	plain, safe string
	dir         string
	asked       uint64 // how often Count asked, which nginx counts too
}

// nginxFiles is how many files a worker of nginx may open: connections, and a few.
const nginxFiles = 12_000

// nginxConfig is for tools that keep their connections. The cipher is fixed, since
// the tools prefer different ones. All files are in the folder that nginx is
// started in.
var nginxConfig = template.Must(template.New("nginx.conf").Parse(`daemon off;
worker_processes 1;
worker_rlimit_nofile {{.Files}};
pid nginx.pid;
error_log stderr warn;
events { worker_connections {{.Files}}; }
http {
	access_log off;
	default_type application/json;
	keepalive_requests 1000000000;
	keepalive_timeout 1h;
	client_header_timeout 1h;
	client_body_temp_path body;
	proxy_temp_path proxy;
	fastcgi_temp_path fastcgi;
	uwsgi_temp_path uwsgi;
	scgi_temp_path scgi;
	server {
		listen 127.0.0.1:{{.Plain}} backlog=4096;
		listen 127.0.0.1:{{.Safe}} ssl backlog=4096;
		ssl_certificate certificate.pem;
		ssl_certificate_key key.pem;
		ssl_protocols TLSv1.3;
		ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;
		location /api/ { return 200 '{{.Body}}'; }
		location = {{.Requests}} { stub_status; }
	}
}
`))

// nginxRequests is the path at which nginx tells how many requests it had.
const nginxRequests = "/requests"

// nginx starts nginx, and notes its version.
func (b *Bench) nginx(ctx context.Context, f *Figures) (_ *nginx, err error) {
	dir, err := os.MkdirTemp("", "assay-nginx-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for nginx: %w", err)
	}
	defer func() {
		if err != nil {
			os.RemoveAll(dir)
		}
	}()
	// One process serves both schemes, so that the rows for HTTP and for HTTPS differ
	// in nothing else.
	plain, err := process.FreePort()
	if err != nil {
		return nil, err
	}
	safe, err := process.FreePort()
	if err != nil {
		return nil, err
	}
	if err := writeCertificate(filepath.Join(dir, "certificate.pem"), filepath.Join(dir, "key.pem")); err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if err := nginxConfig.Execute(&text, map[string]any{
		"Files": nginxFiles, "Plain": plain, "Safe": safe, "Requests": nginxRequests, "Body": `{"success":true,"patient":{"id":"P12345","first_name":"Ada","last_name":"Lovelace","blood_type":"O+"}}`,
	}); err != nil {
		return nil, fmt.Errorf("configure nginx: %w", err)
	}
	config := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(config, text.Bytes(), 0o600); err != nil {
		return nil, fmt.Errorf("configure nginx: %w", err)
	}
	n := &nginx{plain: fmt.Sprintf("http://127.0.0.1:%d", plain), safe: fmt.Sprintf("https://127.0.0.1:%d", safe), dir: dir}
	n.Process, err = process.Start(ctx, process.Spec{
		Name: "nginx", Command: []string{b.Nginx, "-p", dir, "-c", config}, CPUs: b.Servers.Server,
		Ready: n.plain + "/api/ready", ReadyTimeout: 10 * time.Second, StopSignal: "TERM", StopTimeout: 5 * time.Second,
	})
	if err != nil {
		return nil, err
	}
	if f.Nginx == "" {
		f.Nginx, err = n.version(ctx)
	}
	return n, err
}

// url is the address that tools load.
func (n *nginx) url() string {
	if n.https {
		return n.safe
	}
	return n.plain
}

// CPU is the seconds that the worker and its master have used; negative: unknown.
func (n *nginx) CPU() float64 {
	if u, ok := n.Use(); ok {
		return u.CPU
	}
	return -1
}

// Count is how many requests nginx had, without those that asked for it.
func (n *nginx) Count(ctx context.Context) (uint64, error) {
	n.asked++
	text, _, err := n.ask(ctx)
	if err != nil {
		return 0, err
	}
	all, err := nginxCount(text)
	return all - n.asked, err
}

// nginxCount reads the page of nginx's stub_status.
func nginxCount(text string) (uint64, error) {
	_, after, ok := strings.Cut(text, "server accepts handled requests\n")
	if numbers := strings.Fields(after); ok && len(numbers) > 2 {
		if n, err := strconv.ParseUint(numbers[2], 10, 64); err == nil {
			return n, nil
		}
	}
	return 0, fmt.Errorf("ask nginx for its count: it says %q", text)
}

// version is what nginx calls itself, as nginx/1.22.1.
func (n *nginx) version(ctx context.Context) (string, error) {
	n.asked++
	_, header, err := n.ask(ctx)
	return header.Get("Server"), err
}

// ask gets the page of nginxRequests.
func (n *nginx) ask(ctx context.Context) (string, http.Header, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, n.plain+nginxRequests, nil)
	if err != nil {
		return "", nil, fmt.Errorf("ask nginx: %w", err)
	}
	// A connection of its own: one that is kept open would be closed by nginx at a
	// moment that nobody chose.
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", nil, fmt.Errorf("ask nginx: %w", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", nil, fmt.Errorf("ask nginx: %w", err)
	}
	return string(text), resp.Header, nil
}

// Stop ends nginx and removes its folder.
func (n *nginx) Stop() {
	n.Process.Stop()
	os.RemoveAll(n.dir)
}
