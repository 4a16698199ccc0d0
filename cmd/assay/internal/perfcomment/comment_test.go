package perfcomment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	checked = "0123456789abcdef0123456789abcdef01234567"
	mark    = "<!-- mark -->"
)

// hub is GitHub's side: what it has, and what was written to it.
type hub struct {
	pulls    string // a list in JSON
	comments string
	written  []string
}

// serve answers as GitHub does, as far as the comment needs it.
func (h *hub) serve(t *testing.T) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer secret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		switch {
		case r.Method != http.MethodGet:
			var body map[string]string
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
				t.Error(err)
			}
			h.written = append(h.written, r.Method+" "+r.URL.Path+" "+body["body"])
			w.WriteHeader(http.StatusCreated)
		case strings.HasSuffix(r.URL.Path, "/pulls"):
			io.WriteString(w, h.pulls)
		case strings.HasSuffix(r.URL.Path, "/comments"):
			io.WriteString(w, h.comments)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestComment(t *testing.T) {
	pull := func(n int, sha string) string { return fmt.Sprintf(`{"number": %d, "head": {"sha": %q}}`, n, sha) }
	said := func(id int, kind, body string) string {
		return fmt.Sprintf(`{"id": %d, "user": {"type": %q}, "body": %q}`, id, kind, body)
	}
	text := mark + "\nslower\n"
	for _, c := range []struct {
		name            string
		pulls, comments string
		want            []string
	}{
		{"the first", "[" + pull(7, checked) + "]", "[]", []string{"POST /repos/o/r/issues/7/comments " + text}},
		{"the next", "[" + pull(7, checked) + "]", "[" + said(1, "User", mark+"\nmine") + "," + said(2, "Bot", "other") + "," + said(3, "Bot", mark+"\nold") + "]",
			[]string{"PATCH /repos/o/r/issues/comments/3 " + text}},
		{"the same again", "[" + pull(7, checked) + "]", "[" + said(3, "Bot", text) + "]", nil},
		{"of another commit", "[" + pull(7, strings.Repeat("a", 40)) + "]", "[]", nil},
		{"of two", "[" + pull(7, checked) + "," + pull(8, checked) + "]", "[]",
			[]string{"POST /repos/o/r/issues/7/comments " + text, "POST /repos/o/r/issues/8/comments " + text}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := &hub{pulls: c.pulls, comments: c.comments}
			env := map[string]string{"HEAD_SHA": checked, "GITHUB_API_URL": h.serve(t), "GITHUB_REPOSITORY": "o/r", "GITHUB_TOKEN": "secret", "RUN_URL": "https://h/run", "GITHUB_SERVER_URL": "https://hub"}
			err := run(t.Context(), io.Discard, "dir", func(name string) string { return env[name] },
				func(_ context.Context, verdict string, flags ...string) (string, error) {
					want := "--link=https://h/run --found= --source=https://hub/o/r/blob/" + checked
					if got := strings.Join(flags, " "); verdict != filepath.Join("dir", "verdict.json") || got != want {
						t.Errorf("asked for %q with %s, want %s", verdict, got, want)
					}
					return text, nil
				})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, h.written); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// What cannot be right is refused before anything is written.
func TestRefused(t *testing.T) {
	for _, c := range []struct{ name, key, value, want string }{
		{"no commit", "HEAD_SHA", "main", `HEAD_SHA is "main"`},
		{"a path for a repository", "GITHUB_REPOSITORY", "o/r/../x", "expected OWNER/NAME"},
		{"plain http", "GITHUB_API_URL", "http://example.com", "expected an https address"},
		{"no token", "GITHUB_TOKEN", "", "GITHUB_TOKEN is not set"},
		{"a wrong token", "GITHUB_TOKEN", "other", "GitHub answers 401"},
	} {
		h := &hub{pulls: "[]", comments: "[]"}
		env := map[string]string{"HEAD_SHA": checked, "GITHUB_API_URL": h.serve(t), "GITHUB_REPOSITORY": "o/r", "GITHUB_TOKEN": "secret"}
		env[c.key] = c.value
		err := run(t.Context(), io.Discard, "dir", func(name string) string { return env[name] },
			func(context.Context, string, ...string) (string, error) { return mark + "\nx\n", nil })
		if err == nil || !strings.Contains(err.Error(), c.want) || len(h.written) > 0 {
			t.Errorf("%s: error %v, wrote %v; want %q", c.name, err, h.written, c.want)
		}
	}
	broken := errors.New("no verdict")
	env := map[string]string{"HEAD_SHA": checked, "GITHUB_API_URL": "https://api", "GITHUB_REPOSITORY": "o/r", "GITHUB_TOKEN": "secret"}
	err := run(t.Context(), io.Discard, "dir", func(name string) string { return env[name] },
		func(context.Context, string, ...string) (string, error) { return "", broken })
	if !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
}

func TestLastFound(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a/20261101T030000Z-x.json": `{"controls": [{"kind": "positive", "fired": true}]}`,
		"a/20261115T030000Z-x.json": `{"controls": [{"kind": "A/A", "fired": true}, {"kind": "positive", "fired": true}]}`,
		"a/20261120T030000Z-x.json": `{"controls": [{"kind": "positive", "fired": false}]}`,
		"b/20261125T030000Z-x.json": `no JSON`,
		"reference":                 `{"controls": [{"kind": "positive", "fired": true}]}`,
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for history, want := range map[string]string{dir: "2026-11-15", "": "", filepath.Join(dir, "none"): "", filepath.Join(dir, "b"): ""} {
		if got := lastFound(history); got != want {
			t.Errorf("%s: %q, want %q", history, got, want)
		}
	}
}
