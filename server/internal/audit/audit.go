// Package audit writes down who asked for which patient, and what came of it.
//
// The log is a file of JSON lines, one for each access to one patient; a request
// for several makes several, and one that named no valid patient makes one
// without. It never holds a patient's data: the patient is told by a keyed hash,
// because a plain one of an id this short is undone by trying all.
//
// It is not for debugging, which the server's own log is for, and it never stands
// in the way of an answer: what cannot be written is counted and reported.
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

// longestUser bounds what a client can make the log grow by, in bytes.
const longestUser = 128

// Log is an open audit log. Its methods may be called from many goroutines.
type Log struct {
	report *slog.Logger

	mu    sync.Mutex
	file  io.WriteCloser
	mac   hash.Hash
	lines []byte
	torn  bool   // the file ends in the middle of a line
	stuck uint64 // lines lost since the last that was written
	lost  uint64
}

// line is one line of the log.
type line struct {
	Time    time.Time `json:"time"`
	User    string    `json:"user"`              // X-User-ID, shortened; empty if it was not sent
	Patient string    `json:"patient,omitempty"` // HMAC-SHA-256 of the id, in hex
	Outcome string    `json:"outcome"`
}

// Open appends to the log in that file, which it makes if there is none. Lines
// of logs with the same key tell the same patient by the same hash. A nil key
// means a random one, which nobody knows and no other log has. The logger hears
// of failures.
func Open(path string, key []byte, report *slog.Logger) (*Log, error) {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return newLog(file, key, report), nil
}

func newLog(file io.WriteCloser, key []byte, report *slog.Logger) *Log {
	if key == nil {
		key = []byte(rand.Text() + rand.Text())
	}
	return &Log{report: report, file: file, mac: hmac.New(sha256.New, key)}
}

// ReadKey reads a key from a file: all its bytes but surrounding white space.
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
	// One write, so that other processes' lines cannot come in between.
	n, err := l.file.Write(l.lines)
	l.judge(uint64(max(1, len(ids))), n, err)
}

func (l *Log) add(entry line) {
	text, err := json.Marshal(entry)
	if err != nil {
		panic(fmt.Sprintf("encode audit line: %v", err)) // texts and a time always encode
	}
	l.lines = append(append(l.lines, text...), '\n')
}

func (l *Log) hash(id patient.ID) string {
	l.mac.Reset()
	l.mac.Write([]byte(id))
	return hex.EncodeToString(l.mac.Sum(nil))
}

// judge reports when writing begins to fail and when it works again, not every
// line in between: a full disk must not fill the other log too.
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

// Lost is how many lines could not be written since the log was opened. Of
// lines that were written together, all count if one is missing.
func (l *Log) Lost() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost
}

// Close closes the file. Its error tells how many lines are missing.
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

// shorten cuts a user's name to what the log takes.
func shorten(user string) string {
	if len(user) > longestUser {
		user = user[:longestUser]
	}
	return strings.ToValidUTF8(user, "\uFFFD")
}
