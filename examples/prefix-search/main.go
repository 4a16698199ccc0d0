// Command prefix-search answers GET /search?q=PREFIX with the first ten words that
// begin so, as JSON. It is an example of a project whose pull requests are gated.
package main

import (
	"encoding/json"
	"flag"
	"log"
	"net/http"
	"net/http/pprof"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "`address` to listen on")
	profile := flag.Bool("pprof", false, "serve profiles, from which a performance check says why it is slower")
	flag.Parse()
	mux := handler(NewIndex(Words()))
	if *profile {
		mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	}
	log.Fatal(http.ListenAndServe(*addr, mux))
}

func handler(x *Index) *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /search", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(x.Find(r.URL.Query().Get("q"), 10)); err != nil {
			log.Print(err)
		}
	})
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, r *http.Request) {})
	return mux
}
