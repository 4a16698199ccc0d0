package main

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// shelf is how many products the list shows.
const shelf = 20

// shop answers the requests.
type shop struct {
	*http.ServeMux
	db    *database
	key   string // of administrators
	pages *pages

	mu       sync.Mutex
	season   string            // what is on the shelf; empty: closed
	sessions map[string]string // users by token
	baskets  map[string][]int  // numbers of products by basket
}

// newShop makes a shop that an administrator has yet to open.
func newShop(db *database, kept int, key string) *shop {
	s := &shop{ServeMux: http.NewServeMux(), db: db, key: key, pages: newPages(kept), sessions: map[string]string{}, baskets: map[string][]int{}}
	s.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "ok") })
	s.HandleFunc("POST /admin/open", s.open)
	s.HandleFunc("POST /login", s.login)
	s.HandleFunc("GET /products", s.list)
	s.HandleFunc("GET /products/{id}", s.show)
	s.HandleFunc("POST /basket", s.known(s.fill))
	s.HandleFunc("POST /orders", s.known(s.order))
	s.HandleFunc("GET /orders/{id}", s.known(s.receipt))
	return s
}

// answer sends a value as JSON.
func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // nobody is left to be told
}

// refuse sends the reason why something cannot be done.
func refuse(w http.ResponseWriter, status int, why string) {
	answer(w, status, map[string]string{"error": why})
}

// open opens the shop for a season.
func (s *shop) open(w http.ResponseWriter, r *http.Request) {
	if s.key == "" || subtle.ConstantTimeCompare([]byte(r.Header.Get("X-Admin-Key")), []byte(s.key)) != 1 {
		refuse(w, http.StatusForbidden, "you are no administrator")
		return
	}
	s.mu.Lock()
	s.season = "winter"
	s.mu.Unlock()
	answer(w, http.StatusOK, map[string]string{"season": "winter"})
}

// login returns a token for a user, and a basket as a cookie.
func (s *shop) login(w http.ResponseWriter, r *http.Request) {
	var who struct{ User, Password string }
	if json.NewDecoder(r.Body).Decode(&who) != nil || who.Password == "" || s.db.accounts[who.User] != who.Password {
		refuse(w, http.StatusUnauthorized, "wrong name or password")
		return
	}
	token, basket := rand.Text(), rand.Text()
	s.mu.Lock()
	s.sessions[token] = who.User
	s.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: "basket", Value: basket, Path: "/", HttpOnly: true})
	answer(w, http.StatusOK, map[string]string{"token": token})
}

// known lets only requests with a token pass.
func (s *shop) known(next func(w http.ResponseWriter, r *http.Request, user string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		user := s.sessions[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
		s.mu.Unlock()
		if user == "" {
			refuse(w, http.StatusUnauthorized, "log in first")
			return
		}
		next(w, r, user)
	}
}

// list shows what is on the shelf.
func (s *shop) list(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	season := s.season
	s.mu.Unlock()
	if season == "" || r.FormValue("season") != season {
		refuse(w, http.StatusNotFound, "nothing of that season")
		return
	}
	all := make([]product, 0, shelf)
	for id := 1; id <= shelf; id++ {
		if p, ok := s.db.products[id]; ok {
			all = append(all, p)
		}
	}
	answer(w, http.StatusOK, all)
}

// show shows the page of a product, which is dear to make.
func (s *shop) show(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.Atoi(r.PathValue("id"))
	p, ok := s.db.products[id]
	if !ok {
		refuse(w, http.StatusNotFound, "no such product")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(s.pages.of(id, func() []byte { return page(p) }))
}

// work is how often a page is hashed, which stands for what a real shop would do: some
// tenths of a millisecond.
const work = 4000

// page makes the page of a product.
func page(p product) []byte {
	sum := sha256.Sum256([]byte(p.Name))
	for range work {
		sum = sha256.Sum256(sum[:])
	}
	text, _ := json.Marshal(map[string]any{"product": p, "fingerprint": hex.EncodeToString(sum[:])}) // texts and numbers can always be encoded
	return text
}

// fill puts a product into the basket of the cookie.
func (s *shop) fill(w http.ResponseWriter, r *http.Request, _ string) {
	var wanted struct{ Product int }
	basket, err := r.Cookie("basket")
	if err != nil || json.NewDecoder(r.Body).Decode(&wanted) != nil {
		refuse(w, http.StatusBadRequest, "want a basket and a product")
		return
	}
	if _, ok := s.db.products[wanted.Product]; !ok {
		refuse(w, http.StatusNotFound, "no such product")
		return
	}
	s.mu.Lock()
	all := append(s.baskets[basket.Value], wanted.Product)
	s.baskets[basket.Value] = all
	s.mu.Unlock()
	answer(w, http.StatusCreated, map[string]int{"products": len(all)})
}

// order orders what is in the basket, and empties it.
func (s *shop) order(w http.ResponseWriter, r *http.Request, user string) {
	basket, err := r.Cookie("basket")
	if err != nil {
		refuse(w, http.StatusBadRequest, "want a basket")
		return
	}
	s.mu.Lock()
	all := s.baskets[basket.Value]
	delete(s.baskets, basket.Value)
	s.mu.Unlock()
	if len(all) == 0 {
		refuse(w, http.StatusConflict, "the basket is empty")
		return
	}
	o := order{User: user, Products: all, State: "placed"}
	for _, id := range all {
		o.Total += s.db.products[id].Price
	}
	if o, err = s.db.place(o); err != nil {
		refuse(w, http.StatusInternalServerError, "the order was not written")
		return
	}
	answer(w, http.StatusCreated, map[string]int{"id": o.ID, "total": o.Total})
}

// receipt shows an order to whom it belongs.
func (s *shop) receipt(w http.ResponseWriter, r *http.Request, user string) {
	id, _ := strconv.Atoi(r.PathValue("id"))
	o, ok := s.db.find(id)
	if !ok || o.User != user {
		refuse(w, http.StatusNotFound, "no such order")
		return
	}
	answer(w, http.StatusOK, o)
}
