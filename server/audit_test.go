package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/server/internal/audit"
)

// With a key of one's own the log answers who asked for a patient.
func TestAuditLogOfTheProgram(t *testing.T) {
	directory := t.TempDir()
	path, keyFile := filepath.Join(directory, "audit.jsonl"), filepath.Join(directory, "key")
	key := strings.Repeat("k", audit.MinKey)
	if err := os.WriteFile(keyFile, []byte(key), 0o600); err != nil {
		t.Fatal(err)
	}
	addr, _, stop := started(t, "-pattern=optimized", "-audit-log="+path, "-audit-key="+keyFile)
	if status, body := fetch(t, "http://"+addr+"/api/v1/patients?id=P00042"); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
	if status, log := stop(); status != 0 || strings.Contains(log, "level=ERROR") {
		t.Errorf("status %d, log:\n%s", status, log)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var line map[string]string
	if err := json.Unmarshal(text, &line); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte("P00042"))
	if line["patient"] != hex.EncodeToString(mac.Sum(nil)) || line["outcome"] != "ok" {
		t.Errorf("line %v", line)
	}
}

func TestAuditLogThatCannotBeOpened(t *testing.T) {
	for _, test := range []struct {
		flags  []string
		status int
		reason string
	}{
		{[]string{"-audit-log=" + t.TempDir()}, 1, "open -audit-log"},
		{[]string{"-audit-log=x", "-audit-key=" + filepath.Join(t.TempDir(), "none")}, 2, "for flag -audit-key"},
	} {
		var stderr strings.Builder
		status := run(t.Context(), append([]string{"-addr=127.0.0.1:0"}, test.flags...), io.Discard, &stderr)
		if status != test.status || !strings.Contains(stderr.String(), test.reason) {
			t.Errorf("%v: status %d, %s", test.flags, status, &stderr)
		}
	}
}
