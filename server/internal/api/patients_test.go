package api

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/assay-bench/assay/server/internal/patient"
	"github.com/assay-bench/assay/server/internal/store"
)

func TestTenClientsGetWhatTheyAskedFor(t *testing.T) {
	everyPattern(t, func(t *testing.T, name string) {
		s := start(t, settings{pattern: name})
		var clients sync.WaitGroup
		for client := range 10 {
			clients.Go(func() {
				for i := range 20 {
					id, tag := patient.Numbered(client*1000+i), fmt.Sprintf("client-%d-%d", client, i)
					r := s.get(t, "/api/v1/patients?id="+string(id), "X-Request-ID", tag)
					switch {
					case r.status != http.StatusOK:
						t.Errorf("%s: status %d: %s", id, r.status, r.body)
					case !r.answer.Success || r.answer.Patient == nil || r.answer.Patient.ID != id:
						t.Errorf("%s: answer %s", id, r.body)
					case r.answer.RequestID != tag:
						t.Errorf("%s: request_id %q, want %q", id, r.answer.RequestID, tag)
					case r.answer.Timestamp.IsZero():
						t.Errorf("%s: no timestamp: %s", id, r.body)
					}
				}
			})
		}
		clients.Wait()
	})
}

var serverTiming = regexp.MustCompile(`^queue;dur=\d+\.\d{3}, store;dur=\d+\.\d{3}, total;dur=\d+\.\d{3}$`)

func TestAnswers(t *testing.T) {
	long := "/api/v1/patients?id=P" + strings.Repeat("1", patient.MaxIDLength)
	everyPattern(t, func(t *testing.T, name string) {
		s := start(t, settings{pattern: name})
		for _, test := range []struct {
			method, path string
			status       int
			content      string // of the body
		}{
			{"GET", "/api/v1/patients?id=P00042", 200, `"id":"P00042"`},
			{"GET", "/api/v1/patients?x=1&id=P00042&y", 200, `"id":"P00042"`},
			{"GET", "/api/v1/patients?id=%5000042", 200, `"id":"P00042"`},
			{"HEAD", "/api/v1/patients?id=P00042", 200, ""},
			{"GET", "/api/v1/patients?id=P00042&id=P00007", 200, `"patients":[{"id":"P00042"`},
			{"GET", "/api/v1/patients", 400, "missing"},
			{"GET", "/api/v1/patients?ID=P00042", 400, "missing"},
			{"GET", "/api/v1/patients?id=", 400, "not P and digits"},
			{"GET", "/api/v1/patients?id=P", 400, "not P and digits"},
			{"GET", "/api/v1/patients?id=00042", 400, "not P and digits"},
			{"GET", "/api/v1/patients?id=p00042", 400, "not P and digits"},
			{"GET", "/api/v1/patients?id=P12x45", 400, "not P and digits"},
			{"GET", "/api/v1/patients?id=%zz", 400, "malformed"},
			{"GET", "/api/v1/patients?id=P00042&id=X", 400, "not P and digits"},
			{"GET", "/api/v1/patients?id=P1" + strings.Repeat("&id=P00001", maxBatch), 400, "more than"},
			{"GET", long, 400, "longer than"},
			{"GET", "/api/v1/patients?id=P123456", 404, "unknown patient"},
			{"GET", "/api/v1/patients?id=P00001&id=P1", 404, "unknown patient"},
			{"POST", "/api/v1/patients?id=P00042", 405, "only GET"},
			{"DELETE", "/health", 405, "only GET"},
			{"GET", "/api/v1/patients/", 404, "no such path"},
			{"GET", "/nothing/here", 404, "no such path"},
			{"GET", "/health", 200, "ready"},
			{"GET", "/readyz", 200, "ready"},
			{"GET", "/livez", 200, "alive"},
			{"GET", "/", 200, `"pattern":"` + name + `"`},
			{"HEAD", "/", 200, ""},
			{"GET", "/metrics", 200, `"requests_total"`},
		} {
			r := s.do(t, test.method, test.path, "X-Request-ID", "r-1")
			if r.status != test.status || !strings.Contains(string(r.body), test.content) {
				t.Errorf("%s %.60s: %d %s, want %d and %q", test.method, test.path, r.status, r.body, test.status, test.content)
			}
			if r.header.Get("Content-Type") != contentJSON {
				t.Errorf("%s %.60s: content type %q", test.method, test.path, r.header.Get("Content-Type"))
			}
			if timing := r.header.Get("Server-Timing"); !serverTiming.MatchString(timing) {
				t.Errorf("%s %.60s: Server-Timing %q", test.method, test.path, timing)
			}
			if test.status >= 400 && (r.answer.Success || r.answer.Error == "" || r.answer.RequestID != "r-1") {
				t.Errorf("%s %.60s: error answer %s", test.method, test.path, r.body)
			}
			if allow := r.header.Get("Allow"); (test.status == 405) != (allow == "GET, HEAD") {
				t.Errorf("%s %.60s: Allow %q", test.method, test.path, allow)
			}
		}
	})
}

func TestSamePatientEveryTime(t *testing.T) {
	var want patient.Record
	patient.Generate("P31415", &want)
	everyPattern(t, func(t *testing.T, name string) {
		s := start(t, settings{pattern: name})
		for range 3 {
			if got := s.get(t, "/api/v1/patients?id=P31415").answer.Patient; got == nil || !reflect.DeepEqual(*got, want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
	})
}

// The store's draws depend on the request's number and not on the pattern.
func TestSameRequestsFailInEveryPattern(t *testing.T) {
	const requests = 200
	var want []int
	everyPattern(t, func(t *testing.T, name string) {
		s := start(t, settings{pattern: name, store: store.NewSim(store.SimConfig{Seed: 5, ErrorRate: 0.3})})
		got := make([]int, requests)
		var clients sync.WaitGroup
		for client := range 4 {
			clients.Go(func() {
				for seq := client; seq < requests; seq += 4 {
					r := s.get(t, "/api/v1/patients?id=P00001",
						"X-Vegeta-Attack", "steady", "X-Vegeta-Seq", fmt.Sprint(seq))
					got[seq] = r.status
					if r.status == 500 && (r.answer.Success || r.answer.Error == "") {
						t.Errorf("body of an error: %s", r.body)
					}
				}
			})
		}
		clients.Wait()
		if want == nil {
			want = got
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("statuses %v, want as the first pattern %v", got, want)
		}
		failed := 0
		for _, status := range got {
			if status == http.StatusInternalServerError {
				failed++
			}
		}
		if failed < requests/10 || failed > requests/2 {
			t.Errorf("%d of %d failed, want about 30 %%", failed, requests)
		}
	})
}

func FuzzIDsOfQuery(f *testing.F) {
	for _, seed := range []string{
		"", "id=P00042", "id=P1&id=P2", "x=1&id=P3&", "id=%50%31", "i%64=P1", "id=P1;id=P2", "id", "id=P1=", "&&=&id=P+1", "%zz=1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		got, err := appendIDs(nil, query)
		if err != nil {
			return // whatever was read before the fault is not used
		}
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatalf("accepted %q, which is malformed: %v", query, err)
		}
		var want []patient.ID
		for _, text := range values["id"] {
			id, err := patient.ParseID(text)
			if err != nil {
				t.Fatalf("accepted %q with %v", query, err)
			}
			want = append(want, id)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %v, want %v", query, got, want)
		}
	})
}
