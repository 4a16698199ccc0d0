package knownanswer

import (
	"math"
	"math/rand/v2"
	"time"
)

// Behaviour says how a server answers. The zero value answers at once.
type Behaviour struct {
	// Stall is how long the server answers nothing at the start of every period of
	// length Every. The first stall begins at First after the first request.
	Stall time.Duration `json:"stall_ns,omitempty"`
	Every time.Duration `json:"every_ns,omitempty"`
	First time.Duration `json:"first_ns,omitempty"`
	// Delay is the median delay of an answer: log-normal with σ = Spread, or
	// constant if Spread is 0. The delay of a request is drawn from its sequence
	// number.
	Delay  time.Duration `json:"delay_ns,omitempty"`
	Spread float64       `json:"spread,omitempty"`
	// Standard serves with net/http, without delays and stamps. It stands for the
	// cost of servers that people commonly measure.
	Standard bool `json:"standard,omitempty"`
	// Bytes is about how long the body of an answer is; 0: about a hundred bytes.
	Bytes int `json:"bytes,omitempty"`
}

// body is the body of every answer to a load: JSON, about what a small API answers.
func (b Behaviour) body() []byte {
	text := []byte(`{"success":true,"patient":{"id":"P12345","first_name":"Ada","last_name":"Lovelace","blood_type":"O+"}`)
	for separator := `,"visits":[`; len(text) < b.Bytes; separator = "," {
		text = append(text, separator...)
		text = append(text, `{"date":"2026-03-14","ward":"B2","cost":12.5}`...)
	}
	if b.Bytes > 0 {
		text = append(text, ']')
	}
	return append(text, '}')
}

// delay returns the delay of the request with the sequence number.
func (b Behaviour) delay(seq uint64) time.Duration {
	if b.Spread == 0 {
		return b.Delay
	}
	z := rand.New(rand.NewPCG(seq, 0x5851f42d4c957f2d)).NormFloat64()
	return time.Duration(float64(b.Delay) * math.Exp(b.Spread*z))
}

// wait returns the shortest time that a request which comes at a moment waits for
// its answer. The moment, and the epoch at which the first stall began, are readings
// of monotonic.
func (b Behaviour) wait(at, epoch int64, seq uint64) time.Duration {
	delay := b.delay(seq)
	return delay + b.stalled(at+int64(delay), epoch)
}

// stalled returns how much is left of the stall at a moment, or 0 if there is no
// stall.
func (b Behaviour) stalled(at, epoch int64) time.Duration {
	if b.Every > 0 && at >= epoch {
		if into := (at - epoch) % int64(b.Every); into < int64(b.Stall) {
			return b.Stall - time.Duration(into)
		}
	}
	return 0
}
