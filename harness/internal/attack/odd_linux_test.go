package attack

import (
	"time"

	"github.com/assay-bench/assay/harness/internal/attack/lane"
	"github.com/assay-bench/assay/harness/internal/attack/ledger"
	"github.com/assay-bench/assay/harness/internal/attack/message"
)

func init() { transportsOfOdd["fast"] = sendOddInLane }

// oddHandler keeps what became of two requests of one client.
type oddHandler struct {
	cfg *Config
	all []string
}

// Request implements lane.Handler.
func (h *oddHandler) Request(m *message.Message, k uint64) { get(m, k) }

// Begun implements lane.Handler.
func (h *oddHandler) Begun(time.Duration) {}

// Ended implements lane.Handler.
func (h *oddHandler) Ended(_ int, e *ledger.Entry, err error) lane.Next {
	h.all = append(h.all, nameOdd(h.cfg, e, err))
	return lane.Next{}
}

// Over implements lane.Handler.
func (h *oddHandler) Over(int, time.Duration) bool { return len(h.all) == 2 }

// sendOddInLane sends over the fast transport, in a lane of its own.
func sendOddInLane(address string) ([]string, error) {
	lanes, err := NewLanes(1)
	if err != nil {
		return nil, err
	}
	defer lanes.Close()
	h := &oddHandler{cfg: oddConfig(address)}
	host := address[len("http://"):]
	s := lanes.Stream(lane.Config{
		Server: "tcp://" + host, Address: host, Reuse: true, Envelope: message.Envelope{Host: host},
		Connections: 1, Timeout: h.cfg.Timeout, Clients: 1,
		Handler: func(int) lane.Handler { return h },
	})
	defer s.Close()
	s.Begin(time.Now())
	s.Run(0)
	return h.all, nil
}
