package command

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/assay-bench/assay/harness/internal/host"
)

// private adds paths that want a login with the key in the variable EXPECTED. Whoever
// has logged in gets /private; the server prints what it was sent, in every form that
// servers print such things, and /crash ends it after that.
func private(mux *http.ServeMux) {
	token := rand.Text()
	print := func(what, value string) {
		asJSON, _ := json.Marshal(value)
		fmt.Println("testserver:", what, value, string(asJSON), url.QueryEscape(value), url.PathEscape(value),
			base64.StdEncoding.EncodeToString([]byte(value)), base64.URLEncoding.EncodeToString([]byte("user:"+value)), hex.EncodeToString([]byte(value)))
	}
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("X-Key")
		if key != os.Getenv("EXPECTED") {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprintln(w, "no such key:", key)
			return
		}
		fmt.Fprintf(w, `{"token": %q}`, token)
	})
	var once sync.Once
	mux.HandleFunc("/private", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if r.URL.Query().Has("crash") {
			once.Do(func() {
				print("key", os.Getenv("EXPECTED"))
				print("token", token)
				_ = os.WriteFile(os.Getenv("TOKEN_FILE"), []byte(token), 0o600)
				os.Exit(3)
			})
		}
	})
}

// Neither a secret nor what setup extracted is anywhere in a bundle, nor in what is
// printed, although the server prints both when it dies and the bundle keeps the end of
// its output.
func TestNoSecretIsWritten(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the test server is found by a symbolic link")
	}
	const key = `k/e+y "of" <é> & 100%`
	dir := t.TempDir()
	tokenFile, bundle := filepath.Join(dir, "token"), filepath.Join(dir, "bundle")
	file := filepath.Join(dir, "s.yaml")
	text := fmt.Sprintf(`version: 1
name: s
secrets: [API_TOKEN]
server:
  command: [testserver, "${port}", secret]
  env: {EXPECTED: "${secret.API_TOKEN}", TOKEN_FILE: "%s"}
  ready: {path: /health, timeout: 2m}
setup: [{name: login, method: POST, path: /login, headers: {X-Key: "${secret.API_TOKEN}"}, extract: {token: {json: "$.token"}}}]
variants: [{name: a}]
load: {closed: {clients: 1, requests: 5}}
targets: [{path: "/private?crash=1", headers: {Authorization: "Bearer ${token}", X-Key: "${secret.API_TOKEN}"}, body: "${secret.API_TOKEN}"}]
warmup: 0s
blocks: 1
`, tokenFile)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(os.Args[0], filepath.Join(dir, "testserver")); err != nil {
		t.Fatal(err)
	}
	var out, errOut strings.Builder
	run := exec.Command(os.Args[0])
	run.Args = []string{"harness", "run", "--quick", "--no-progress", "--out", bundle, file}
	run.Env = append(os.Environ(), "API_TOKEN="+key, "TMPDIR="+dir, host.LockVariable+"="+filepath.Join(dir, "lock"),
		"PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	run.Stdout, run.Stderr = &out, &errOut
	if err := run.Run(); err != nil {
		t.Fatalf("%v\n%s", err, errOut.String())
	}
	token, err := os.ReadFile(tokenFile)
	if err != nil {
		t.Fatal(err)
	}
	written := map[string]string{"stdout": out.String(), "stderr": errOut.String()}
	err = filepath.WalkDir(bundle, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		written[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if trials := written[filepath.Join(bundle, "trials.jsonl")]; !strings.Contains(trials, "[blanked: API_TOKEN]") || !strings.Contains(trials, "[blanked: token]") {
		t.Errorf("the bundle does not hold the server's last output:\n%s", trials)
	}
	for _, value := range []string{key, string(token)} {
		asJSON, _ := json.Marshal(value)
		twice, _ := json.Marshal(string(asJSON))
		for form, code := range map[string]string{
			"as it is": value, "JSON": strings.Trim(string(asJSON), `"`), "JSON in JSON": strings.Trim(string(twice), `"\`),
			"query": url.QueryEscape(value), "path": url.PathEscape(value), "hex": hex.EncodeToString([]byte(value)),
			"base64": base64.RawStdEncoding.EncodeToString([]byte(value)), "base64 for URLs": base64.RawURLEncoding.EncodeToString([]byte(value)),
		} {
			for where, text := range written {
				if strings.Contains(text, code) {
					t.Errorf("%s holds %q in the form %q:\n%.2000s", where, value, form, text)
				}
			}
		}
	}
}
