package explore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/results"
)

// Serve serves the explorer of one bundle or two on a loopback address until the context
// ends, and calls ready with the address. The page is made anew when the run has
// finished further trials; nothing is ever written.
func Serve(ctx context.Context, dirs []string, ready func(url string)) error {
	s := &server{dirs: dirs}
	// A bundle that cannot be read is told before anything is served.
	if _, err := s.page(); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("serve explorer: %w", err)
	}
	h := &http.Server{Handler: s.handler(l.Addr().String()), ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- h.Serve(l) }()
	ready("http://" + l.Addr().String() + "/")
	select {
	case err := <-ended:
		return fmt.Errorf("serve explorer: %w", err)
	case <-ctx.Done():
	}
	// Nobody waits for an answer of a program that was interrupted.
	err = h.Close()
	if e := <-ended; !errors.Is(e, http.ErrServerClosed) {
		err = errors.Join(err, e)
	}
	return err
}

// server makes pages of bundles that may still grow.
type server struct {
	dirs []string

	mu    sync.Mutex
	state string // of the bundles' files when made was made
	made  []byte
}

// handler answers requests to the given address alone: a name that somebody made point
// to the loopback interface must not be able to read the page.
func (s *server) handler(address string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		data, err := s.page()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(data)
	})
	mux.HandleFunc("GET /progress", func(w http.ResponseWriter, _ *http.Request) {
		all := []progress{}
		for _, dir := range s.dirs {
			run, err := load.OpenRun(dir)
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			all = append(all, progressOf(run))
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(all)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != address {
			http.Error(w, "this page is only for "+address, http.StatusForbidden)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("X-Frame-Options", "DENY")
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		mux.ServeHTTP(w, r)
	})
}

// page makes the page, unless the bundles are as they were when it was made last.
func (s *server) page() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := ""
	for _, dir := range s.dirs {
		for _, name := range []string{results.ManifestFile, results.TrialsFile} {
			if info, err := os.Stat(filepath.Join(dir, name)); err == nil {
				state += fmt.Sprintf("%s %d %d;", name, info.Size(), info.ModTime().UnixNano())
			}
		}
	}
	if s.made != nil && state == s.state {
		return s.made, nil
	}
	var runs []*load.Run
	for _, dir := range s.dirs {
		run, err := load.OpenRun(dir)
		if err != nil {
			return nil, err
		}
		runs = append(runs, run)
	}
	data, _, err := Make(runs, Options{Live: true})
	if err != nil {
		return nil, err
	}
	s.state, s.made = state, data
	return data, nil
}
