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

// connectTimeout limits an attempt to connect, unless the URL sets another limit. An
// attempt that takes longer than its query serves the next query.
const connectTimeout = 5 * time.Second

// statementTimeout is when the database itself ends a query, unless the URL sets
// another limit. It is later than the deadline of every request. If a cancellation
// reaches the database before its query does, the cancellation is lost, and nothing
// else would end the query.
const statementTimeout = "65s"

// Postgres is a store in a PostgreSQL database that LoadPatients prepared.
//
// With a limit on its connections it keeps them in a pool. Without a limit, every
// query opens and closes its own connection. The database decides what a query costs
// and how it fails: Postgres honours Limits, but no other setting of SimConfig.
//
// Postgres holds the patients that were loaded. While the database is away, every
// method fails within its context; when the database is back, the methods succeed
// again.
type Postgres struct {
	config  *pgx.ConnConfig
	pool    *pgxpool.Pool // nil if connections are not limited
	limits  Limits
	waiting atomic.Int64
	answers atomic.Uint64 // queries that the database answered

	// Without a pool:
	inUse   atomic.Int64
	closing sync.WaitGroup // connections whose query was cancelled
}

var _ Store = (*Postgres)(nil)

// OpenPostgres returns the store with the URL. It does not connect.
func OpenPostgres(url string, limits Limits) (*Postgres, error) {
	config, err := parsePostgres(url)
	if err != nil {
		return nil, err
	}
	s := &Postgres{config: config.ConnConfig, limits: limits}
	if limits.Conns == 0 {
		// A connection that makes one query gains nothing from a prepared statement.
		// This mode sends everything in one round trip.
		s.config.DefaultQueryExecMode = pgx.QueryExecModeExec
		return s, nil
	}
	config.MaxConns = int32(limits.Conns) // at most 100,000
	// This context is for connections that the URL asks to open from the start
	// (pool_min_conns). Other connections are opened with the context of a query.
	if s.pool, err = pgxpool.NewWithConfig(context.Background(), config); err != nil {
		return nil, fmt.Errorf("make pool: %w", err)
	}
	return s, nil
}

// parsePostgres parses a URL. Its error does not contain the password.
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

// dawdle makes the query with the key slow, if it is one of the slow queries.
func (s *Postgres) dawdle(ctx context.Context, conn *pgx.Conn, key Key) error {
	if !key.Slow(s.limits.SlowEvery) {
		return nil
	}
	_, err := conn.Exec(ctx, "SELECT pg_sleep($1)", s.limits.SlowFor.Seconds())
	return err
}

// Ping implements Store. It queries the table, without which no query succeeds.
//
// If every connection of the pool is busy, Ping may not get a connection in time.
// That alone does not mean that the database is away: if queries were answered
// meanwhile, the database is there.
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

// visit calls do with a connection. If the context has ended, the error is the
// context's, whatever the driver returned.
func (s *Postgres) visit(ctx context.Context, do func(context.Context, *pgx.Conn) error) error {
	own, release := deadline.Detach(ctx) // a pool keeps the context for as long as connecting takes
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

// connected lends a connection to do: one from the pool, or one opened for this
// call.
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
		return err // the error says that it could not connect, and to what
	}
	s.inUse.Add(1)
	defer s.disconnect(ctx, conn)
	return do(conn)
}

// disconnect closes the connection and waits, within the context, until the server
// has released it. A query that was cancelled ends in the background; its connection
// counts until the server has released it.
func (s *Postgres) disconnect(ctx context.Context, conn *pgx.Conn) {
	goodbye, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_ = conn.Close(goodbye) // the connection is gone even if Close returns an error
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

// Stats implements Store. It counts a connection that is being opened as one that a
// query waits for.
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
