package attack

import (
	"runtime"
	"testing"
	"time"
)

// TestAnnouncedSizesTakeNoMemory asks a server that announces long answers, and ends the
// connection after a byte of each. What an answer announces is not allocated before it
// comes: a few dozen such answers would fill the memory of a small machine.
func TestAnnouncedSizesTakeNoMemory(t *testing.T) {
	const connections, most = 40, 64 << 20 // the announced bytes are 40 times 60 MiB
	for name, answer := range map[string]string{
		"a chunk":         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3C00000\r\nx",
		"a body":          "HTTP/1.1 200 OK\r\nContent-Length: 62914560\r\n\r\nx",
		"a refusal":       "HTTP/1.1 503 Busy\r\nContent-Length: 62914560\r\n\r\nx",
		"an endless body": "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\nx",
	} {
		for wire, cfg := range map[string]Config{"fast": {}, "request by request": {lean: true}, "std": {Standard: true}} {
			t.Run(name+", "+wire, func(t *testing.T) {
				cfg.URL = serveRaw(t, func(int, int) (string, bool) { return answer, true })
				cfg.Clients, cfg.Connections, cfg.Requests, cfg.Timeout = connections, connections, connections, time.Minute
				cfg.Request = get
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				res, _ := runAt(t, cfg)
				runtime.ReadMemStats(&after)
				if took := after.TotalAlloc - before.TotalAlloc; took > most {
					t.Errorf("%d MB were allocated", took>>20)
				}
				if res.Outcomes.Error != connections || len(res.Errors) != 1 {
					t.Errorf("outcomes %+v, failures %v, want %d answers that broke off", res.Outcomes, res.Errors, connections)
				}
			})
		}
	}
}
