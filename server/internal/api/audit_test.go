package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/assay-bench/assay/server/internal/audit"
	"github.com/assay-bench/assay/server/internal/patient"
	"github.com/assay-bench/assay/server/internal/store"
)

// audited is a subject with an audit log; read closes the log and returns its lines.
func audited(t *testing.T, s settings) (subject *subject, read func() []map[string]string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	log, err := audit.Open(path, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	subject = start(t, s)
	subject.api.audit = log
	return subject, func() (lines []map[string]string) {
		subject.Close() // an access is written down after its answer
		if err := log.Close(); err != nil {
			t.Error(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "P000") {
			t.Errorf("the log tells an id:\n%s", text)
		}
		for decoder := json.NewDecoder(bytes.NewReader(text)); decoder.More(); {
			var line map[string]string
			if err := decoder.Decode(&line); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, line)
		}
		return lines
	}
}

func TestEveryAccessIsWrittenDown(t *testing.T) {
	st := &scripted{query: func(_ context.Context, id patient.ID) error {
		switch id {
		case "P00013":
			panic("the store broke")
		case "P00015":
			return context.DeadlineExceeded
		case "P00016":
			return store.ErrUnknownPatient
		}
		return nil
	}}
	everyPattern(t, func(t *testing.T, name string) {
		s, read := audited(t, settings{pattern: name, store: st})
		steps := []struct {
			path, outcome string
			lines         int
		}{
			{"/api/v1/patients?id=P00001", "ok", 1},
			{"/fhir/Patient/P00001", "ok", 1},
			{"/api/v1/patients?id=P00002&id=P00003", "ok", 2},
			{"/api/v1/patients?id=P00004&id=oops", "invalid", 1},
			{"/api/v1/patients?id=P00013", "error", 1},
			{"/api/v1/patients?id=P00015", "timeout", 1},
			{"/fhir/Patient/P00016", "not_found", 1},
			{"/health", "", 0},
			{"/metrics", "", 0},
			{"/fhir/Observation/1", "", 0},
		}
		for i, step := range steps {
			s.get(t, step.path, "X-User-ID", fmt.Sprint("user-", i))
		}
		lines := read()
		patients := map[string]bool{}
		for i, step := range steps {
			n := 0
			for _, line := range lines {
				if line["user"] != fmt.Sprint("user-", i) {
					continue
				}
				n++
				patients[line["patient"]] = true
				if line["outcome"] != step.outcome || line["time"] == "" || (line["patient"] == "") != (step.outcome == "invalid") {
					t.Errorf("%s: %v", step.path, line)
				}
			}
			if n != step.lines {
				t.Errorf("%s: %d lines, want %d", step.path, n, step.lines)
			}
		}
		if len(patients) != 7 { // six known by hash, and the one of the invalid request
			t.Errorf("%d different patients in %v", len(patients), lines)
		}
	})
}

// Objects that are reused do not mix up who asked for whom.
func TestAuditUnderConcurrency(t *testing.T) {
	s, read := audited(t, settings{pattern: "optimized"})
	const clients, each = 16, 30
	var running sync.WaitGroup
	for client := range clients {
		running.Go(func() {
			for i := range each {
				user := []string{"X-User-ID", fmt.Sprint("user-", client)}
				if i%3 == 0 {
					user = nil
				}
				s.get(t, "/api/v1/patients?id="+string(patient.Numbered(client)), user...)
			}
		})
	}
	running.Wait()
	byUser := map[string]map[string]int{}
	for _, line := range read() {
		if byUser[line["user"]] == nil {
			byUser[line["user"]] = map[string]int{}
		}
		byUser[line["user"]][line["patient"]]++
	}
	for user, patients := range byUser {
		want := map[bool]int{true: clients, false: 1}[user == ""]
		if len(patients) != want {
			t.Errorf("user %q with %d patients, want %d", user, len(patients), want)
		}
		for _, n := range patients {
			if n != map[bool]int{true: each / 3, false: each - each/3}[user == ""] {
				t.Errorf("user %q: %v", user, patients)
			}
		}
	}
	if len(byUser) != clients+1 {
		t.Errorf("%d users, want %d", len(byUser), clients+1)
	}
}

// A log that cannot be written costs no answer, and the metrics tell.
func TestAuditFailureLosesNoAnswer(t *testing.T) {
	log, err := audit.Open(filepath.Join(t.TempDir(), "audit.jsonl"), nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, settings{pattern: "optimized"})
	s.api.audit = log
	if err := log.Close(); err != nil { // from now on every write fails
		t.Fatal(err)
	}
	for range 10 {
		if r := s.get(t, "/api/v1/patients?id=P00001"); r.status != 200 || !r.answer.Success {
			t.Errorf("%d %s", r.status, r.body)
		}
	}
	eventually(t, func() bool { return s.api.state().AuditLost == 10 })
	if body := string(s.get(t, "/metrics?format=prometheus").body); !strings.Contains(body, "\nassay_audit_lost_total 10\n") {
		t.Error("the metrics do not tell of 10 lost lines")
	}
}
