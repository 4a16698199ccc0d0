package work

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/assay-bench/assay/harness/internal/trial"
)

// clockHeader holds the clock of the coordinator, in nanoseconds.
const clockHeader = "Assay-Clock"

// exchanges is how many times the clocks are compared; the exchange with the least round
// trip counts.
const exchanges = 64

// exchange is one reading of the coordinator's clock, between two of the worker's own.
type exchange struct{ sent, there, got time.Duration }

// best returns the offset by the exchange with the least round trip. The coordinator read
// its clock at some moment between the worker's two readings. The middle is wrong by at
// most half the round trip.
func best(all []exchange) trial.Clock {
	least := all[0]
	for _, e := range all[1:] {
		if e.got-e.sent < least.got-least.sent {
			least = e
		}
	}
	trip := least.got - least.sent
	return trial.Clock{Offset: least.there - least.sent - trip/2, Error: (trip + 1) / 2}
}

// compare compares the clock of this worker with that of the coordinator.
func (w *working) compare(ctx context.Context) (trial.Clock, error) {
	var all []exchange
	for i := range exchanges + 1 {
		e := exchange{sent: time.Since(w.epoch)}
		head, err := w.send(ctx, w.clocks, "/clock", nil, mostSmall, nil)
		e.got = time.Since(w.epoch)
		if err != nil {
			return trial.Clock{}, &trial.Void{Why: fmt.Errorf("compare clocks: %w", err)}
		}
		there, err := strconv.ParseInt(head.Get(clockHeader), 10, 64)
		if err != nil {
			return trial.Clock{}, fmt.Errorf("compare clocks: %w", err)
		}
		if e.there = time.Duration(there); i > 0 { // the first may have opened the connection
			all = append(all, e)
		}
	}
	return best(all), nil
}
