package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/assay-bench/assay/server/internal/patient"
	"github.com/assay-bench/assay/server/internal/pattern"
	"github.com/assay-bench/assay/server/internal/testenv"
)

// checkFHIR looks at what every answer under /fhir/ has.
func checkFHIR(t *testing.T, what string, r reply, status int) {
	t.Helper()
	if r.status != status || r.header.Get("Content-Type") != contentFHIR {
		t.Errorf("%s: %d %s %s, want %d", what, r.status, r.header.Get("Content-Type"), r.body, status)
	}
	if timing := r.header.Get("Server-Timing"); !serverTiming.MatchString(timing) {
		t.Errorf("%s: Server-Timing %q", what, timing)
	}
}

func TestFHIRPatient(t *testing.T) {
	everyPattern(t, func(t *testing.T, name string) {
		s := start(t, settings{pattern: name})
		for n := range 20 {
			id := patient.Numbered(n * 4999)
			var record patient.Record
			patient.Generate(id, &record)
			r := s.get(t, "/fhir/Patient/"+string(id), "X-Request-ID", "tag")
			checkFHIR(t, string(id), r, http.StatusOK)
			var got map[string]any
			if err := json.Unmarshal(r.body, &got); err != nil {
				t.Fatal(err)
			}
			want := map[string]any{
				"resourceType": "Patient", "id": string(id), "gender": record.Gender, "birthDate": record.DateOfBirth,
				"name": []any{map[string]any{"use": "official", "family": record.LastName, "given": []any{record.FirstName}}},
				"identifier": []any{map[string]any{
					"use": "usual", "system": recordNumbers, "value": record.MedicalRecordNumber,
					"type": map[string]any{"coding": []any{map[string]any{
						"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR", "display": "Medical record number",
					}}},
				}},
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %s, want %v", id, r.body, want)
			}
			if _, err := time.Parse(time.DateOnly, record.DateOfBirth); err != nil {
				t.Error(err) // FHIR's own form of a date
			}
			if tag := r.header.Get("X-Request-ID"); tag != "tag" {
				t.Errorf("%s: X-Request-ID %q", id, tag)
			}
		}
	})
}

func TestFHIRErrors(t *testing.T) {
	everyPattern(t, func(t *testing.T, name string) {
		st := &scripted{query: func(_ context.Context, id patient.ID) error {
			switch id {
			case "P00013":
				panic("the store broke")
			case "P00014":
				return errors.New("the store failed")
			case "P00015":
				return context.DeadlineExceeded
			}
			return nil
		}}
		s, unscripted := start(t, settings{pattern: name, store: st}), start(t, settings{pattern: name})
		for _, test := range []struct {
			subject      *subject
			method, path string
			status       int
			code         string
		}{
			{unscripted, "GET", "/fhir/Patient/P123456", 404, "not-found"},
			{s, "GET", "/fhir/Patient/X", 400, "invalid"},
			{s, "GET", "/fhir/Patient/P0001%2F2", 400, "invalid"},
			{s, "GET", "/fhir/Patient/P00013", 500, "exception"},
			{s, "GET", "/fhir/Patient/P00014", 500, "exception"},
			{s, "GET", "/fhir/Patient/P00015", 504, "timeout"},
			{s, "GET", "/fhir/Patient/", 404, "not-found"},
			{s, "GET", "/fhir/Observation/1", 404, "not-found"},
			{s, "PUT", "/fhir/Patient/P00001", 405, "not-supported"},
			{s, "HEAD", "/fhir/Patient/P00001", 200, ""},
			{s, "HEAD", "/fhir/Patient/X", 400, ""},
		} {
			what := test.method + " " + test.path
			r := test.subject.do(t, test.method, test.path)
			checkFHIR(t, what, r, test.status)
			if test.code != "" {
				checkOutcome(t, what, r, test.code)
			}
			if allow := r.header.Get("Allow"); (test.status == 405) != (allow == "GET, HEAD") {
				t.Errorf("%s: Allow %q", what, allow)
			}
		}
	})
}

