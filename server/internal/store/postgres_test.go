package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/server/internal/patient"
	"github.com/assay-bench/assay/server/internal/testenv"
)

const loaded = 300 // patients in the tests' databases

// open returns a store of the database, closed when the test ends.
func open(t *testing.T, db string, limits Limits) *Postgres {
	t.Helper()
	s, err := OpenPostgres(db, limits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// database makes a database with patients in it.
func database(t *testing.T) string {
	t.Helper()
	db := testenv.Database(t)
	if err := LoadPatients(t.Context(), db, loaded); err != nil {
		t.Fatal(err)
	}
	return db
}

// both runs a test with a pool and with a connection for every query.
func both(t *testing.T, db string, limits Limits, test func(t *testing.T, s *Postgres)) {
	for _, conns := range []int{0, 4} {
		limits.Conns = conns
		t.Run(fmt.Sprint("conns=", conns), func(t *testing.T) { test(t, open(t, db, limits)) })
	}
}

// A connection as a superuser sees what the others do.
func watch(t *testing.T, db string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func count(t *testing.T, conn *pgx.Conn, query string) (n int) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPostgresHoldsTheGeneratedPatients(t *testing.T) {
	db := database(t)
	// Whatever the database's style of dates, the records' is one.
	style := watch(t, db)
	if _, err := style.Exec(t.Context(), "ALTER DATABASE "+style.Config().Database+" SET datestyle = 'German'"); err != nil {
		t.Fatal(err)
	}
	both(t, db, Limits{}, func(t *testing.T, s *Postgres) {
		if err := s.Ping(t.Context()); err != nil {
			t.Error(err)
		}
		var used patient.Record
		for n := 0; n < loaded; n += 9 { // a connection takes a while
			var want patient.Record
			patient.Generate(patient.Numbered(n), &want)
			used.Reset()
			if err := s.Query(t.Context(), Numbered("", uint64(n)), patient.Numbered(n), &used); err != nil || !reflect.DeepEqual(used, want) {
				t.Fatalf("%+v, %v, want %+v", used, err, want)
			}
		}
	})
}

func TestPostgresBatch(t *testing.T) {
	db := database(t)
	both(t, db, Limits{}, func(t *testing.T, s *Postgres) {
		ids := []patient.ID{"P00007", "P00003", "P00299", "P00003"}
		got := make([]patient.Record, len(ids))
		if err := s.BatchQuery(t.Context(), Numbered("", 1), ids, got); err != nil {
			t.Fatal(err)
		}
		for i, id := range ids {
			var want patient.Record
			patient.Generate(id, &want)
			if !reflect.DeepEqual(got[i], want) {
				t.Errorf("record %d: %+v, want %+v", i, got[i], want)
			}
		}
	})
}

func TestPostgresUnknownPatient(t *testing.T) {
	db := database(t)
	both(t, db, Limits{}, func(t *testing.T, s *Postgres) {
		for _, id := range []patient.ID{"P1", "P00300", "P123456", patient.ID("P" + strings.Repeat("9", patient.MaxIDLength-1))} {
			if err := s.Query(t.Context(), Numbered("", 1), id, new(patient.Record)); !errors.Is(err, ErrUnknownPatient) {
				t.Errorf("%s: %v", id, err)
			}
			if err := s.BatchQuery(t.Context(), Numbered("", 1), []patient.ID{"P00001", id}, make([]patient.Record, 2)); !errors.Is(err, ErrUnknownPatient) {
				t.Errorf("batch with %s: %v", id, err)
			}
		}
	})
}

// Loading again changes nothing that is right, puts right what is not, and
// removes nothing.
func TestLoadPatientsAgain(t *testing.T) {
	db := database(t)
	conn := watch(t, db)
	const versions = "SELECT count(DISTINCT xmin::text) FROM patients" // transactions that wrote the rows
	before := count(t, conn, versions)
	for _, n := range []int{loaded, 10, 0} {
		if err := LoadPatients(t.Context(), db, n); err != nil {
			t.Fatal(err)
		}
	}
	if after := count(t, conn, versions); after != before {
		t.Errorf("rows of %d transactions, want %d: right rows were written again", after, before)
	}
	if _, err := conn.Exec(t.Context(), "UPDATE patients SET last_name = 'X', allergies = '{}' WHERE id < 'P00005'"); err != nil {
		t.Fatal(err)
	}
	var loads sync.WaitGroup // at once, as two people would by mistake
	for range 3 {
		loads.Go(func() {
			if err := LoadPatients(t.Context(), db, loaded+5); err != nil {
				t.Error(err)
			}
		})
	}
	loads.Wait()
	if n := count(t, conn, "SELECT count(*) FROM patients"); n != loaded+5 {
		t.Errorf("%d patients, want %d", n, loaded+5)
	}
	s := open(t, db, Limits{Conns: 1})
	var got, want patient.Record
	patient.Generate("P00002", &want)
	if err := s.Query(t.Context(), Numbered("", 1), "P00002", &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
}

func TestPostgresWithoutTheTableIsNotReady(t *testing.T) {
	both(t, testenv.Database(t), Limits{}, func(t *testing.T, s *Postgres) {
		if err := s.Ping(t.Context()); err == nil || !strings.Contains(err.Error(), `"patients" does not exist`) {
			t.Errorf("ping: %v", err)
		}
	})
}

// Every n-th request's queries take the time asked for, in the database.
func TestPostgresSlowQueries(t *testing.T) {
	const slow = 50 * time.Millisecond
	db := database(t)
	both(t, db, Limits{SlowEvery: 3, SlowFor: slow}, func(t *testing.T, s *Postgres) {
		for seq := range uint64(6) {
			for name, query := range map[string]func() error{
				"single": func() error {
					return s.Query(t.Context(), Numbered("", seq), "P00001", new(patient.Record))
				},
				"batch": func() error {
					return s.BatchQuery(t.Context(), Numbered("", seq), []patient.ID{"P00001"}, make([]patient.Record, 1))
				},
			} {
				began := time.Now()
				if err := query(); err != nil {
					t.Fatal(err)
				}
				// A quick one has no upper bound here: machines stall.
				if took := time.Since(began); seq%3 == 2 && took < slow {
					t.Errorf("%s query of request %d took %v, want at least %v", name, seq, took, slow)
				}
			}
		}
	})
}

// The bound holds as the server sees it, while more queries than that run.
func TestPostgresConnectionsAreBounded(t *testing.T) {
	const conns, queries = 4, 40
	db := database(t)
	s := open(t, db, Limits{Conns: conns, SlowEvery: 1, SlowFor: 5 * time.Millisecond})
	conn := watch(t, db)
	const backends = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'assay'"
	var running sync.WaitGroup
	for i := range queries {
		running.Go(func() {
			if err := s.Query(t.Context(), Numbered("", uint64(i)), "P00001", new(patient.Record)); err != nil {
				t.Error(err)
			}
		})
	}
	done := make(chan struct{})
	go func() { running.Wait(); close(done) }()
	most := 0
	for waiting := true; waiting; {
		select {
		case <-done:
			waiting = false
		default:
			most = max(most, count(t, conn, backends))
			if stats := s.Stats(); stats.MaxConns != conns || stats.ConnsInUse > conns {
				t.Errorf("stats %+v", stats)
			}
		}
	}
	if most > conns || most == 0 {
		t.Errorf("the server saw %d connections at once, want 1 to %d", most, conns)
	}
	if stats := s.Stats(); stats.ConnsInUse != 0 || stats.ConnsIdle == 0 || stats.Waiting != 0 {
		t.Errorf("stats afterwards %+v", stats)
	}
}

func TestOpenNamesThePostgresStore(t *testing.T) {
	for _, db := range []string{"postgres://127.0.0.1:1/x", "postgresql://127.0.0.1:1/x"} {
		s, err := Open(t.Context(), Config{DB: db, Sim: SimConfig{Limits: Limits{Conns: 3}}})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Ping(t.Context()); err == nil {
			t.Errorf("%s: a database that is not there answers", db)
		}
		if stats := s.Stats(); stats.MaxConns != 3 {
			t.Errorf("%s: stats %+v", db, stats)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestErrorsTellNoPassword(t *testing.T) {
	for _, db := range []string{
		"postgres://me:s3cret@127.0.0.1:x/db", "postgres://me:s3cret@127.0.0.1:1/db?sslmode=sometimes",
		"postgres://me:s3cret%zz@127.0.0.1/db", "mysql://me:s3cret@127.0.0.1/db", "host=db user=me password=s3cret", "postgres:/me:s3cret@h/db", "postgres://h/db?password=s3cret&sslmode=no",
	} {
		err := CheckDB(db)
		if err == nil || strings.Contains(err.Error(), "s3cret") || strings.Contains(Redact(db), "s3cret") {
			t.Errorf("%s: %v, redacted %s", db, err, Redact(db))
		}
	}
	const db = "postgres://me:s3cret@127.0.0.1:1/db"
	if got := Redact(db); got != "postgres://127.0.0.1:1/db" {
		t.Errorf("redacted %s", got)
	}
	both(t, db, Limits{}, func(t *testing.T, s *Postgres) {
		if err := s.Ping(t.Context()); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("ping: %v", err)
		}
	})
}
