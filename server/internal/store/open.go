package store

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"
)

// SimName is the value of -db that selects the simulated store.
const SimName = "sim"

// Config describes a store of any kind.
type Config struct {
	DB  string    // SimName, or a database's URL
	Sim SimConfig // settings of the simulated store, and the limits of every store
}

// Limits are the settings that every store honours.
type Limits struct {
	Conns     int           // connections at once; 0 opens one for every query, without a limit
	SlowEvery uint64        // the queries of every n-th request are slow (see Key.Slow); 0 for none
	SlowFor   time.Duration // how long a slow query takes
}

// IsPostgres reports whether the name of a database is a PostgreSQL URL.
func IsPostgres(db string) bool {
	return strings.HasPrefix(db, "postgres://") || strings.HasPrefix(db, "postgresql://")
}

// CheckDB returns an error if Open cannot make a store for the database. The error
// does not contain the password.
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

// Redact returns the part of a database's name that may be shown: where the database
// is, without users, passwords and settings.
func Redact(db string) string {
	scheme, _, isURL := strings.Cut(db, "://")
	if !isURL && strings.ContainsAny(db, " =:@/") {
		return "…" // the name is malformed and may contain a password
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

// Open returns the store that the configuration names. A database that cannot be
// reached is not an error: Ping fails until it can be reached.
func Open(_ context.Context, config Config) (Store, error) {
	if IsPostgres(config.DB) {
		return OpenPostgres(config.DB, config.Sim.Limits)
	}
	if err := CheckDB(config.DB); err != nil {
		return nil, err
	}
	return NewSim(config.Sim), nil
}
