package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/assay-bench/assay/server/internal/deadline"
	"github.com/assay-bench/assay/server/internal/handicap"
	"github.com/assay-bench/assay/server/internal/patient"
	"github.com/assay-bench/assay/server/internal/pattern"
	"github.com/assay-bench/assay/server/internal/store"
	"github.com/assay-bench/assay/server/internal/telemetry"
)

// view is one representation of patients: how its requests are read and how its
// answers are written.
type view struct {
	// contentTypes is the only value of Content-Type, in the form of the header map.
	contentTypes []string
	// read sets e.ids and e.batch from the request. Its error is sent to the client.
	read func(r *http.Request, e *exchange) error
	// encode writes the answer to e.body: e.records if e.message is empty, else the
	// error that e.status and e.message describe.
	encode func(e *exchange)
}

// exchange is one request for patients and its answer. It holds everything that such
// a request needs in one object, so that a pattern that reuses objects reuses all of
// it.
//
// The handler owns the exchange, except while the pattern's Do runs, when the worker
// owns it.
type exchange struct {
	pattern.Job
	api  *API
	view *view
	ctx  deadline.Context

	requestID string
	user      string // the user who asks, for the audit log
	key       store.Key
	ids       []patient.ID
	batch     bool // the request has several ids
	records   []patient.Record

	status  int
	outcome telemetry.Outcome
	message string // describes an error to the client

	began   time.Time     // arrival
	started time.Time     // start of the work; zero if it never started
	inStore time.Duration // from the start of the work to the store's answer
	total   time.Duration // from arrival to the answer
	peak    bool          // more requests were in flight at its arrival than ever before

	oneID     [1]patient.ID // initial storage of ids and records, as most requests have one id
	oneRecord [1]patient.Record

	answer  answer // a field rather than a local variable, because encoding makes it escape
	body    bytes.Buffer
	encoder *json.Encoder
}

// largestKept is the largest buffer that is kept for later requests, in bytes. A
// single patient takes about 600 bytes; the buffer of a rare large batch must not be
// kept for ever.
const largestKept = 64 << 10

// newExchange makes an exchange whose lists have room for one id.
func (a *API) newExchange() *exchange {
	e := &exchange{api: a}
	e.Work = e
	e.ids, e.records = e.oneID[:0], e.oneRecord[:0]
	e.encoder = json.NewEncoder(&e.body)
	return e
}

// wipe empties the exchange and keeps its storage. It only has to wipe the used part
// of the lists: the rest was wiped before or was never used.
func (e *exchange) wipe() {
	if e.body.Cap() > largestKept {
		e.body = bytes.Buffer{}
	}
	e.body.Reset()
	for i := range e.records {
		e.records[i].Reset()
	}
	clear(e.ids)
	clear(e.oneID[:]) // a second id moves ids to other storage and leaves this behind
	e.ids, e.records = e.ids[:0], e.records[:0]
	e.view, e.requestID, e.user, e.key, e.batch = nil, "", "", store.Key{}, false
	e.status, e.outcome, e.message = 0, 0, ""
	e.began, e.started, e.inStore, e.total, e.peak = time.Time{}, time.Time{}, 0, 0, false
	e.answer = answer{}
}

// exchange takes a request for patients through its steps.
func (a *API) exchange(w http.ResponseWriter, r *http.Request, v *view) {
	e := a.exchanges.Get()
	e.view, e.began = v, time.Now()
	e.peak = a.recorder.Enter()
	e.outcome = telemetry.Failed // the outcome if anything below panics
	if a.audit != nil {
		e.user = r.Header.Get("X-User-ID")
	}
	defer e.leave()

	if err := e.read(w, r); err != nil {
		e.fail(http.StatusBadRequest, telemetry.Invalid, err.Error())
	} else if err := a.pattern.Do(&e.ctx, &e.Job); err != nil {
		e.notRun(w, err)
	}
	e.write(w)
}

// waited returns how long the request waited for its turn, or 0 if it had none.
func (e *exchange) waited() time.Duration {
	if e.started.IsZero() {
		return 0
	}
	return e.started.Sub(e.began)
}

// leave counts the exchange and returns it to the pool.
func (e *exchange) leave() {
	e.api.recorder.Leave(e.outcome, e.total)
	if e.api.log.Enabled(context.Background(), slog.LevelDebug) {
		e.api.log.Debug("request", "outcome", e.outcome.String(), "status", e.status, "ids", len(e.ids),
			"request_id", e.requestID, "queue", e.waited(), "store", e.inStore, "total", e.total)
	}
	if e.api.audit != nil {
		e.account()
	}
	e.ctx.Reset()
	if !e.Abandoned() {
		e.api.exchanges.Put(e)
	}
}

// read reads from the request what the work needs.
func (e *exchange) read(w http.ResponseWriter, r *http.Request) error {
	e.requestID = requestID(r)
	timeout, err := e.api.timeoutOf(r)
	if err != nil {
		return err
	}
	if err := e.view.read(r, e); err != nil {
		return err
	}
	e.key = e.api.keyOf(r)
	at := e.began.Add(timeout)
	e.ctx.Start(r.Context(), at)
	leaveRoom(w, at, timeout)
	return nil
}

