package store

import (
	"context"
	"errors"
	"net/url"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/server/internal/patient"
)

// behind puts a proxy before the database and returns the URL that goes through it.
func behind(t *testing.T, db string) (*proxy, string) {
	t.Helper()
	parsed, err := url.Parse(db)
	if err != nil {
		t.Fatal(err)
	}
	p := newProxy(t, parsed.Host)
	parsed.Host = p.address
	return p, parsed.String()
}

// A database that is down at the start, comes, goes away and comes back: every
// query fails or succeeds accordingly, with the same store.
func TestPostgresRecovers(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone stops and starts PostgreSQL")
	}
	p, db := behind(t, database(t))
	p.down()
	both(t, db, Limits{}, func(t *testing.T, s *Postgres) {
		for range 3 {
			query := func() error {
				return s.Query(t.Context(), Numbered("", 1), "P00001", new(patient.Record))
			}
			if err := query(); err == nil {
				t.Error("a query succeeded without a database")
			}
			if err := s.Ping(t.Context()); err == nil {
				t.Error("a ping succeeded without a database")
			}
			p.up()
			if err := s.Ping(t.Context()); err != nil {
				t.Errorf("ping with the database back: %v", err)
			}
			for range 10 { // more than the pool has connections: none is a dead one
				if err := query(); err != nil {
					t.Errorf("query with the database back: %v", err)
				}
			}
			p.down()
		}
	})
}

// Connections that broke while they lay in the pool cost at most a query each.
func TestPostgresPoolForgetsDeadConnections(t *testing.T) {
	const conns = 4
	p, db := behind(t, database(t))
	s := open(t, db, Limits{Conns: conns, SlowEvery: 1, SlowFor: 10 * time.Millisecond})
	ask := func() (failed int) {
		var mu sync.Mutex
		var running sync.WaitGroup
		for i := range conns {
			running.Go(func() {
				if s.Query(t.Context(), Numbered("", uint64(i)), "P00001", new(patient.Record)) != nil {
					mu.Lock()
					failed++
					mu.Unlock()
				}
			})
		}
		running.Wait()
		return failed
	}
	if failed := ask(); failed > 0 {
		t.Fatalf("%d queries failed", failed)
	}
	p.down()
	p.up()
	total := 0
	for range conns {
		total += ask()
	}
	if total > conns {
		t.Errorf("%d queries failed after the database was back, want at most one for each of %d connections", total, conns)
	}
	if failed := ask(); failed > 0 {
		t.Errorf("%d queries still fail", failed)
	}
}

// A database that accepts connections and says nothing: the deadline holds.
func TestPostgresSilenceEndsAtTheDeadline(t *testing.T) {
	p, db := behind(t, database(t))
	both(t, db, Limits{}, func(t *testing.T, s *Postgres) {
		if err := s.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.hush()
		for name, ask := range map[string]func(ctx context.Context) error{
			"query": func(ctx context.Context) error {
				return s.Query(ctx, Numbered("", 1), "P00001", new(patient.Record))
			},
			"ping": s.Ping,
		} {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			// Without the deadline this would never return.
			if err := ask(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: %v, want the deadline", name, err)
			}
			cancel()
		}
		p.down()
		p.up()
		if err := s.Ping(t.Context()); err != nil {
			t.Errorf("ping afterwards: %v", err)
		}
	})
}

// A query that nobody waits for any more ends in the database too.
func TestPostgresCancelsTheQueryInTheDatabase(t *testing.T) {
	db := database(t)
	conn := watch(t, db)
	// Asleep, and not just received: a cancellation that comes before a query
	// has begun cancels nothing.
	const sleeping = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
	both(t, db, Limits{SlowEvery: 1, SlowFor: time.Hour}, func(t *testing.T, s *Postgres) {
		for _, want := range []error{context.Canceled, context.DeadlineExceeded} {
			ctx := newEndable(t, want)
			ended := make(chan error, 1)
			go func() { ended <- s.Query(ctx, Numbered("", 1), "P00001", new(patient.Record)) }()
			until(t, func() bool { return count(t, conn, sleeping) == 1 && s.Stats().ConnsInUse == 1 })
			close(ctx.done)
			if err := <-ended; !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
			until(t, func() bool { return count(t, conn, sleeping) == 0 && s.Stats().ConnsInUse == 0 })
		}
	})
}

