package main

import (
	"net/http"
	"strings"
	"testing"
)

// A full disk costs no answer; that lines are missing is said at once and in the end.
func TestAuditLogOnAFullDisk(t *testing.T) {
	addr, _, stop := started(t, "-audit-log=/dev/full")
	for range 5 {
		if status, body := fetch(t, "http://"+addr+"/api/v1/patients?id=P00042"); status != http.StatusOK {
			t.Errorf("%d %s", status, body)
		}
	}
	status, log := stop()
	if status != 0 || strings.Count(log, "the audit log cannot be written") != 1 || !strings.Contains(log, "5 lines of the audit log") {
		t.Errorf("status %d, log:\n%s", status, log)
	}
}