// keyOf identifies the request for the store's draws. A sequence number that is not
// a number counts as missing.
func (a *API) keyOf(r *http.Request) store.Key {
	if seq := r.Header["X-Vegeta-Seq"]; len(seq) > 0 {
		if n, err := strconv.ParseUint(seq[0], 10, 64); err == nil {
			return store.Numbered(r.Header.Get("X-Vegeta-Attack"), n)
		}
	}
	return a.counter.Next()
}

// Run implements pattern.Work: it makes the query and does the CPU work. The handler
// encodes the answer, because encoding waits for nothing and so needs no limit.
func (e *exchange) Run() {
	defer e.recoverPanic()
	e.started = time.Now()
	e.api.recorder.Queued(e.started.Sub(e.began))
	if e.peak {
		e.api.recorder.SampleGoroutines()
	}
	err := e.query()
	if err == nil && e.api.cpuWork > 0 {
		err = e.api.burner.Burn(&e.ctx, e.api.cpuWork)
	}
	e.judge(err)
}

// query fills the records from the store, and notes how long that took.
func (e *exchange) query() error {
	if err := e.ctx.ErrAt(e.started); err != nil {
		return err // the deadline passed, or the client left, while the request waited
	}
	// Growing copies the existing records with the lists that they keep.
	e.records = slices.Grow(e.records[:cap(e.records)], max(0, len(e.ids)-cap(e.records)))[:len(e.ids)]
	var err error
	if e.batch {
		err = e.api.store.BatchQuery(&e.ctx, e.key, e.ids, e.records)
	} else {
		err = e.api.store.Query(&e.ctx, e.key, e.ids[0], &e.records[0])
	}
	e.inStore = time.Since(e.started)
	e.api.recorder.Query(e.inStore, err != nil && !errors.Is(err, store.ErrUnknownPatient))
	return err
}

// judge turns the result of the work into a status and an outcome.
func (e *exchange) judge(err error) {
	switch {
	case err == nil:
		e.status, e.outcome = http.StatusOK, telemetry.OK
	case errors.Is(err, store.ErrUnknownPatient):
		e.fail(http.StatusNotFound, telemetry.NotFound, "unknown patient")
	case errors.Is(err, context.DeadlineExceeded):
		e.fail(http.StatusGatewayTimeout, telemetry.Timeout, "the query's deadline passed")
	case errors.Is(err, context.Canceled):
		// 499 is the customary status for logs; nobody receives it.
		e.fail(499, telemetry.Canceled, "the client went away")
	default:
		// The store's error stays in the log, because it may contain internal
		// details.
		e.api.log.Debug("query failed", "error", err)
		e.fail(http.StatusInternalServerError, telemetry.Failed, "database query failed")
	}
}

// put writes a value's JSON into the body.
func (e *exchange) put(value any) {
	if err := e.encoder.Encode(value); err != nil {
		// Texts, lists and a time can always be encoded. A panic would be answered
		// with 500.
		panic(fmt.Sprintf("encode answer: %v", err))
	}
}

// fail makes the answer an error. message is for the client.
func (e *exchange) fail(status int, outcome telemetry.Outcome, message string) {
	e.status, e.outcome, e.message = status, outcome, message
}

// notRun sets the status and the outcome of a request whose work the pattern did not
// run.
func (e *exchange) notRun(w http.ResponseWriter, err error) {
	var refusal *pattern.Refusal
	if errors.As(err, &refusal) {
		w.Header().Set("Retry-After", strconv.Itoa(wholeSeconds(refusal.RetryAfter)))
		e.fail(refusal.Status, telemetry.Rejected, refusal.Reason)
		return
	}
	e.judge(err)
}

// wholeSeconds rounds up: Retry-After has no fractions, and 0 would invite a storm
// of requests.
func wholeSeconds(d time.Duration) int {
	return max(1, int((d+time.Second-1)/time.Second))
}

// recoverPanic turns a panic of the work into a failure, on whichever goroutine the
// work ran.
func (e *exchange) recoverPanic() {
	if cause := recover(); cause != nil {
		e.api.reportPanic(cause, "work")
		e.fail(http.StatusInternalServerError, telemetry.Failed, "internal error")
	}
}

// bear does the additional work of a known slowdown, with the work that every answer has.
func (e *exchange) bear(h *handicap.Handicap) {
	more := h.Encodings
	if e.view == &fhirView {
		more += h.Endpoint
	}
	for range more {
		e.body.Reset()
		e.view.encode(e)
	}
	h.Request()
}

// noStore keeps patient data out of caches. All answers share the slice, so nobody
// may change it.
var noStore = []string{"no-store"}

// write encodes and sends the answer. It ignores write errors, which mean that the
// client has gone.
func (e *exchange) write(w http.ResponseWriter) {
	e.view.encode(e)
	if e.api.handicap != nil {
		e.bear(e.api.handicap)
	}
	e.total = time.Since(e.began)
	t := timing{queue: e.waited(), store: e.inStore, total: e.total}
	header := w.Header()
	header["Content-Type"] = e.view.contentTypes
	header["Cache-Control"] = noStore
	header["Server-Timing"] = []string{t.header()}
	if e.batch { // net/http finds the length of short answers by itself
		header["Content-Length"] = []string{strconv.Itoa(e.body.Len())}
	}
	w.WriteHeader(e.status)
	_, _ = w.Write(e.body.Bytes())
}
