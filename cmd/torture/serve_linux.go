package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

// serveCommand makes this program a server under test:
//
//	torture serve ADDRESS FOLDER [crash|hang]
//
// Its process id is added to the file pids in the folder, and the file loaded is made
// when it has got its first requests. With crash it exits in the midst of a load, with
// hang it stops answering.
const serveCommand = "serve"

// loadedAfter is how many requests show that the load has begun.
const loadedAfter = 20

// serve runs the server and returns its exit status.
func serve(args []string) int {
	if len(args) < 2 {
		return 2
	}
	addr, dir := args[0], args[1]
	fault := strings.Join(args[2:], "")
	pids, err := os.OpenFile(filepath.Join(dir, "pids"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Fprintln(pids, os.Getpid())
	pids.Close()
	var requests atomic.Int64
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1) == loadedAfter {
			if f, err := os.Create(filepath.Join(dir, "loaded")); err == nil {
				f.Close()
			}
			switch fault {
			case "crash":
				os.Exit(3)
			case "hang":
				requests.Store(loadedAfter + 1)
			}
		}
		if fault == "hang" && requests.Load() > loadedAfter {
			<-r.Context().Done()
		}
	})
	s := &http.Server{Addr: addr, Handler: h, ReadHeaderTimeout: time.Minute}
	fmt.Fprintln(os.Stderr, s.ListenAndServe())
	return 1
}
