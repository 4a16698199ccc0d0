package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/assay-bench/assay/server/internal/deadline"
	"github.com/assay-bench/assay/server/internal/patient"
)

// connectTimeout bounds an attempt to connect, unless the URL says otherwise.
// An attempt that outlives its query serves the next one.
const connectTimeout = 5 * time.Second

// statementTimeout is when the database gives up a query by itself, unless the
// URL says otherwise: beyond every request's deadline. A cancellation that
// reaches the database before the query does is lost, and nothing else would
// end such a query.
const statementTimeout = "65s"

// Postgres is a store in a PostgreSQL database that LoadPatients prepared.
//
// With a bound on its connections it keeps them in a pool; without, every query
// opens and closes its own. What it costs and how it fails is the database's
// business: of a Limits it honours everything, of a SimConfig nothing else.
//
// It holds the patients that were loaded. While the database is away every
// method fails, within its context; when it is back they succeed again.
type Postgres struct {
	config  *pgx.ConnConfig
	pool    *pgxpool.Pool // nil without a bound
	limits  Limits
	waiting atomic.Int64
	answers atomic.Uint64 // queries that the database answered

	// Without a pool:
	inUse   atomic.Int64
	closing sync.WaitGroup // connections whose query was broken off
}

var _ Store = (*Postgres)(nil)

// OpenPostgres makes the store of that URL. It does not connect.
func OpenPostgres(url string, limits Limits) (*Postgres, error) {
	config, err := parsePostgres(url)
	if err != nil {
		return nil, err
	}
	s := &Postgres{config: config.ConnConfig, limits: limits}
	if limits.Conns == 0 {
		// A connection of one query gains nothing from a prepared statement:
		// this mode sends everything in one round trip.
		s.config.DefaultQueryExecMode = pgx.QueryExecModeExec
		return s, nil
	}
	config.MaxConns = int32(limits.Conns) // at most 100,000
	// The context is that of connections which the URL wants open from the start
	// (pool_min_conns); the others are made with that of a query.
	if s.pool, err = pgxpool.NewWithConfig(context.Background(), config); err != nil {
		return nil, fmt.Errorf("make pool: %w", err)
	}
	return s, nil
}

// parsePostgres reads a URL. Its error does not tell the password.
func parsePostgres(url string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read URL: %w", err)
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = connectTimeout
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "assay"
	}
	if config.ConnConfig.RuntimeParams["statement_timeout"] == "" {
		config.ConnConfig.RuntimeParams["statement_timeout"] = statementTimeout
	}
	return config, nil
}

// Query implements Store.
func (s *Postgres) Query(ctx context.Context, key Key, id patient.ID, into *patient.Record) error {
	return s.visit(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		if err := s.dawdle(ctx, conn, key); err != nil {
			return err
		}
		err := conn.QueryRow(ctx, selectOne, string(id)).Scan(fields(into)...)
		if errors.Is(err, pgx.ErrNoRows) {
			return ErrUnknownPatient
		}
		return err
	})
}

// BatchQuery implements Store.
func (s *Postgres) BatchQuery(ctx context.Context, key Key, ids []patient.ID, into []patient.Record) error {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = string(id)
	}
	return s.visit(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		if err := s.dawdle(ctx, conn, key); err != nil {
			return err
		}
		rows, err := conn.Query(ctx, selectBatch, texts)
		if err != nil {
			return err
		}
		defer rows.Close()
		found := 0
		for ; rows.Next(); found++ {
			if err := rows.Scan(fields(&into[found])...); err != nil {
				return err
			}
		}
		if err := rows.Err(); err != nil {
			return err
		}
		if found < len(ids) {
			return ErrUnknownPatient
		}
		return nil
	})
}

// dawdle makes the query of that key slow if it is one of the slow ones.
func (s *Postgres) dawdle(ctx context.Context, conn *pgx.Conn, key Key) error {
	if !key.Slow(s.limits.SlowEvery) {
		return nil
	}
	_, err := conn.Exec(ctx, "SELECT pg_sleep($1)", s.limits.SlowFor.Seconds())
	return err
}

// Ping implements Store. It asks for the table, without which no query succeeds.
//
// Where every connection of the pool is busy it may get none in time. That alone
// is no reason to say that the database is away: queries that were answered
// meanwhile show that it is there.
func (s *Postgres) Ping(ctx context.Context) error {
	before := s.answers.Load()
	err := s.visit(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "SELECT 1 FROM patients LIMIT 1")
		return err
	})
	if err != nil && s.answers.Load() > before && errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}

// visit runs do with a connection. An error of a context that has ended is the
// context's, whatever the driver made of it.
func (s *Postgres) visit(ctx context.Context, do func(context.Context, *pgx.Conn) error) error {
	own, release := deadline.Detach(ctx) // a pool keeps it for as long as connecting takes
	defer release()
	err := s.connected(own, func(conn *pgx.Conn) error { return do(own, conn) })
	if err == nil || errors.Is(err, ErrUnknownPatient) {
		s.answers.Add(1)
		return err
	}
	if ended := ctx.Err(); ended != nil {
		return ended
	}
	return err
}

// connected lends a connection: one of the pool's, or one of its own.
func (s *Postgres) connected(ctx context.Context, do func(*pgx.Conn) error) error {
	s.waiting.Add(1)
	if s.pool != nil {
		conn, err := s.pool.Acquire(ctx)
		s.waiting.Add(-1)
		if err != nil {
			return fmt.Errorf("acquire connection: %w", err)
		}
		defer conn.Release()
		return do(conn.Conn())
	}
	conn, err := pgx.ConnectConfig(ctx, s.config)
	s.waiting.Add(-1)
	if err != nil {
		return err // says that it could not connect, and to what
	}
	s.inUse.Add(1)
	defer s.disconnect(ctx, conn)
	return do(conn)
}

// disconnect says goodbye and waits, but not beyond the context, for the server
// to let go. A query that was broken off is cancelled in the background; its
// connection counts until the server is rid of it.
func (s *Postgres) disconnect(ctx context.Context, conn *pgx.Conn) {
	goodbye, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_ = conn.Close(goodbye) // whatever it says, the connection is gone
	select {
	case <-conn.PgConn().CleanupDone():
		s.inUse.Add(-1)
	default:
		s.closing.Go(func() {
			<-conn.PgConn().CleanupDone()
			s.inUse.Add(-1)
		})
	}
}

// Stats implements Store. A connection that is being made is waited for.
func (s *Postgres) Stats() Stats {
	stats := Stats{MaxConns: s.limits.Conns, Waiting: int(s.waiting.Load())}
	if s.pool == nil {
		stats.ConnsInUse = int(s.inUse.Load())
		return stats
	}
	pool := s.pool.Stat()
	stats.ConnsInUse, stats.ConnsIdle = int(pool.AcquiredConns()), int(pool.IdleConns())
	return stats
}

// Close implements Store.
func (s *Postgres) Close() error {
	if s.pool != nil {
		s.pool.Close()
	}
	s.closing.Wait()
	return nil
}
