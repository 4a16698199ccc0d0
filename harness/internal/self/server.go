package self

import (
	"context"

	"github.com/assay-bench/assay/harness/internal/knownanswer"
)

// server is what the tools attack: a process on the server's CPU.
type server interface {
	url() string
	Count(context.Context) (uint64, error) // requests of loads since its start
	CPU() float64                          // seconds since its start; negative: unknown
	Stop()
}

// ours is a known-answer server.
type ours struct{ *knownanswer.Child }

// url is the address that tools load.
func (o ours) url() string { return o.URL }

// start starts a server with a behaviour on the server's CPU.
func (b *Bench) start(ctx context.Context, behaviour knownanswer.Behaviour) (server, error) {
	c, err := knownanswer.Start(ctx, b.Servers, behaviour)
	if err != nil {
		return nil, err
	}
	return ours{c}, nil
}
