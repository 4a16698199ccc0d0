package command

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
)

// shopserver serves a small shop on an address, and refuses whatever a scenario has not
// done right: POST /login wants the key in the variable EXPECTED and gives a token and a
// cookie, GET /orders wants the token, and POST /orders wants cookie, token and a body that
// names an item. With a second argument "tls" it speaks HTTPS.
func shopserver() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		user := r.URL.Query().Get("user")
		if r.Header.Get("X-Key") != os.Getenv("EXPECTED") || user == "" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "session", Value: user})
		fmt.Fprintf(w, `{"token": "token-of-%s"}`, user)
	})
	allowed := func(r *http.Request) bool {
		return r.Header.Get("Authorization") == "Bearer token-of-"+r.URL.Query().Get("user")
	}
	mux.HandleFunc("GET /orders", func(w http.ResponseWriter, r *http.Request) {
		if !allowed(r) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprintf(w, `{"id": %q}`, r.URL.Query().Get("id"))
	})
	mux.HandleFunc("POST /orders", func(w http.ResponseWriter, r *http.Request) {
		var order struct{ Item string }
		body, _ := io.ReadAll(r.Body)
		cookie, err := r.Cookie("session")
		if json.Unmarshal(body, &order) != nil || order.Item == "" || !allowed(r) || err != nil && r.URL.Query().Has("cookie") {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if err == nil && cookie.Value != r.URL.Query().Get("user") {
			w.WriteHeader(http.StatusConflict) // the flows of two users are mixed
			return
		}
		w.WriteHeader(http.StatusCreated)
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "go_goroutines 7\nshop_orders_total 3") })
	address := os.Args[1]
	if !strings.Contains(address, ":") {
		address = "127.0.0.1:" + address
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	if len(os.Args) > 2 && os.Args[2] == "tls" {
		s := httptest.NewUnstartedServer(mux)
		s.Listener.Close()
		s.Listener = l
		s.StartTLS()
		select {}
	}
	fmt.Println(http.Serve(l, mux))
	os.Exit(1)
}
