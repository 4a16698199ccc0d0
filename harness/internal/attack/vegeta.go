package attack

import (
	"fmt"
	"net/http"
	"strconv"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// everything that touches vegeta is here: its attacker paces hits by a pacer of
// ours, has as many workers as it takes, and gives each hit its number.

// workersAtFirst is how many workers an attacker has whose number is not bounded.
const workersAtFirst = 64

// drive lets vegeta make hits: each of its workers calls hit with the number of the
// hit, when the pacer says so. With bound there are never more workers than that. It
// returns when the last hit has ended, with the number of hits that vegeta reports.
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
	target := vegeta.Target{Method: http.MethodGet, URL: "/"} // a place-holder: a hit sends what it likes
	// Without a name: the transport sends it, and vegeta's worker need not.
	for r := range vegeta.NewAttacker(options...).Attack(vegeta.NewStaticTargeter(target), p, 0, "") {
		if r.Code != 0 {
			hits++
		}
	}
	return hits
}

// trip is the http.RoundTripper of vegeta's workers. What it returns is of no
// interest.
type trip struct {
	hit  func(number uint64)
	done *http.Response // one for all, nobody writes to it
}

func (t *trip) RoundTrip(req *http.Request) (*http.Response, error) {
	number, err := strconv.ParseUint(req.Header.Get("X-Vegeta-Seq"), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("attack: sequence number: %w", err)
	}
	t.hit(number)
	return t.done, nil
}
