package store

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"
)

// SimName is the value of -db that means the simulated store.
const SimName = "sim"

// Config describes a store of any kind.
type Config struct {
	DB  string    // SimName, or a database's URL
	Sim SimConfig // what only the simulated store has, and the limits of every store
}

// Limits are the settings that every store honours.
type Limits struct {
	Conns     int           // connections at once; 0: one for every query, without bound
	SlowEvery uint64        // every n-th request's queries are slow (Key.Slow); 0: none
	SlowFor   time.Duration // how long a slow query takes
}

// IsPostgres reports whether the name of a database is a PostgreSQL URL.
func IsPostgres(db string) bool {
	return strings.HasPrefix(db, "postgres://") || strings.HasPrefix(db, "postgresql://")
}

// CheckDB reports whether Open can make a store of that database. Its error does
// not tell a password.
func CheckDB(db string) error {
	switch {
	case db == SimName:
		return nil
	case IsPostgres(db):
		_, err := parsePostgres(db)
		return err
	}
	return errors.New("want " + SimName + " or postgres://user:password@host:port/database")
}

// Redact returns what may be told of a database's name: where it is, without
// users, passwords and settings.
func Redact(db string) string {
	scheme, _, isURL := strings.Cut(db, "://")
	if !isURL && strings.ContainsAny(db, " =:@/") {
		return "…" // not what it should be, and perhaps with a password
	}
	if !isURL {
		return db
	}
	parsed, err := url.Parse(db)
	if err != nil {
		return scheme + "://…"
	}
	return scheme + "://" + parsed.Host + parsed.Path
}

// Open returns the store that the configuration names. A database that cannot
// be reached now is no error: Ping fails until it can.
func Open(_ context.Context, config Config) (Store, error) {
	if IsPostgres(config.DB) {
		return OpenPostgres(config.DB, config.Sim.Limits)
	}
	if err := CheckDB(config.DB); err != nil {
		return nil, err
	}
	return NewSim(config.Sim), nil
}
