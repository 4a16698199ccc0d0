// Package store answers queries for patients.
//
// A Store stands for the database behind the API. The API and the patterns know
// only the interface; what a query costs, how often it fails and how many can
// run at once is the store's business. Admission, deadlines and the counting of
// queries are not: callers do those once for every store.
//
// Rules for every store:
//   - A method returns soon after its context ends, with the context's error,
//     and keeps neither the context nor the record it was to fill.
//   - P00000 to P99999 exist, as far as a database was loaded with them; any
//     other id gives ErrUnknownPatient.
//   - Errors never carry a patient's data.
//   - Methods may be called from many goroutines.
package store

import (
	"context"
	"errors"

	"github.com/assay-bench/assay/server/internal/patient"
)

// ErrUnknownPatient says that the store holds no patient of the id asked for.
var ErrUnknownPatient = errors.New("unknown patient")

// Store is a source of patient records.
type Store interface {
	// Query fills the record with the patient of that id. On an error the
	// record's content is undefined.
	Query(ctx context.Context, key Key, id patient.ID, into *patient.Record) error

	// BatchQuery fills into[i] with the patient ids[i], as one query: one
	// connection, one latency, one chance of failing. If any id is unknown the
	// whole query gives ErrUnknownPatient. The slices have equal length.
	BatchQuery(ctx context.Context, key Key, ids []patient.ID, into []patient.Record) error

	// Ping reports whether the store could answer now. It never draws a
	// simulated error or latency.
	Ping(ctx context.Context) error

	// Stats returns the state of the store's connections at this moment.
	Stats() Stats

	// Close releases the store's resources. No query may be running.
	Close() error
}

// Stats describes a store's connections. A MaxConns of 0 means unbounded.
type Stats struct {
	ConnsInUse int // connections that a query holds
	ConnsIdle  int // open connections that none holds
	MaxConns   int
	Waiting    int // queries waiting for a connection
}
