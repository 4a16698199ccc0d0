package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/assay-bench/assay/server/internal/patient"
	"github.com/assay-bench/assay/server/internal/pattern"
	"github.com/assay-bench/assay/server/internal/reuse"
	"github.com/assay-bench/assay/server/internal/store"
)

// Thousands of requests at once for different patients, singly and in batches,
// failing and succeeding: every field of every answer is that request's own.
// Under the race detector this also shows that no object is shared.
func TestNoAnswerHoldsAnotherRequestsData(t *testing.T) {
	const clients, each = 64, 40
	everyPattern(t, func(t *testing.T, name string) {
		a := newAPI(t, settings{
			pattern: name,
			store:   store.NewSim(store.SimConfig{Seed: 3, ErrorRate: 0.2}),
			config:  pattern.Config{Workers: 64},
		})
		var running sync.WaitGroup
		for client := range clients {
			running.Go(func() {
				for i := range each {
					checkOwn(t, a, client*each+i)
				}
			})
		}
		running.Wait()
	})
}

// checkOwn sends the n-th request, whose ids, tag and kind follow from n, and
// compares the whole answer with what it must be.
func checkOwn(t *testing.T, a *API, n int) {
	ids := []patient.ID{patient.Numbered(n % patient.Count)}
	for len(ids) < n%4 { // some are batches of two or three
		ids = append(ids, patient.Numbered((n*7919+len(ids))%patient.Count))
	}
	path := "/api/v1/patients?id=" + string(ids[0])
	for _, id := range ids[1:] {
		path += "&id=" + string(id)
	}
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	var tag string
	if n%3 > 0 {
		tag = fmt.Sprint("tag-", n)
		request.Header.Set("X-Request-ID", tag)
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, request)
	var got answer
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Errorf("request %d: %v in %q", n, err, w.Body)
		return
	}
	want := answer{RequestID: tag, Timestamp: got.Timestamp}
	switch {
	case w.Code == http.StatusInternalServerError:
		want.Error = "database query failed"
	case len(ids) > 1:
		want.Success, want.Patients = true, make([]patient.Record, len(ids))
		for i, id := range ids {
			patient.Generate(id, &want.Patients[i])
		}
	default:
		want.Success, want.Patient = true, new(patient.Record)
		patient.Generate(ids[0], want.Patient)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("request %d: got %+v, want %+v", n, got, want)
	}
}

// A wiped exchange holds nothing of its request, to the end of its storage.
func TestWipeLeavesNothing(t *testing.T) {
	a := newAPI(t, settings{pattern: "optimized"})
	e := a.newExchange()
	fresh := a.newExchange()
	e.view, e.requestID, e.user, e.key, e.batch = &patientsView, "tag", "user", store.Numbered("a", 1), true
	var err error
	if e.ids, err = appendIDs(e.ids, "id=P00001&id=P00002"); err != nil {
		t.Fatal(err)
	}
	e.ctx.Start(t.Context(), time.Now().Add(time.Minute))
	if err := e.query(); err != nil {
		t.Fatal(err)
	}
	encodePatients(e)
	e.fail(500, 3, "message")
	e.ctx.Reset()
	e.wipe()

	ids, records := e.ids[:cap(e.ids)], e.records[:cap(e.records)]
	for _, id := range ids {
		if id != "" {
			t.Errorf("id %s is still there", id)
		}
	}
	for _, r := range records {
		for _, list := range [][]string{r.DiagnosisCodes, r.Medications, r.Allergies} {
			for _, text := range list[:cap(list)] {
				if text != "" {
					t.Errorf("%q is still there", text)
				}
			}
		}
		r.DiagnosisCodes, r.Medications, r.Allergies = nil, nil, nil
		if !reflect.DeepEqual(r, patient.Record{}) {
			t.Errorf("record %+v is still there", r)
		}
	}
	if len(e.ids)+len(e.records)+e.body.Len() != 0 {
		t.Error("lists or body are not empty")
	}
	// All that remains is storage and what a fresh exchange has too.
	e.ids, e.records, e.body, e.encoder, e.Work = fresh.ids, fresh.records, fresh.body, fresh.encoder, fresh.Work
	if !reflect.DeepEqual(e, fresh) {
		t.Errorf("wiped: %+v\nfresh: %+v", e, fresh)
	}
}

// The pool's own counts agree with a count kept beside it, by identity: an
// exchange seen before is a hit.
func TestHitRateAgreesWithAnIndependentCount(t *testing.T) {
	a := newAPI(t, settings{pattern: "optimized"})
	var made, gets atomic.Uint64
	a.exchanges = reuse.NewPool(true, func() *exchange { made.Add(1); return a.newExchange() }, (*exchange).wipe)
	var running sync.WaitGroup
	for client := range 8 {
		running.Go(func() {
			for i := range 500 {
				checkOwn(t, a, client*500+i)
				gets.Add(1)
			}
		})
	}
	running.Wait()
	want := reuse.Counts{Gets: gets.Load(), Misses: made.Load(), Hits: gets.Load() - made.Load()}
	if got := a.exchanges.Counts(); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
	if live := a.state(); live.ReuseHits != want.Hits || live.ReuseMisses != want.Misses || live.ReuseGets != want.Gets {
		t.Errorf("metrics say %+v, want %+v", live, want)
	}
}
