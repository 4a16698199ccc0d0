package trial

import (
	"context"
	"fmt"

	"github.com/assay-bench/assay/harness/internal/setup"
)

// prepare runs the scenario's command before the servers start.
func (r *runner) prepare(ctx context.Context) error {
	if err := setup.Hook(ctx, r.resolved.Prepare, "prepare"); err != nil {
		return fmt.Errorf("trial %s: %w", r.spec.ID(), err)
	}
	return nil
}

// cleanup runs the scenario's command after the servers have ended. It runs after a
// failure and an interrupt too, because it undoes what prepare did.
func (r *runner) cleanup(ctx context.Context) error {
	if err := setup.Hook(context.WithoutCancel(ctx), r.resolved.Cleanup, "cleanup"); err != nil {
		return fmt.Errorf("trial %s: %w", r.spec.ID(), err)
	}
	return nil
}

// setup sends the requests of the scenario's setup, and resolves the targets with what
// they extracted.
func (r *runner) setup(ctx context.Context) (err error) {
	sc := r.spec.Scenario
	if len(sc.Setup) == 0 {
		return nil
	}
	clients := map[string]*setup.Client{}
	for _, s := range r.servers {
		clients[s.Name] = setup.NewClient(s.URL, s.secure)
		defer clients[s.Name].Close()
	}
	client := func(server string) *setup.Client { return clients[server] }
	err = setup.Run(ctx, sc, r.spec.Cell, &r.env, client, r.told)
	for name, value := range r.env.Extracted {
		r.blanker.Add(name, value)
	}
	if err != nil {
		return fmt.Errorf("trial %s: %w%s", r.spec.ID(), err, r.deaths())
	}
	r.resolved, err = sc.Resolve(r.spec.Cell, r.env)
	return err
}

// blank removes secrets from what Run returns. If there is an error, there is no
// result.
func (r *runner) blank(res *Result, err error) (*Result, error) {
	if err != nil {
		return nil, r.blanker.Error(err)
	}
	r.blanker.All(&res.Trial)
	r.blanker.All(&res.Samples)
	return res, nil
}
