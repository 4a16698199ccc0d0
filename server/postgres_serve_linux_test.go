package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/assay-bench/assay/server/internal/testenv"
)

// The database of the scenarios: filled once it serves, and gone, with its
// process and a good status, when it is told to end.
func TestPostgresOfAScenario(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone starts PostgreSQL as a scenario does")
	}
	testenv.NeedPostgres(t)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	free.Close()
	database := exec.Command("sh", filepath.Join(testenv.Root(t), "scripts", "postgres.sh"), "serve", fmt.Sprint(port), "secret", "20", "5")
	database.Env = append(os.Environ(), beServer+"=1", "SERVER="+os.Args[0])
	var log strings.Builder
	database.Stderr = &log
	if err := database.Start(); err != nil {
		t.Fatal(err)
	}
	addr, _, stop := started(t, fmt.Sprintf("-db=postgres://assay:secret@127.0.0.1:%d/postgres?sslmode=disable", port))
	ended := make(chan error, 1)
	go func() { ended <- database.Wait() }()
	for ready := false; !ready; {
		select {
		case err := <-ended:
			t.Fatalf("it ended before it served: %v\n%s", err, &log)
		default:
			status, _ := fetch(t, "http://"+addr+"/health")
			ready = status == http.StatusOK
		}
	}
	if status, body := fetch(t, "http://"+addr+"/api/v1/patients?id=P00019"); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
	stop()
	if err := database.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v\n%s", err, &log)
	}
	if conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
		conn.Close()
		t.Error("something still listens on its port")
	}
}
