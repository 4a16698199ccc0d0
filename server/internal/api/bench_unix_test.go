//go:build unix

package api

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/assay-bench/assay/server/internal/patient"
	"github.com/assay-bench/assay/server/internal/store"
)

// BenchmarkServe sends requests over loopback connections, to a store that
// answers at once and to one that takes a millisecond. There is a worker for
// every client, so nothing queues.
//
// Its cpu-sec/op is the CPU time of the whole process, client included: the
// client is the same for every handler, so differences between the rows are the
// handlers'. Without a wait the bare handler never blocks, which spares net/http
// the watching of the connection that every blocking handler pays for; with one,
// all handlers block.
func BenchmarkServe(b *testing.B) {
	const clients = 50
	for _, wait := range []time.Duration{0, time.Millisecond} {
		st := store.NewSim(store.SimConfig{MinLatency: wait, MaxLatency: wait})
		for _, c := range contenders(b, clients, clients, st) {
			b.Run(fmt.Sprintf("wait=%v/handler=%s", wait, c.name), func(b *testing.B) { driveHTTP(b, clients, c.handler) })
		}
	}
}

// driveHTTP sends b.N requests over that many connections at once.
func driveHTTP(b *testing.B, clients int, handler http.Handler) {
	server := httptest.NewServer(handler)
	defer server.Close()
	server.Client().Transport.(*http.Transport).MaxIdleConnsPerHost = clients
	var sent atomic.Int64
	var running sync.WaitGroup
	b.ResetTimer()
	before := processCPU(b)
	for client := range clients {
		running.Go(func() {
			url := server.URL + "/api/v1/patients?id=" + string(patient.Numbered(client))
			for sent.Add(1) <= int64(b.N) {
				if err := fetch(server.Client(), url); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	running.Wait()
	b.ReportMetric((processCPU(b)-before).Seconds()/float64(b.N), "cpu-sec/op")
}

func fetch(client *http.Client, url string) error {
	response, err := client.Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return err
}

// processCPU is the CPU time that this process has used.
func processCPU(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
