package attack

import (
	"fmt"
	"net/http"
	"strconv"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// This file contains everything that calls vegeta. Vegeta's attacker paces the hits by a
// pacer of this package, starts as many workers as they need, and numbers the hits.

// workersAtFirst is the number of workers that an attacker starts with if their number is
// not bounded.
const workersAtFirst = 64

// drive lets vegeta make the hits. When the pacer releases a hit, one of vegeta's workers
// calls hit with its number. If bound is above 0, there are never more workers than that.
// drive returns when the last hit has ended, with the number of hits that vegeta reports.
func drive(p vegeta.Pacer, bound uint64, hit func(number uint64)) (hits uint64) {
	options := []func(*vegeta.Attacker){
		vegeta.Workers(workersAtFirst),
		vegeta.Client(&http.Client{
			Transport:     &trip{hit: hit, done: &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}),
	}
	if bound > 0 {
		options = append(options, vegeta.Workers(bound), vegeta.MaxWorkers(bound))
	}
	target := vegeta.Target{Method: http.MethodGet, URL: "/"} // unused, because a hit makes its own requests
	// The attack gets no name here, because the transport adds it to the requests.
	for r := range vegeta.NewAttacker(options...).Attack(vegeta.NewStaticTargeter(target), p, 0, "") {
		if r.Code != 0 {
			hits++
		}
	}
	return hits
}

// trip is the http.RoundTripper of vegeta's workers. Nobody reads what it returns.
type trip struct {
	hit  func(number uint64)
	done *http.Response // the same for all hits; nobody writes to it
}

// RoundTrip makes a hit. Vegeta passes the number of the hit in a header.
func (t *trip) RoundTrip(req *http.Request) (*http.Response, error) {
	number, err := strconv.ParseUint(req.Header.Get("X-Vegeta-Seq"), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("attack: sequence number: %w", err)
	}
	t.hit(number)
	return t.done, nil
}
