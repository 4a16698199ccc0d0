package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/assay-bench/assay/server/internal/patient"
)

var at = time.Date(2026, 2, 3, 4, 5, 6, 7000, time.FixedZone("", 3600))

// decode reads lines strictly: nothing but what a line may have.
func decode(t *testing.T, text string) (lines []line) {
	t.Helper()
	for _, each := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		var got line
		decoder := json.NewDecoder(strings.NewReader(each))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&got); err != nil {
			t.Errorf("%v in line %q", err, each)
		}
		lines = append(lines, got)
	}
	return lines
}

func TestLinesTellWhoAskedForWhom(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	key := []byte(strings.Repeat("k", MinKey))
	for range 2 { // opening again appends
		l, err := Open(path, key, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		l.Record(at, "dr-a", []patient.ID{"P00042"}, "ok")
		l.Record(at, "dr\nb\xff", []patient.ID{"P00042", "P00007"}, "timeout")
		l.Record(at, strings.Repeat("u", 10_000), nil, "invalid")
		if err := l.Close(); err != nil || l.Lost() != 0 {
			t.Errorf("%v, %d lost", err, l.Lost())
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "P000") {
		t.Errorf("the log tells an id:\n%s", text)
	}
	lines := decode(t, string(text))
	if len(lines) != 8 {
		t.Fatalf("%d lines, want 8:\n%s", len(lines), text)
	}
	first, second := lines[0].Patient, lines[2].Patient
	if len(first) != 64 || len(second) != 64 || first == second {
		t.Errorf("hashes %q and %q", first, second)
	}
	for i, want := range []line{
		{at.UTC(), "dr-a", first, "ok"},
		{at.UTC(), "dr\nb\uFFFD", first, "timeout"},
		{at.UTC(), "dr\nb\uFFFD", second, "timeout"},
		{at.UTC(), strings.Repeat("u", longestUser), "", "invalid"},
	} {
		for _, got := range []line{lines[i], lines[i+4]} {
			if got != want {
				t.Errorf("line %d: %+v, want %+v", i, got, want)
			}
		}
	}
}

// memory is a file that fails on demand after taking some bytes.
type memory struct {
	bytes.Buffer
	fails error
	takes int
}

func (m *memory) Write(p []byte) (int, error) {
	if m.fails != nil {
		n, _ := m.Buffer.Write(p[:min(m.takes, len(p))])
		return n, m.fails
	}
	return m.Buffer.Write(p)
}

func (m *memory) Close() error { return nil }

func TestHashesOfOtherKeysDiffer(t *testing.T) {
	hashes := map[string]bool{}
	for _, key := range [][]byte{[]byte("a"), []byte("b"), nil, nil} {
		var file memory
		l := newLog(&file, key, slog.New(slog.DiscardHandler))
		l.Record(at, "", []patient.ID{"P00001"}, "ok")
		hashes[decode(t, file.String())[0].Patient] = true
	}
	if len(hashes) != 4 {
		t.Errorf("%d different hashes of 4 keys", len(hashes))
	}
}

// A failure is reported once, what was lost is counted, and a line that was torn
// spoils no other.
func TestFailuresAreReported(t *testing.T) {
	var file memory
	var report bytes.Buffer
	l := newLog(&file, nil, slog.New(slog.NewTextHandler(&report, nil)))
	l.Record(at, "before", []patient.ID{"P00001"}, "ok")
	file.fails, file.takes = errors.New("disk full"), 5
	l.Record(at, "torn", []patient.ID{"P00001"}, "ok")
	file.takes = 0
	l.Record(at, "lost", []patient.ID{"P00001", "P00002"}, "ok")
	file.fails = nil
	l.Record(at, "after", []patient.ID{"P00001"}, "ok")
	if l.Lost() != 3 {
		t.Errorf("%d lost, want 3", l.Lost())
	}
	if text := report.String(); strings.Count(text, "\n") != 2 || !strings.Contains(text, "disk full") || !strings.Contains(text, "lost=3") {
		t.Errorf("report:\n%s", text)
	}
	if err := l.Close(); err == nil || !strings.Contains(err.Error(), "3 lines") {
		t.Errorf("close: %v", err)
	}
	var users []string
	for _, each := range strings.Split(strings.TrimSpace(file.String()), "\n") {
		var got line
		if json.Unmarshal([]byte(each), &got) == nil {
			users = append(users, got.User)
		}
	}
	if fmt.Sprint(users) != "[before after]" {
		t.Errorf("whole lines of %v, want before and after:\n%s", users, &file)
	}
}

func TestLinesOfManyStayWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	const logs, each = 4, 200 // as several processes with the same file
	var running sync.WaitGroup
	for i := range logs {
		l, err := Open(path, nil, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		running.Go(func() {
			var writers sync.WaitGroup
			for range 2 {
				writers.Go(func() {
					for range each {
						l.Record(at, fmt.Sprint("user-", i), []patient.ID{"P00001", "P00002"}, "ok")
					}
				})
			}
			writers.Wait()
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if lines := decode(t, string(text)); len(lines) != logs*2*each*2 {
		t.Errorf("%d lines, want %d", len(lines), logs*2*each*2)
	}
}

func TestReadKey(t *testing.T) {
	directory := t.TempDir()
	for _, test := range []struct {
		content string
		bytes   int // 0: refused
	}{{strings.Repeat("a", 32) + "\n", 32}, {strings.Repeat("a", 31) + "\n", 0}, {"", 0}} {
		path := filepath.Join(directory, "key")
		if err := os.WriteFile(path, []byte(test.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if key, err := ReadKey(path); len(key) != test.bytes || (err == nil) != (test.bytes > 0) {
			t.Errorf("%q: %q, %v", test.content, key, err)
		}
	}
	if _, err := ReadKey(filepath.Join(directory, "none")); err == nil {
		t.Error("a key without a file")
	}
}

func BenchmarkRecord(b *testing.B) {
	l, err := Open(filepath.Join(b.TempDir(), "audit.jsonl"), nil, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	ids := []patient.ID{"P00042"}
	b.ReportAllocs()
	for b.Loop() {
		l.Record(at, "user", ids, "ok")
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
}