func checkOutcome(t *testing.T, what string, r reply, code string) {
	t.Helper()
	var got operationOutcome
	if err := json.Unmarshal(r.body, &got); err != nil || got.ResourceType != "OperationOutcome" || len(got.Issue) != 1 {
		t.Errorf("%s: %v in %s", what, err, r.body)
		return
	}
	if issue := got.Issue[0]; issue.Code != code || issue.Severity != "error" || issue.Diagnostics == "" {
		t.Errorf("%s: %+v, want code %s", what, issue, code)
	}
}

// A resource goes through the same admission as the other route for patients.
func TestFHIRIsAdmittedLikeTheOthers(t *testing.T) {
	g := newGate()
	s := start(t, settings{pattern: "adaptive", store: g, config: pattern.Config{Workers: 2, QueueSize: 1}})
	wait := fill(t, s, 2)
	r := s.get(t, "/fhir/Patient/P00001")
	checkFHIR(t, "while full", r, http.StatusServiceUnavailable)
	checkOutcome(t, "while full", r, "throttled")
	if r.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	close(g.open)
	wait()
	limited := start(t, settings{pattern: "ratelimit", config: pattern.Config{RateLimit: 0.01, RateBurst: 1}})
	limited.get(t, "/api/v1/patients?id=P00001")
	r = limited.get(t, "/fhir/Patient/P00001")
	checkFHIR(t, "above the rate", r, http.StatusTooManyRequests)
	checkOutcome(t, "above the rate", r, "throttled")
}

// An independent validator accepts what the server answers, and does not accept
// everything.
func TestFHIRValidator(t *testing.T) {
	validate := validator(t)
	s := start(t, settings{pattern: "optimized"})
	var resources []json.RawMessage
	for n := range 50 { // all genders and, with them, most names
		resources = append(resources, s.get(t, fmt.Sprintf("/fhir/Patient/P%05d", n)).body)
	}
	for _, status := range []int{400, 404, 405, 429, 499, 500, 503, 504} {
		outcome, err := json.Marshal(outcomeOf(status, "message"))
		if err != nil {
			t.Fatal(err)
		}
		resources = append(resources, outcome)
	}
	if report, err := validate(resources); err != nil || report != "" {
		t.Errorf("%v\n%s", err, report)
	}
	wrong := strings.Replace(string(resources[0]), `"gender":"`, `"gender":"x`, 1)
	if report, err := validate([]json.RawMessage{json.RawMessage(wrong)}); err == nil || !strings.Contains(report, "Patient.gender") {
		t.Errorf("a wrong gender was accepted: %v %s", err, report)
	}
}

// validator installs the validator, at the versions of its lock file, in a
// directory of the test's. The returned function gives its report.
func validator(t *testing.T) func([]json.RawMessage) (string, error) {
	t.Helper()
	if testing.Short() {
		t.Skip("it downloads the validator: make test-all does")
	}
	node := testenv.Command(t, "node", "Debian's package nodejs")
	npm := testenv.Command(t, "npm", "Debian's package npm")
	directory := t.TempDir()
	if err := os.CopyFS(directory, os.DirFS(filepath.Join("testdata", "fhir"))); err != nil {
		t.Fatal(err)
	}
	install := exec.Command(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
	install.Dir = directory
	if output, err := install.CombinedOutput(); err != nil {
		testenv.Missing(t, fmt.Sprintf("the FHIR validator cannot be installed: npm ci: %v\n%s", err, output))
	}
	return func(resources []json.RawMessage) (string, error) {
		input, err := json.Marshal(resources)
		if err != nil {
			return "", err
		}
		// Node 20 can wait for its own threads for ever when it ends (nodejs/node#54918).
		command := exec.Command(node, "--single-threaded", "validate.js")
		command.Dir, command.Stdin = directory, bytes.NewReader(input)
		report, err := command.CombinedOutput()
		return string(report), err
	}
}
