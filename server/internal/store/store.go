// Package store answers queries for patients.
//
// A Store stands for the database behind the API. The API and the patterns only know
// the interface; the store decides what a query costs, how often it fails and how
// many queries can run at once. Callers decide on admission and deadlines and count
// queries, once for all stores.
//
// Rules for every store:
//   - A method returns soon after its context ends, with the context's error,
//     and keeps neither the context nor the record that it was to fill.
//   - P00000 to P99999 exist, as far as a database was loaded with them; any
//     other id gives ErrUnknownPatient.
//   - Errors never contain patient data.
//   - Methods may be called from many goroutines.
package store

import (
	"context"
	"errors"

	"github.com/assay-bench/assay/server/internal/patient"
)

// ErrUnknownPatient says that the store has no patient with the id.
var ErrUnknownPatient = errors.New("unknown patient")

// Store is a source of patient records.
type Store interface {
	// Query fills the record with the patient of the id. After an error, the content
	// of the record is undefined.
	Query(ctx context.Context, key Key, id patient.ID, into *patient.Record) error

	// BatchQuery fills into[i] with the patient ids[i] in one query: one connection,
	// one latency, one chance of failure. If any id is unknown, the whole query
	// returns ErrUnknownPatient. The slices must have equal length.
	BatchQuery(ctx context.Context, key Key, ids []patient.ID, into []patient.Record) error

	// Ping returns an error if the store could not answer a query now. Simulated
	// errors and latencies do not affect it.
	Ping(ctx context.Context) error

	// Stats returns the state of the store's connections at this moment.
	Stats() Stats

	// Close releases the store's resources. No query may be running.
	Close() error
}

// Stats describes the connections of a store. A MaxConns of 0 means no limit.
type Stats struct {
	ConnsInUse int // connections that a query holds
	ConnsIdle  int // open connections that no query holds
	MaxConns   int // most that are open at once
	Waiting    int // queries waiting for a connection
}
