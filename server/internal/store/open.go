package store

import (
	"context"
	"errors"
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

// CheckDB reports whether Open knows that kind of database.
func CheckDB(db string) error {
	if db == SimName {
		return nil
	}
	return errors.New("want " + SimName)
}

// Open returns the store that the configuration names. A database that cannot
// be reached now is no error: Ping fails until it can.
func Open(_ context.Context, config Config) (Store, error) {
	if err := CheckDB(config.DB); err != nil {
		return nil, err
	}
	return NewSim(config.Sim), nil
}
