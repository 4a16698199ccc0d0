package process

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Refusals in a row end the wait, and every other answer begins it anew.
func TestRefusalsInARow(t *testing.T) {
	r := refusal{patience: 2 * time.Second}
	no, busy, dead := &StatusError{404}, &StatusError{503}, errors.New("connection refused")
	begin := time.Unix(0, 0)
	for _, c := range []struct {
		at   time.Duration
		err  error
		want bool
	}{
		{0, dead, false},
		{1 * time.Second, no, false},
		{2 * time.Second, fmt.Errorf("get: %w", no), false},
		{2500 * time.Millisecond, busy, false},
		{4 * time.Second, no, false},
		{5 * time.Second, &StatusError{401}, false},
		{6 * time.Second, no, true},
	} {
		if got := r.lasts(c.err, begin.Add(c.at)); got != c.want {
			t.Errorf("%v at %v: %v, want %v", c.err, c.at, got, c.want)
		}
	}
}

// A server that has no such path is not waited for to the end.
func TestAWrongPathEndsTheWait(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	_, err := await(t.Context(), srv.URL+"/heath", nil, nil, 50*time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "it answers 404") || !strings.Contains(err.Error(), "ready.path") {
		t.Fatalf("error %v", err)
	}
}
