//go:build unix

package api

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/assay-bench/assay/server/internal/patient"
)

// BenchmarkHTTP sends requests over loopback connections. Its cpu-sec/op is the
// CPU time of the whole process, client included: the client is the same for
// every handler, so differences between the rows are the handlers'.
func BenchmarkHTTP(b *testing.B) {
	const clients = 50
	for _, c := range contenders(b, clients) {
		b.Run("handler="+c.name, func(b *testing.B) {
			server := httptest.NewServer(c.handler)
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
		})
	}
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
