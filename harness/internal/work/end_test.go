package work

import "testing"

// Every worker hears that the run is over before its connections are closed.
func TestEndIsHeard(t *testing.T) {
	for range 30 {
		c := newCrew(t, "1s")
		c.start(t)
		c.Close()
		c.workers.Wait()
		c.mu.Lock()
		for seat, err := range c.errs {
			if err != nil {
				t.Errorf("%s ended with %v", seat, err)
			}
		}
		c.mu.Unlock()
	}
}
