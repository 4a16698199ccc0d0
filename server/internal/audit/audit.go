// Package audit records who asked for which patient, and what the outcome was.
//
// The log is a file of JSON lines, one for each access to one patient. A request for
// several patients gives several lines, and a request without a valid id gives one
// line without a patient. The log never contains patient data: a keyed hash stands
// for the patient, because anybody could undo a plain hash of such a short id by
// trying all ids.
//
// The log is not for debugging; the server has another log for that. It never blocks
// an answer: lines that cannot be written are counted and reported.
package audit

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/assay-bench/assay/server/internal/patient"
)

// MinKey is the shortest key that ReadKey accepts, in bytes.
const MinKey = 32

// longestUser limits the length of the user's name in a line, in bytes, because the
// client chooses it.
const longestUser = 128

// Log is an open audit log. Its methods may be called from many goroutines.
type Log struct {
	report *slog.Logger

	mu    sync.Mutex
	file  io.WriteCloser
	mac   hash.Hash
	lines []byte
	torn  bool   // the file ends with an incomplete line
	stuck uint64 // lines lost since the last one that was written
	lost  uint64
}

// line is one line of the log.
type line struct {
	Time    time.Time `json:"time"`
	User    string    `json:"user"`              // X-User-ID, shortened; empty if it was not sent
	Patient string    `json:"patient,omitempty"` // HMAC-SHA-256 of the id, in hex
	Outcome string    `json:"outcome"`
}

// Open opens the log in a file for appending, and creates the file if necessary.
// Logs with the same key have the same hash for the same patient. A nil key means a
// random key, which no other log has and nobody knows. Failures are reported to the
// logger.
func Open(path string, key []byte, report *slog.Logger) (*Log, error) {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return newLog(file, key, report), nil
}

// newLog makes a log that owns file. Without a key it draws one, so that hashes of two
// processes cannot be compared.
func newLog(file io.WriteCloser, key []byte, report *slog.Logger) *Log {
	if key == nil {
		key = []byte(rand.Text() + rand.Text())
	}
	return &Log{report: report, file: file, mac: hmac.New(sha256.New, key)}
}

// ReadKey reads a key from a file: the whole content without surrounding white
// space.
func ReadKey(path string) ([]byte, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key := strings.TrimSpace(string(content))
	if len(key) < MinKey {
		return nil, fmt.Errorf("the key in %s has %d bytes, want at least %d", path, len(key), MinKey)
	}
	return []byte(key), nil
}

// Record writes one line for every patient that the user asked for.
func (l *Log) Record(at time.Time, user string, ids []patient.ID, outcome string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = l.lines[:0]
	if l.torn {
		l.lines = append(l.lines, '\n')
	}
	entry := line{Time: at.UTC(), User: shorten(user), Outcome: outcome}
	if len(ids) == 0 {
		l.add(entry)
	}
	for _, id := range ids {
		entry.Patient = l.hash(id)
		l.add(entry)
	}
	// The lines are written in one call, so that lines of other processes cannot
	// come between them.
	n, err := l.file.Write(l.lines)
	l.judge(uint64(max(1, len(ids))), n, err)
}

// add appends an entry to the lines that are to be written.
func (l *Log) add(entry line) {
	text, err := json.Marshal(entry)
	if err != nil {
		panic(fmt.Sprintf("encode audit line: %v", err)) // texts and a time can always be encoded
	}
	l.lines = append(append(l.lines, text...), '\n')
}

// hash is the keyed hash of an id: who has the log alone cannot tell the patient.
func (l *Log) hash(id patient.ID) string {
	l.mac.Reset()
	l.mac.Write([]byte(id))
	return hex.EncodeToString(l.mac.Sum(nil))
}

// judge reports when writing begins to fail and when it works again. It does not
// report every lost line: a full disk must not fill the other log too.
func (l *Log) judge(lines uint64, written int, err error) {
	if err != nil {
		if written > 0 {
			l.torn = l.lines[written-1] != '\n'
		}
		if l.stuck == 0 {
			l.report.Error("the audit log cannot be written", "error", err)
		}
		l.stuck += lines
		l.lost += lines
		return
	}
	l.torn = false
	if l.stuck > 0 {
		l.report.Warn("the audit log is written again", "lost", l.stuck)
		l.stuck = 0
	}
}

// Lost returns how many lines could not be written since the log was opened. If one
// of several lines that were written together is missing, all of them count.
func (l *Log) Lost() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost
}

// Close closes the file. Its error says how many lines are missing.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.file.Close(); err != nil {
		return fmt.Errorf("close audit log: %w", err)
	}
	if l.lost > 0 {
		return fmt.Errorf("%d lines of the audit log could not be written", l.lost)
	}
	return nil
}

// shorten cuts a user's name to the length that the log allows.
func shorten(user string) string {
	if len(user) > longestUser {
		user = user[:longestUser]
	}
	return strings.ToValidUTF8(user, "\uFFFD")
}