// endable is a context that ends when the test says so, with the error it says.
type endable struct {
	context.Context
	done  chan struct{}
	err   error
	asked chan struct{} // closed when somebody asks for its end
	once  sync.Once
}

func newEndable(t *testing.T, err error) *endable {
	return &endable{Context: t.Context(), done: make(chan struct{}), err: err, asked: make(chan struct{})}
}

func (c *endable) Done() <-chan struct{} {
	c.once.Do(func() { close(c.asked) })
	return c.done
}

func (c *endable) Err() error {
	select {
	case <-c.done:
		return c.err
	default:
		return nil
	}
}

// A cancellation that got lost does not leave a query behind for ever.
func TestPostgresBoundsQueriesInTheDatabase(t *testing.T) {
	db := database(t)
	for setting, want := range map[string]string{"": statementTimeout, "&statement_timeout=7s": "7s"} {
		both(t, db+setting, Limits{}, func(t *testing.T, s *Postgres) {
			err := s.visit(t.Context(), func(ctx context.Context, conn *pgx.Conn) error {
				var got string
				err := conn.QueryRow(ctx, "SHOW statement_timeout").Scan(&got)
				if got != want {
					t.Errorf("statement_timeout %q, want %q", got, want)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// A pool whose connections are all busy is no reason to say that the database is
// away, as long as it answers.
func TestPostgresPingWithABusyPool(t *testing.T) {
	db := database(t)
	s := open(t, db, Limits{Conns: 1, SlowEvery: 1, SlowFor: time.Millisecond})
	stop := make(chan struct{})
	var running sync.WaitGroup
	for range 50 { // a queue for the connection
		running.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := s.Query(t.Context(), Numbered("", 1), "P00001", new(patient.Record)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	until(t, func() bool { return s.Stats().Waiting > 40 })
	ctx := newEndable(t, context.DeadlineExceeded)
	ended := make(chan error, 1)
	go func() { ended <- s.Ping(ctx) }()
	<-ctx.asked
	before := s.answers.Load()
	until(t, func() bool { return s.answers.Load() > before })
	close(ctx.done)
	if err := <-ended; err != nil {
		t.Errorf("ping: %v", err)
	}
	close(stop)
	running.Wait()

	// With nothing answered in between, the same wait is a failure.
	held, release := context.WithCancel(t.Context())
	stuck := open(t, db, Limits{Conns: 1, SlowEvery: 1, SlowFor: time.Hour})
	running.Go(func() { _ = stuck.Query(held, Numbered("", 1), "P00001", new(patient.Record)) })
	until(t, func() bool { return stuck.Stats().ConnsInUse == 1 })
	short, end := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer end()
	if err := stuck.Ping(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("ping behind a stuck query: %v", err)
	}
	release()
	running.Wait()
}

// The caller may use its context again as soon as the query returned, even if
// the pool is still connecting on its behalf.
func TestPostgresKeepsNoContext(t *testing.T) {
	p, db := behind(t, database(t))
	p.hush() // connecting never ends
	both(t, db, Limits{}, func(t *testing.T, s *Postgres) {
		ctx, cancel := context.WithCancel(t.Context())
		once := &singleUse{Context: ctx}
		ended := make(chan error, 1)
		go func() { ended <- s.Query(once, Numbered("", 1), "P00001", new(patient.Record)) }()
		until(t, func() bool { return s.Stats().Waiting == 1 })
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		once.Context = nil // any later use panics, and under the race detector is a race
	})
	p.down()
}

type singleUse struct{ context.Context }

// until yields until the condition holds; the test's own time limit ends it.
func until(t *testing.T, holds func() bool) {
	t.Helper()
	for !holds() {
		if t.Context().Err() != nil {
			t.Fatal("the condition never held")
		}
		runtime.Gosched()
	}
}
