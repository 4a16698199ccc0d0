package testenv

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// shared is the PostgreSQL that all tests of a package share. Starting a PostgreSQL
// takes seconds; creating a database in it is quick.
var shared struct {
	sync.Mutex
	url       string // "" until a test asks for a database
	databases int
}

// sharedConnections is how many connections all tests of a package may have open
// together.
const sharedConnections = 100

// Database creates an empty database for the test and returns its URL. The databases
// of one package are in one PostgreSQL, which the first call starts and which ends
// with the package: TestMain has to run the tests through Stopping.
//
// The tests share what belongs to the whole PostgreSQL: its roles, and the list of
// connections in pg_stat_activity, where datname tells the databases apart.
func Database(t testing.TB) string {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.url == "" {
		shared.url = startPostgres(t, sharedConnections)
	}
	conn, err := pgx.Connect(t.Context(), shared.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	shared.databases++
	name := fmt.Sprint("test_", shared.databases)
	if _, err := conn.Exec(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(shared.url)
	if err != nil {
		t.Fatal(err)
	}
	address.Path = name
	return address.String()
}

// Stopping wraps the tests of a package: the result runs them, and then stops the
// PostgreSQL that Database started, if there is one. It is for TestMain.
func Stopping(tests interface{ Run() int }) interface{ Run() int } { return stopping{tests} }

type stopping struct{ tests interface{ Run() int } }

// Run runs the tests. A database that cannot be stopped fails the package, even if
// every test passed, because it would run on.
func (s stopping) Run() int {
	status := s.tests.Run()
	shared.Lock()
	defer shared.Unlock()
	if shared.url == "" {
		return status
	}
	if err := stopPostgres(shared.url); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return max(status, 1)
	}
	shared.url = ""
	return status
}
