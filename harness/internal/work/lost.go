package work

import (
	"fmt"
	"time"
)

// Times by which hosts tell that another is gone.
const (
	beatPeriod = time.Second     // between two signs of life
	lostAfter  = 3 * time.Second // without one a worker is lost
	goneAfter  = 5 * time.Second // without an answer the coordinator is gone
	lookPeriod = beatPeriod / 4  // between two looks for signs of life
)

// lose empties the seat, if the worker has it; an empty instance means any.
func (s *seat) lose(instance, why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.instance == "" || instance != "" && instance != s.instance {
		return
	}
	s.instance, s.why = "", why
	close(s.lost)
	go s.c.notify()
}

// overdue loses a worker of which there was no sign of life for too long. waited is how
// long the coordinator has listened since the last call.
func (s *seat) overdue(waited time.Duration) {
	s.mu.Lock()
	s.silent += waited
	instance, silent := s.instance, s.silent
	s.mu.Unlock()
	if instance != "" && silent > lostAfter {
		s.lose(instance, fmt.Sprintf("no sign of life for %v", lostAfter))
	}
}

// alive notes a sign of life: whatever a worker sends is one.
func (s *seat) alive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silent = 0
}
